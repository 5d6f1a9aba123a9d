"""Pages on newly identified children and on rosters of contacts."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.portal import seized_forms as forms
from tipline.interfaces.portal.seized import EXAMINERS, note, refused
from tipline.interfaces.ui.bodies import takes
from tipline.interfaces.ui.gate import actor_of, agency_of
from tipline.interfaces.ui.paging import turns
from tipline.interfaces.ui.sent import add_refusal, number_in
from tipline.platform import clock
from tipline.programs.identification import rosters, rules, series, series_reads
from tipline.programs.identification.relationships import RELATIONSHIPS
from tipline.programs.identification.rosters import Wanted
from tipline.programs.identification.values import NewChildLine, RosterLine

SIZE = 100
MOST_NAMED = 10  # lines with a problem that are named one by one
AT = {"new_children": True}
MOST_ROSTER_BYTES = 5 * 1024 * 1024


@EXAMINERS
@require_GET
def new_children(request: HttpRequest) -> HttpResponse:
    """This function will list the agency's newly identified children, the one due first on top."""
    today = clock.now().date()
    lines = series_reads.list_new_children(agency=agency_of(request))
    overdue = sum(line.is_overdue(today) for line in lines)
    note(request, "new_child.listed", "agency", agency_of(request), count=len(lines), overdue=overdue)
    rows = [(line, line.is_overdue(today), line.days_left(today)) for line in lines]
    return render(request, "portal/new_children.html", {"rows": rows, "at": AT})


@EXAMINERS
@require_http_methods(["GET", "POST"])
def new_child(request: HttpRequest) -> HttpResponseBase:
    """This function will take a newly identified child, with fingerprints or without them yet."""
    form = forms.ChildForm(request.POST or None, initial={"notification": "UNKNOWN"})
    if request.method == "POST" and form.is_valid():
        try:
            made = _taken(request, form)
            return redirect("portal:new_child", made)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return render(request, "portal/new_child_new.html", {"form": form, "at": AT}, status=422 if form.errors else 200)


def _taken(request: HttpRequest, form: forms.ChildForm) -> int:
    text = form.cleaned_data["prints"]
    prints, problems = series.read_prints(text) if text.strip() else ((), ())
    made = series.announce_child(told=form.told(), prints=prints, by=actor_of(request), now=clock.now())
    _name_problems(request, problems)
    messages.success(request, "Handed in." if prints else "The clock runs. Hand the fingerprints in before it is due.")
    return made


def _name_problems(request: HttpRequest, problems: Sequence[str]) -> None:
    for problem in problems[:MOST_NAMED]:
        messages.warning(request, problem)
    if len(problems) > MOST_NAMED:
        messages.warning(request, f"{len(problems) - MOST_NAMED} further lines have such a problem.")


def _require_child(request: HttpRequest, number: int) -> NewChildLine:
    line = series_reads.find_new_child(number, agency=agency_of(request)) if number < 2**62 else None
    if line is None:
        raise refused(request, "new_child", number)
    return line


@EXAMINERS
@require_http_methods(["GET", "POST"])
def child(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show one newly identified child, and take its fingerprints."""
    line, now = _require_child(request, number), clock.now()
    known = {"contact_agency": line.contact_agency, "contact": line.contact}
    form = forms.PrintsForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            prints, problems = series.read_prints(form.cleaned_data["prints"])
            contact = {name: form.cleaned_data[name] or known[name] for name in known}
            by = actor_of(request)
            in_time = series.submit_child(child_id=line.id, prints=prints, contact=contact, by=by, now=now)
            _name_problems(request, problems)
            messages.success(request, "Handed in in time." if in_time else "Handed in, later than ten business days.")
            return redirect("portal:new_child", line.id)
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
        "at": AT,
    }
    return render(request, "portal/new_child.html", shown, status=422 if form.errors else 200)


@EXAMINERS
@require_http_methods(["GET", "POST"])
@takes(most=MOST_ROSTER_BYTES, files=True)
def roster_list(request: HttpRequest) -> HttpResponseBase:
    """This function will list the agency's rosters, and take another one."""
    form = forms.RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            case, text = form.cleaned_data["case_number"], form.text()
            made = rosters.hand_in_roster(case_number=case, text=text, by=actor_of(request), now=clock.now())
            _name_problems(request, rosters.list_doubts(text))
            messages.success(request, "Taken. Every contact is compared with all reports ever received.")
            return redirect("portal:roster", made)
        except Refusal as refusal:
            form.add_error("rows" if refusal.field != "case_number" else "case_number", refusal.sentence)
    lines = rosters.list_rosters(agency=agency_of(request))
    note(request, "roster.listed", "agency", agency_of(request), count=len(lines))
    shown = {"lines": lines, "form": form, "at": {"rosters": True}}
    return render(request, "portal/rosters.html", shown, status=422 if form.errors else 200)


def _require_roster(request: HttpRequest, number: int) -> RosterLine:
    line = rosters.find_roster(number, agency=agency_of(request)) if number < 2**62 else None
    if line is None:
        raise refused(request, "roster", number)
    return line


@EXAMINERS
@require_GET
def roster(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show a roster: every contact with where the child stands."""
    line = _require_roster(request, number)
    form = forms.WantedForm(request.GET)
    wanted = Wanted(**form.cleaned_data) if form.is_valid() else Wanted()
    offset = number_in(request, "from", 10**6)
    rows, total = rosters.list_children(line.id, wanted, offset=offset, size=SIZE)
    note(request, "roster.viewed", "roster", str(line.id))
    query = request.GET.copy()
    query.pop("from", None)
    address = f"{reverse('portal:roster', args=[line.id])}?{query.urlencode()}"
    page = turns(address, total=total, offset=offset, size=SIZE)
    shown = {
        "line": line,
        "rows": rows,
        "page": page,
        "form": form,
        "statuses": [(code, words, line.statuses.get(code, 0)) for code, words in rules.CHILD_STATUSES.items()],
        "choices": list(rules.CHILD_STATUSES.items()),
        "at": {"rosters": True},
    }
    return render(request, "portal/roster.html", shown)


@EXAMINERS
@require_POST
def roster_child(request: HttpRequest, number: int, part: int) -> HttpResponseBase:
    """This function will say where one child of a roster stands."""
    line = _require_roster(request, number)
    given = {name: request.POST.get(name, "") for name in ("status", "country", "with_agency")}
    try:
        rosters.change_child(child_id=min(part, 2**62), given=given, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    start = number_in(request, "from", 10**6)
    return redirect(f"{reverse('portal:roster', args=[line.id])}?from={start}#contact-{part}")
