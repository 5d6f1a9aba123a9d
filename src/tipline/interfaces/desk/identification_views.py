"""The desk's pages of victim identification: collections to judge, the series registry, new children, rosters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.desk import identification_forms as forms
from tipline.interfaces.desk import trail
from tipline.interfaces.desk.trail import Sight
from tipline.interfaces.desk.views import frame
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.interfaces.ui.paging import turns
from tipline.interfaces.ui.sent import add_refusal, number_in
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.programs.identification import queries, report_out, rosters, rules, series, series_reads, service
from tipline.programs.identification.relationships import RELATIONSHIPS
from tipline.programs.identification.rosters import Wanted
from tipline.programs.identification.values import CollectionLine, NewChildLine, SeriesLine, Verdict

_DESK = requires(Role.ANALYST, Role.SUPERVISOR)
SIZE = 50


def _show(request: HttpRequest, name: str, values: dict[str, Any], *, wrong: bool = False) -> HttpResponse:
    shown = {**frame(request, ""), "is_identification": True, **values}
    return render(request, f"desk/identification/{name}.html", shown, status=422 if wrong else 200)


@_DESK
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponseBase:
    """This function will show what waits, and how many children were identified; and take one more such count."""
    form = forms.CountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            series.enter_count(said=form.said(), by=actor_of(request), now=clock.now())
            messages.success(request, "Entered.")
            return redirect("desk:identification")
        except Refusal as refusal:
            add_refusal(form, refusal)
    today = clock.now().date()
    collections, total = queries.list_collections(size=SIZE)
    children = series_reads.list_new_children(size=SIZE)
    trail.note(request, Sight("collection.listed", "list", "all"), count=len(collections))
    shown = {
        "collections": collections,
        "total": total,
        "to_judge": queries.count_to_judge(),
        "children": [(line, line.is_overdue(today), line.days_left(today)) for line in children],
        "waiting": series_reads.count_waiting(today),
        "counts": [(one, rules.CERTAINTIES.get(one.certainty, "")) for one in queries.list_counts()],
        "rosters": rosters.list_rosters(),
        "form": form,
    }
    return _show(request, "overview", shown, wrong=bool(form.errors))


def _require_collection(number: int) -> CollectionLine:
    line = queries.find_collection(number) if number < 2**62 else None
    if line is None:
        raise Http404
    return line


@_DESK
@require_GET
def collection(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show a collection with what waits for a person's word."""
    line = _require_collection(number)
    asked = request.GET.get("class", rules.IDENTIFIED if line.identified else "")
    found = asked if asked in rules.CLASSES else ""
    service.note_look(collection_id=line.id, page=found or "all", by=actor_of(request), now=clock.now())
    answers = queries.list_answers(line.id, found=found, after=number_in(request, "after"), size=SIZE)
    groups = queries.list_groups(line.id)
    shown = {
        "line": line,
        "standing": report_out.standing_of(line),
        "groups": [(group, rules.VERDICTS.get(group.verdict, "")) for group in groups],
        "is_judged": all(group.verdict for group in groups),
        "may_judge": line.state == "READ" and line.kind != rules.QUICK,
        "answers": [(one, report_out.said_by(one)) for one in answers.rows],
        "next_url": f"?class={found or 'all'}&after={answers.next_after}#files" if answers.next_after else "",
        "found": found,
        "classes": [(code, words, getattr(line, code.lower())) for code, words in rules.CLASSES.items()],
        "events": queries.list_events(line.id),
    }
    return _show(request, "collection", shown)


@_DESK
@require_POST
def judge(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will take an analyst's word on the files of a series, or on one file."""
    line = _require_collection(number)
    form = forms.VerdictForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the verdicts.")
        return redirect("desk:collection", line.id)
    said = Verdict(**form.cleaned_data)
    try:
        files = service.judge(collection_id=line.id, said=said, by=actor_of(request), now=clock.now())
        messages.success(request, f"Written down for {files} file{'s' if files != 1 else ''}.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(f"{reverse('desk:collection', args=[line.id])}{'#files' if said.row else '#series'}")


@_DESK
@require_POST
def issue(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will issue the Child Identification Report."""
    line = _require_collection(number)
    try:
        service.issue_report(collection_id=line.id, by=actor_of(request), now=clock.now())
        messages.success(request, "Issued. The agency reads it in the portal now.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("desk:collection", line.id)


@_DESK
@require_GET
def series_list(request: HttpRequest) -> HttpResponse:
    """This function will list the series registry."""
    text, status = request.GET.get("q", "").strip()[:120], request.GET.get("status", "")
    status = status if status in rules.STATUSES else ""
    offset = number_in(request, "from")
    rows, total = series_reads.list_series(text=text, status=status, offset=offset, size=SIZE)
    trail.note(request, Sight("series.listed", "list", "series"), count=len(rows))
    page = turns(f"{reverse('desk:series_list')}?status={status}", total=total, offset=offset, size=SIZE)
    shown = {"rows": [(one, rules.STATUSES[one.status], rules.NOTIFICATIONS.get(one.notification, "")) for one in rows]}
    return _show(request, "series_list", {**shown, "page": page, "q": text, "status": status})


@_DESK
@require_http_methods(["GET", "POST"])
def series_new(request: HttpRequest) -> HttpResponseBase:
    """This function will enter a series."""
    start = {"name": series.suggest_name(), "status": rules.STATUS_UNIDENTIFIED, "notification": "UNKNOWN"}
    form, prints = forms.SeriesForm(request.POST or None, initial=start), forms.PrintsForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and prints.is_valid():
        try:
            read, problems = series.read_prints(prints.cleaned_data["prints"])
            made = series.create_series(new=form.new(), prints=read, by=actor_of(request), now=clock.now())
            for problem in problems[:10]:
                messages.warning(request, problem)
            return redirect("desk:series", made)
        except Refusal as refusal:
            add_refusal(prints if refusal.field == "prints" else form, refusal)
    return _show(request, "series_new", {"form": form, "prints": prints}, wrong=bool(form.errors or prints.errors))


def _require_series(number: int) -> SeriesLine:
    line = series_reads.find_series(number) if number < 2**62 else None
    if line is None:
        raise Http404
    return line


@_DESK
@require_http_methods(["GET", "POST"])
def series_page(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show a series, change it, add fingerprints, or open a wish for a reason."""
    line, by, now = _require_series(number), actor_of(request), clock.now()
    asked = request.POST.get("act", "") if request.method == "POST" else ""
    distributed = {True: "yes", False: "no", None: ""}[line.is_distributed]
    initial = {name: getattr(line, name) for name in forms.SeriesForm.base_fields if hasattr(line, name)}
    form = forms.SeriesForm(
        {**request.POST.dict(), "name": line.name} if asked == "change" else None,
        initial={**initial, "distributed": distributed},
    )
    prints = forms.PrintsForm(request.POST if asked == "extend" else None)
    reveal = forms.RevealForm(request.POST if asked == "reveal" else None)
    wish = None
    try:
        if asked == "change" and form.is_valid():
            series.change_series(series_id=line.id, new=form.new(), by=by, now=now)
            messages.success(request, "Changed.")
            return redirect("desk:series", line.id)
        if asked == "extend" and prints.is_valid():
            read, _ = series.read_prints(prints.cleaned_data["prints"])
            count = series.add_prints(series_id=line.id, prints=read, by=by, now=now)
            messages.success(request, f"{count} fingerprints taken.")
            return redirect("desk:series", line.id)
        if asked == "reveal" and reveal.is_valid():
            wish = series.reveal_wish(series_id=line.id, reason=reveal.cleaned_data["reason"], by=by, now=now)
    except Refusal as refusal:
        add_refusal({"change": form, "extend": prints}.get(asked, reveal), refusal)
    trail.note(request, Sight("series.viewed", "series", str(line.id)), series=line.id)
    shown = {"line": line, "form": form, "prints": prints, "reveal": reveal, "wish": wish}
    shown["by_type"] = series_reads.count_prints(line.id)
    return _show(request, "series", shown, wrong=bool(form.errors or prints.errors or reveal.errors))


def _require_child(number: int) -> NewChildLine:
    line = series_reads.find_new_child(number) if number < 2**62 else None
    if line is None:
        raise Http404
    return line


@_DESK
@require_http_methods(["GET", "POST"])
def new_child(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show a newly identified child, and give it its series."""
    line, now = _require_child(number), clock.now()
    form = forms.AssignForm(request.POST or None, initial={"name": series.suggest_name()})
    if request.method == "POST" and form.is_valid():
        try:
            name = form.cleaned_data["name"]
            made = series.assign_series(
                child_id=line.id, name=name, is_distributed=form.is_distributed(), by=actor_of(request), now=now
            )
            messages.success(request, "The series is in the registry; it is found from now on.")
            return redirect("desk:series", made)
        except Refusal as refusal:
            add_refusal(form, refusal)
    shown = {
        "line": line,
        "form": form,
        "is_overdue": line.is_overdue(now.date()),
        "days_left": line.days_left(now.date()),
        "relationship": RELATIONSHIPS.get(line.relationship, "not said"),
        "age": rules.AGE_BANDS.get(line.age_band, "not said"),
        "sex": rules.SEXES.get(line.sex, "not said"),
        "wish": rules.NOTIFICATIONS.get(line.notification, ""),
    }
    return _show(request, "new_child", shown, wrong=bool(form.errors))


@_DESK
@require_GET
def roster(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show a roster with the reports in which its contacts stand."""
    line = rosters.find_roster(number) if number < 2**62 else None
    if line is None:
        raise Http404
    offset = number_in(request, "from")
    wanted = Wanted(in_reports=request.GET.get("in_reports") == "on")
    rows, total = rosters.list_children(line.id, wanted, offset=offset, size=SIZE, with_reports=True)
    trail.note(request, Sight("roster.viewed", "roster", str(line.id)))
    address = f"{reverse('desk:roster', args=[line.id])}{'?in_reports=on' if wanted.in_reports else ''}"
    page = turns(address, total=total, offset=offset, size=SIZE)
    shown = [(one, rules.CHILD_STATUSES.get(one.status, "")) for one in rows]
    return _show(request, "roster", {"line": line, "rows": shown, "page": page, "only": wanted.in_reports})
