"""The pages of the portal. Each view: parse, one service call, answer; audit comes before the first byte."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.portal import forms, pages
from tipline.interfaces.ui.bodies import takes
from tipline.interfaces.ui.gate import Refused, actor_of, agency_of, requires, user_of
from tipline.interfaces.ui.sent import add_refusal
from tipline.interfaces.ui.words import plural
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.act import Act, Outcome
from tipline.platform.audit.service import record
from tipline.stages.feedback import service as feedback
from tipline.stages.referral import queries as referrals
from tipline.stages.referral import service as referral
from tipline.stages.referral.queries import InboxFilter, ReferralLine
from tipline.stages.referral.service import Download

OFFICER = requires(Role.OFFICER)
MOST_LIST_BYTES = 5 * 1024 * 1024  # pasted rows and a file; what is over the form's own bounds is told at its field
_ID_WIDTH = 20  # report numbers have at most 19 digits; what is longer is somebody's trial
_TYPES = {"pdf": "application/pdf", "json": "application/json", "xml": "application/xml", "txt": "text/plain"}


@requires(Role.OFFICER, Role.EXAMINER)
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """This function will send each role to its own first page: an examiner sees no referrals."""
    user = user_of(request)
    return redirect("portal:collections") if user and user.role == Role.EXAMINER else inbox(request)


@OFFICER
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """This function will show the agency's inbox, most urgent first."""
    form = forms.InboxForm(request.GET, label_suffix="")
    filters = InboxFilter(**form.cleaned_data) if form.is_valid() else InboxFilter()
    start = request.GET.get("from", "0")
    offset = int(start) if start.isascii() and start.isdigit() and len(start) < 8 else 0
    query = request.GET.copy()
    query.pop("from", None)
    reader = pages.Reader(agency_of(request), actor_of(request).ident)
    shown = pages.inbox(reader, filters, offset, query.urlencode())
    _note(request, "referral.listed", "agency", agency_of(request), count=len(shown["items"]))
    is_filtered = any(value for value in query.values()) and set(query) != {"state"}
    return render(request, "portal/inbox.html", {"form": form, "is_filtered": is_filtered, **shown})


@transaction.atomic
def _note(request: HttpRequest, verb: str, kind: str, ident: str, **details: str | int) -> None:
    act = Act(at=clock.now(), actor=actor_of(request), verb=verb, object_kind=kind, object_id=ident, details=details)
    record(act)


def require_referral(request: HttpRequest, number: int) -> ReferralLine:
    """This function will find the agency's referral. Raises Refused, alike for foreign and unknown numbers."""
    line = referrals.find_referral(agency=agency_of(request), number=number)
    if line is None:
        raise _refused(request, number)
    return line


def _refused(request: HttpRequest, number: int, reason: str = "no_such_referral") -> Refused:
    act = Act(
        at=clock.now(),
        actor=actor_of(request),
        verb="referral.refused",
        object_kind="report",
        object_id=str(number)[:_ID_WIDTH],
        outcome=Outcome.REFUSED,
        details={"reason": reason},
    )
    return Refused(act)


@transaction.atomic
def _sealed(request: HttpRequest, number: int, file_id: str) -> None:
    act = Act(
        at=clock.now(),
        actor=actor_of(request),
        verb="file.refused",
        object_kind="file",
        object_id=file_id,
        outcome=Outcome.REFUSED,
        details={"report": number, "reason": "warrant_needed"},
    )
    record(act)


@OFFICER
@require_GET
def report(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show a report, and mark it opened."""
    return _page(request, require_referral(request, number))


def _page(request: HttpRequest, line: ReferralLine, **given: Any) -> HttpResponse:
    # Every showing is a look, the one after a mistake in a form too.
    seen = referral.open_referral(referral_id=line.id, by=actor_of(request), now=clock.now())
    shown = pages.report(line, seen)
    last = shown["outcomes"][0] if shown["outcomes"] else None
    blank = {"outcome_form": forms.OutcomeForm.after(last), "list_form": forms.ListForm(label_suffix="")}
    wrong = any(form.errors for form in given.values() if isinstance(form, Form))
    return render(request, "portal/report.html", shown | blank | given, status=422 if wrong else 200)


@OFFICER
@require_GET
def package(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will hand out the newest package."""
    line = require_referral(request, number)
    try:
        found = referral.stream_package(referral_id=line.id, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        raise _refused(request, number, refusal.code) from refusal
    return _stream(found, "application/zip")


@OFFICER
@require_GET
def document(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """This function will hand out one document of the newest package alone."""
    line, by, now = require_referral(request, number), actor_of(request), clock.now()
    try:
        found = referral.stream_document(referral_id=line.id, name=name, by=by, now=now)
    except Refusal as refusal:
        raise _refused(request, number, refusal.code) from refusal
    return _stream(found, _TYPES.get(name.rpartition(".")[2], "application/octet-stream"))


@OFFICER
@require_GET
def file(request: HttpRequest, number: int, file_id: str) -> HttpResponseBase:
    """This function will hand out one open file; a sealed one says what is needed first."""
    line = require_referral(request, number)
    try:
        found = referral.stream_file(referral_id=line.id, file_id=file_id, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        if refusal.code == "warrant_needed":
            _sealed(request, number, file_id)
            return render(request, "portal/sealed.html", {"line": line, "sentence": refusal.sentence}, status=403)
        raise _refused(request, number, refusal.code) from refusal
    return _stream(found, "application/octet-stream")


def _stream(found: Download, media_type: str) -> HttpResponseBase:
    # Never shown inline: what a report carries is opened by the examiner's own tools.
    answer = StreamingHttpResponse(found.chunks, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{found.name}"'
    answer["Content-Length"] = str(found.size)
    # RFC 9530
    answer["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(found.sha256)).decode()}:"
    return answer


@OFFICER
@require_POST
def outcome(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will take what came of it."""
    line = require_referral(request, number)
    form = forms.OutcomeForm(request.POST)
    try:
        if form.is_valid():
            also = pages.linked_lines(line) if form.cleaned_data["also_linked"] else []
            _record_outcome(request, [line, *also], form)
            return redirect("portal:report", number)
    except Refusal as refusal:
        add_refusal(form, refusal)
    return _page(request, line, outcome_form=form)


@transaction.atomic
def _record_outcome(request: HttpRequest, lines: list[ReferralLine], form: forms.OutcomeForm) -> None:
    by, now = actor_of(request), clock.now()
    for one in lines:
        feedback.record_outcome(referral=one.ref, answer=form.answer(), by=by, now=now)
    many = "" if len(lines) == 1 else f" for {len(lines)} reports"
    messages.success(request, f"Recorded{many}. Thank you: the companies and the reporters will learn of it.")


@OFFICER
@require_POST
@takes(most=MOST_LIST_BYTES, files=True)
def contacts(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will take a seized contact list; rows that cannot be read are named, none is lost."""
    line = require_referral(request, number)
    form = forms.ListForm(request.POST, request.FILES, label_suffix="")
    try:
        if form.is_valid():
            by, now = actor_of(request), clock.now()
            taken = feedback.hand_in_contacts(referral=line.ref, text=form.text(), by=by, now=now)
            sentences = [f"{plural(taken.read, 'contact')} taken."]
            if taken.problems:
                needs = "needs" if len(taken.problems) == 1 else "need"
                sentences.append(f"{plural(len(taken.problems), 'row')} {needs} another look, see below.")
            sentences.append(f"{'It is' if taken.read == 1 else 'They are'} compared with every report.")
            messages.success(request, " ".join(sentences))
            return redirect("portal:report", number)
    except Refusal as refusal:
        form.add_error("rows", refusal.sentence)
    return _page(request, line, list_form=form)
