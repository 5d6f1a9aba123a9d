"""What an analyst finds by hand about one report: look-ups with their captures, and clues to a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tipline.domain.addresses import defang
from tipline.domain.cybertip.reading import with_answers
from tipline.domain.errors import Refusal
from tipline.domain.free_text import found_in_text
from tipline.domain.report import Identifier, IdentifierKind, ReportHead
from tipline.domain.states import ReportState
from tipline.interfaces.desk import trail, words
from tipline.interfaces.desk.views import frame, require_report
from tipline.interfaces.ui import names
from tipline.interfaces.ui.bodies import takes
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.interfaces.ui.paths import path
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.reference.places.mail_kinds import mail_kind
from tipline.reports import queries as reports
from tipline.stages.enrichment import queries, research

_READERS = requires(Role.ANALYST, Role.SUPERVISOR)
_WORDS = forms.Textarea(attrs={"rows": 3})


class EntryForm(forms.Form):
    """One look-up that was made by hand."""

    query = forms.CharField(label="What you asked for", max_length=300)
    source = forms.CharField(label="Where", max_length=200, help_text="A register, a map, a colleague, a search.")
    address = forms.CharField(label="Its address", max_length=2000, required=False)
    result = forms.CharField(label="What it said", max_length=10_000, widget=_WORDS)
    capture = forms.FileField(
        label="A capture of it",
        required=False,
        help_text="A saved page or picture of the screen, at most 1 MiB. Sealed.",
    )


class ClueForm(forms.Form):
    """One hint seen or heard."""

    kind = forms.ChoiceField(label="What it is", choices=list(research.KINDS.items()))
    seen_in = forms.CharField(
        label="Where you saw or heard it", max_length=200, help_text="For example: file 2, at 0:14."
    )
    says = forms.CharField(label="What it was", max_length=1000, widget=_WORDS)
    role = forms.ChoiceField(label="Whose place it tells", choices=list(research.SIDES.items()))
    country = forms.CharField(label="Country, two letters", max_length=2, required=False)
    state = forms.CharField(label="State or region", max_length=100, required=False)
    city = forms.CharField(label="Town", max_length=100, required=False)


class WithdrawForm(forms.Form):
    """Why an entry or a clue is taken back."""

    what = forms.ChoiceField(choices=[("entry", "entry"), ("clue", "clue")])
    number = forms.IntegerField(min_value=1)
    why = forms.CharField(label="Why it is taken back", max_length=300)


def _require(number: int) -> ReportHead:
    head = require_report(number)
    if head.state is ReportState.PURGED:
        raise Http404
    return head


@takes(most=2 * 1024 * 1024, files=True)
@_READERS
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will show what was found by hand, and take an entry or a clue."""
    head = _require(number)
    shown: dict[str, Any] = {}
    if request.method == "POST":
        name = "clue_form" if "clue" in request.POST else "entry_form"
        kind, keep = (ClueForm, _keep_clue) if name == "clue_form" else (EntryForm, _keep_entry)
        form = kind(request.POST, request.FILES, auto_id=f"{name}_%s")
        if form.is_valid() and _done(form, lambda held: keep(request, head, held)):
            messages.success(request, "Written down.")
            return HttpResponseRedirect(reverse("desk:research", args=[number]))
        shown[name] = form
    trail.note_report(request, number, "research")
    return _render(request, head, shown)


def _render(request: HttpRequest, head: ReportHead, shown: Mapping[str, Any]) -> HttpResponse:
    values = {
        **frame(request, ""),
        "head": head,
        "entries": tuple((line, names.actor_name(line.by)) for line in queries.list_research(head.id)),
        "hints": tuple(
            (
                line,
                names.actor_name(line.by),
                research.KINDS.get(line.kind, line.kind),
                research.SIDES.get(line.role, ""),
                ", ".join(part for part in (line.city, line.state, line.country) if part),
            )
            for line in queries.list_clues(head.id)
        ),
        "named": _named(head),
        "entry_form": EntryForm(auto_id="entry_form_%s"),
        "clue_form": ClueForm(auto_id="clue_form_%s"),
        **shown,
    }
    return render(request, "desk/research.html", values, status=422 if shown else 200)


@dataclass(frozen=True, slots=True)
class Named:
    """One identifier that stands in the report's texts; an address of the web is shown so that it is no link."""

    kind: str
    shown: str
    whose: str
    mark: str = ""


_MARKS = {"free": "free mail", "disposable": "disposable mail: made for a few minutes"}


def _named(head: ReportHead) -> tuple[Named, ...]:
    parts, answers = reports.load_parts(head.id), reports.load_answers(head.id)
    found = [one for part, said in with_answers(parts, answers) for one in found_in_text(part, said)]
    return tuple(dict.fromkeys(_line(one) for one in found))


def _line(one: Identifier) -> Named:
    shown = defang(f"http://{one.value}").partition("://")[2] if one.kind is IdentifierKind.URL else one.value
    mark = _MARKS.get(mail_kind(one.value), "") if one.kind is IdentifierKind.EMAIL else ""
    return Named(words.KIND_WORDS.get(one.kind, one.kind), shown, words.ROLE_WORDS.get(one.role, ""), mark)


def _done(form: forms.Form, do: Callable[[Mapping[str, Any]], object]) -> bool:
    try:
        do(form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


def _keep_entry(request: HttpRequest, head: ReportHead, held: Mapping[str, Any]) -> None:
    capture = held["capture"].read() if held["capture"] else b""
    entry = research.Entry(held["query"], held["source"], held["result"], held["address"], capture)
    research.note_entry(report_id=head.id, entry=entry, by=actor_of(request), now=clock.now())


def _keep_clue(request: HttpRequest, head: ReportHead, held: Mapping[str, Any]) -> None:
    research.note_clue(report_id=head.id, hint=research.Hint(**held), by=actor_of(request), now=clock.now())


@_READERS
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will take an entry or a clue back."""
    head = _require(number)
    form = WithdrawForm(request.POST)
    by, now = actor_of(request), clock.now()
    if form.is_valid() and _done(
        form, lambda held: research.withdraw(report_id=head.id, back=research.TakenBack(**held), by=by, now=now)
    ):
        messages.info(request, "Taken back. It stays to be read.")
        return HttpResponseRedirect(reverse("desk:research", args=[number]))
    trail.note_report(request, number, "research")
    return _render(request, head, {"withdraw_form": form})


@_READERS
@require_POST
def capture(request: HttpRequest, number: int, entry: int) -> HttpResponse:
    """This function will hand out a capture as it was handed in; the audit entry is written first."""
    head = _require(number)
    try:
        held = research.open_capture(report_id=head.id, number=entry)
    except Refusal:
        raise Http404 from None
    trail.note_report(request, number, "capture", size=len(held))
    answer = HttpResponse(held, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="report-{number}-capture-{entry}.bin"'
    return answer


PATHS = [
    path("reports/<int:number>/research/", page, name="research"),
    path("reports/<int:number>/research/withdraw/", withdraw, name="research_withdraw"),
    path("reports/<int:number>/research/<int:entry>/capture/", capture, name="research_capture"),
]
