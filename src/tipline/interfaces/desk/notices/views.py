"""The desk's pages of notices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.errors import Refusal
from tipline.interfaces.desk import pages, trail
from tipline.interfaces.desk.notices import acts, forms, known, reported
from tipline.interfaces.desk.views import frame
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.interfaces.ui.names import actor_name
from tipline.interfaces.ui.paging import turns
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.programs.notices import queries, service
from tipline.programs.notices.queries import CaseView
from tipline.programs.notices.rules.moves import LADDER
from tipline.programs.notices.rules.recipients import KIND_WORDS, Proposal
from tipline.programs.notices.rules.xarf import CLASSIFICATION_WORDS, DETECTION_WORDS
from tipline.programs.notices.values import NewEntry
from tipline.reports import queries as reports

_DESK = requires(Role.ANALYST, Role.SUPERVISOR)
SIZE = 50
_TITLES = {
    "verify": ("To verify", "Nothing waits for verification"),
    "send": ("To send", "Nothing waits for a recipient"),
    "out": ("Out", "No notice is out"),
    "disputed": ("Disputed", "Nobody disputes anything"),
    "removed": ("To confirm", "Nothing waits for a second look"),
    "ended": ("Ended", "Nothing has ended yet"),
}
_DUE_WORDS = {"again": "Reminder", "escalate": "Escalation", "confirm": "Second look"}


def _frame(request: HttpRequest, here: str) -> dict[str, Any]:
    counts = queries.count_lists()
    lists = tuple(
        {"url": reverse("notices:list", args=[name]), "text": title, "total": counts[name], "is_current": name == here}
        for name, (title, _) in _TITLES.items()
    )
    return {**frame(request, ""), "is_notices": not here, "notice_lists": lists, "here": here}


@_DESK
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """This function will open the first list in which something waits."""
    counts = queries.count_lists()
    return redirect("notices:list", next((name for name in _TITLES if counts[name]), "verify"))


@_DESK
@require_GET
def listed(request: HttpRequest, name: str) -> HttpResponse:
    """This function will show one list of cases, what waits longest first."""
    if name not in _TITLES:
        raise Http404
    start = request.GET.get("from", "0")
    offset = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0
    page = queries.list_cases(name, now=clock.now(), offset=offset, size=SIZE)
    trail.note(request, trail.Sight("notice.listed", "list", name), list=name, count=len(page.rows))
    turned = turns(reverse("notices:list", args=[name]), total=page.total, offset=offset, size=SIZE)
    title, empty = _TITLES[name]
    shown = {"title": title, "empty": empty, "rows": page.rows, "page": turned, "due_words": _DUE_WORDS}
    return render(request, "desk/notices/list.html", _frame(request, name) | shown)


@_DESK
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """This function will enter a web address: typed in, or one that a report names."""
    if request.method == "POST" and "report" in request.POST:
        return _enter_reported(request)
    form = forms.EntryForm(request.POST or None, known_partners=known.list_names(clock.now().date()))
    if request.method == "POST" and form.is_valid():
        try:
            return _entered(request, NewEntry(**form.cleaned_data))
        except Refusal as refusal:
            add_refusal(form, refusal)
    values = _frame(request, "new") | {"form": form}
    return render(request, "desk/notices/new.html", values, status=400 if form.errors else 200)


def _enter_reported(request: HttpRequest) -> HttpResponseBase:
    """The address itself is read from the report again, by its place: a form could carry another one."""
    number, place = request.POST.get("report", ""), request.POST.get("place", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and place.isdigit() and len(place) < 6):
        raise Http404
    head = pages.find_report(int(number))
    urls = reported.written(reports.load_parts(head.id)) if head else ()
    if head is None or int(place) >= len(urls):
        raise Http404
    try:
        return _entered(request, NewEntry(urls[int(place)], source="REPORT", report_number=head.number))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("desk:report", head.number)


def _entered(request: HttpRequest, entry: NewEntry) -> HttpResponseBase:
    found = service.enter(new=entry, by=actor_of(request), now=clock.now())
    messages.info(request, "This address has a case already; yours was joined to it." if found.joined else "Entered.")
    return redirect("notices:case", found.number)


def _require(number: int) -> CaseView:
    found = queries.load_case(number, now=clock.now())
    if found is None:
        raise Http404
    return found


@_DESK
@require_GET
def case(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show one case; the audit entry is written first."""
    found = _require(number)
    trail.note(request, trail.Sight("notice.viewed", "notice", str(number)), page="case")
    return _show(request, found)


def _show(request: HttpRequest, found: CaseView, open_form: Form | None = None, opened: str = "") -> HttpResponse:
    proposals = queries.list_proposals(found.number, known.gather(found.country))
    offered = [
        {
            "act": one,
            "form": open_form if one.name == opened else _form(one, found, proposals, None),
            "is_open": one.name == opened or acts.is_main(one, found),
            "is_main": acts.is_main(one, found),
        }
        for one in acts.offered(found)
    ]
    shown = {
        "case": found,
        "next_step": acts.next_step(found),
        "offered": [one for one in offered if one["is_main"]],
        "further": [one for one in offered if not one["is_main"]],
        "proposals": proposals,
        "classification": CLASSIFICATION_WORDS.get(found.classification, ""),
        "method": DETECTION_WORDS.get(found.detection_method, ""),
        "hosting": _hosting(found),
        "journal": tuple({"at": o.at, "text": o.text, "note": o.note, "by": actor_name(o.by)} for o in found.journal),
        "kind_words": KIND_WORDS,
        "due": _DUE_WORDS.get(found.next_act, ""),
        "days": None if found.hours_to_removal is None else round(found.hours_to_removal / 24, 1),
    }
    values = _frame(request, "case") | shown
    return render(request, "desk/notices/case.html", values, status=400 if open_form is not None else 200)


def _hosting(found: CaseView) -> tuple[dict[str, str], ...]:
    told = (
        ("Host", found.host),
        ("Hosting provider", found.hosting_provider),
        ("Registrar", found.registrar),
        ("Network", f"AS{found.asn}" if found.asn else ""),
        ("Country", found.country),
    )
    return tuple({"label": label, "text": text} for label, text in told if text)


def _form(act: acts.Act, found: CaseView, proposals: tuple[Proposal, ...], data: Any) -> Form:
    options: dict[str, Any] = {"auto_id": f"{act.name}_%s"}
    if act.form is forms.SendForm:
        options["proposals"] = proposals
    elif act.form is forms.SentForm:
        options["notices"] = [one for one in found.notices if one.has_mail]
        options["initial"] = {"at": clock.now()}
    elif act.form is forms.AnswerForm:
        options["notices"] = [one for one in found.notices if one.sent_at]
    elif act.form is forms.CheckForm:
        options["initial"] = {"at": clock.now()}
    elif act.form is forms.HostingForm:
        options["initial"] = {name: getattr(found, name) for name in forms.HostingForm.base_fields}
    return act.form(data, **options)


@_DESK
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """This function will do one act, or show the case again with what has to change."""
    found, chosen = _require(number), acts.ACTS.get(name)
    if chosen is None:
        raise Http404
    if request.method == "GET":
        return redirect("notices:case", number)
    proposals = queries.list_proposals(found.number, known.gather(found.country))
    form = _form(chosen, found, proposals, request.POST)
    if form.is_valid():
        try:
            chosen.do(acts.Asked(found, form.cleaned_data, proposals), actor_of(request), clock.now())
        except Refusal as refusal:
            if not chosen.when(found):
                messages.error(request, refusal.sentence)
                return redirect("notices:case", number)
            add_refusal(form, refusal)
        else:
            messages.info(request, f"{chosen.text}: done.")
            return redirect("notices:case", number)
    trail.note(request, trail.Sight("notice.viewed", "notice", str(number)), page=f"act.{name}")
    return _show(request, found, form, name)


@_DESK
@require_GET
def mail(request: HttpRequest, number: int, part: int) -> HttpResponseBase:
    """This function will hand over a mail that waits, so that a person can send it."""
    try:
        raw = service.download(number=number, notice_id=part, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("notices:case", number)
    answer = HttpResponse(raw, content_type="message/rfc822")
    answer["Content-Disposition"] = f'attachment; filename="notice-{number}-{part}.eml"'
    return answer


@_DESK
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """This function will show each recipient's time to removal, and how old open cases are."""
    now = clock.now()
    trail.note(request, trail.Sight("notice.listed", "list", "figures"), list="figures", count=0)
    shown = {"lines": queries.list_figures(now=now), "ladder": _ladder()}
    return render(request, "desk/notices/figures.html", _frame(request, "figures") | shown)


def _ladder() -> tuple[dict[str, Any], ...]:
    return tuple({"after": rung.after, "text": _DUE_WORDS[rung.act]} for rung in LADDER)
