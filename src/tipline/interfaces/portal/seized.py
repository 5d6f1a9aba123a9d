"""Pages on seized collections: hand in, watch it being read, the preliminary and the final report, the quick check."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.errors import Refusal
from tipline.interfaces.portal import seized_forms as forms
from tipline.interfaces.ui.bodies import takes_stream
from tipline.interfaces.ui.gate import Refused, actor_of, agency_of, is_htmx, requires
from tipline.interfaces.ui.paging import turns
from tipline.interfaces.ui.sent import add_refusal, number_in
from tipline.interfaces.ui.uploads import MOST_BYTES, SealedFile, SealedUploadHandler
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.audit.act import Act, Outcome
from tipline.platform.audit.service import record
from tipline.platform.vault import service as vault
from tipline.programs.identification import queries, report_out, rules, service
from tipline.programs.identification.formats.reading import form_of
from tipline.programs.identification.formats.rows import FileProblem
from tipline.programs.identification.formats.vics_out import VARIANTS, VERSIONS, Form
from tipline.programs.identification.values import CollectionLine, HandedIn

EXAMINERS = requires(Role.EXAMINER, Role.OFFICER)
SIZE = 50
FOUND_LATER_SHOWN = timedelta(days=90)
PIECE_BYTES = 256 * 1024  # of a report that is handed out
QUICK_SECONDS = 4.0  # how long a quick check's page waits for the worker before it offers to look again


@transaction.atomic
def note(request: HttpRequest, verb: str, kind: str, ident: str = "", **details: str | int) -> None:
    """This function will write one look into the audit."""
    named = {"agency": agency_of(request), **details}
    record(Act(clock.now(), actor_of(request), verb, kind, ident[:20], details=named))


def refused(request: HttpRequest, kind: str, number: int) -> Refused:
    """This function will make the refusal of what is foreign or unknown, alike, to be raised."""
    named = {"agency": agency_of(request), "reason": f"no_such_{kind}"}
    act = Act(clock.now(), actor_of(request), f"{kind}.refused", kind, str(number)[:20], Outcome.REFUSED, details=named)
    return Refused(act)


@EXAMINERS
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """This function will list the agency's collections, newest first."""
    offset = number_in(request, "from", 10**6)
    rows, total = queries.list_collections(agency=agency_of(request), offset=offset, size=SIZE)
    note(request, "collection.listed", "agency", agency_of(request), count=len(rows))
    page = turns(reverse("portal:collections"), total=total, offset=offset, size=SIZE)
    later = queries.list_found_later(agency=agency_of(request), since=clock.now() - FOUND_LATER_SHOWN)
    shown = {"rows": rows, "page": page, "later": later, "at": {"collections": True}}
    return render(request, "portal/collections.html", shown)


def _sealing(request: HttpRequest) -> list[SealedUploadHandler]:
    return [SealedUploadHandler(request)]


@require_http_methods(["GET", "POST"])
@takes_stream(most=MOST_BYTES, rule=EXAMINERS, handlers=_sealing)
def hand_in(request: HttpRequest) -> HttpResponseBase:
    """This function will take a collection. The file is sealed while it comes in."""
    form = forms.CollectionForm(request.POST or None, request.FILES or None)
    sealed = request.FILES.get("file") if request.method == "POST" else None
    if request.method == "POST" and form.is_valid() and isinstance(sealed, SealedFile):
        try:
            form_of(sealed.first)
            file = HandedIn(sealed.came.name, sealed.came.wrapped_key, sealed.came.size, sealed.came.sha256)
            made = service.hand_in(new=form.new(), file=file, by=actor_of(request), now=clock.now())
            messages.success(request, "Taken in and sealed. It is being compared.")
            return redirect("portal:collection", made)
        except Refusal as refusal:
            add_refusal(form, refusal)
        except FileProblem as problem:
            form.add_error("file", problem.sentence)
    if isinstance(sealed, SealedFile):
        vault.discard_incoming(sealed.came.name)
    status = 422 if form.errors else 200
    return render(request, "portal/collection_new.html", {"form": form, "at": {"collections": True}}, status=status)


@EXAMINERS
@require_http_methods(["GET", "POST"])
def quick(request: HttpRequest) -> HttpResponseBase:
    """This function will take up to a hundred values for an answer at once."""
    form = forms.QuickForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = service.check_quickly(
                new=form.new(), text=form.cleaned_data["values"], by=actor_of(request), now=clock.now()
            )
            return redirect("portal:collection", made)
        except Refusal as refusal:
            add_refusal(form, refusal)
    status = 422 if form.errors else 200
    earlier, _ = queries.list_collections(agency=agency_of(request), kind=rules.QUICK, size=10)
    return render(
        request, "portal/quick.html", {"form": form, "earlier": earlier, "at": {"quick": True}}, status=status
    )


def require_collection(request: HttpRequest, number: int) -> CollectionLine:
    """This function will find the agency's own collection. Raises Refused, alike for foreign and unknown ones."""
    line = queries.find_collection(number, agency=agency_of(request)) if number < 2**62 else None
    if line is None:
        raise refused(request, "collection", number)
    return line


@EXAMINERS
@require_GET
def collection(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show how far a collection is read and, then, the report on it."""
    line = _answered_soon(require_collection(request, number))
    found = chosen_class(request, line)
    after = number_in(request, "after")
    if not is_htmx(request):  # a page that watches the reading is one look
        service.note_look(collection_id=line.id, page=found or "all", by=actor_of(request), now=clock.now())
    answers = queries.list_answers(line.id, found=found, after=after, size=SIZE)
    shown = {
        "line": line,
        "standing": report_out.standing_of(line),
        "answers": [(one, report_out.said_by(one)) for one in answers.rows],
        "total_shown": answers.total,
        "next_url": f"?class={found or 'all'}&after={answers.next_after}#files" if answers.next_after else "",
        "found": found,
        "classes": [(code, words, getattr(line, code.lower())) for code, words in rules.CLASSES.items()],
        "series": queries.list_series_found(line.id),
        "problems": queries.list_problems(line.id),
        "events": queries.list_events(line.id),
        "vics": [(version, variant) for version in VERSIONS for variant in (VARIANTS if version == "2.0" else ("",))],
        "at": {"quick" if line.kind == rules.QUICK else "collections": True},
    }
    return render(request, "portal/collection.html", shown)


def chosen_class(request: HttpRequest, line: CollectionLine) -> str:
    """This function will tell which class of files is looked at: what is known comes first; "" stands for all."""
    asked = request.GET.get("class")
    if asked is None:
        return rules.IDENTIFIED if line.identified else rules.RECOGNISED if line.recognised else ""
    return asked if asked in rules.CLASSES else ""


def _answered_soon(line: CollectionLine) -> CollectionLine:
    """A quick check is answered by the worker within a moment: the page waits that moment."""
    deadline = time.monotonic() + QUICK_SECONDS
    while line.kind == rules.QUICK and line.is_waiting and time.monotonic() < deadline:
        time.sleep(0.1)
        line = queries.find_collection(line.id) or line
    return line


_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "vics": "application/json"}


@EXAMINERS
@require_GET
def report(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """This function will hand out the report as PDF, CSV or VICS; custody and audit are written first."""
    line = require_collection(request, number)
    if name not in _TYPES or not line.is_answered:
        raise Http404
    service.note_download(collection_id=line.id, form=name, by=actor_of(request), now=clock.now())
    ending = "json" if name == "vics" else name
    headers = {"Content-Disposition": f'attachment; filename="collection-{line.id}.{ending}"'}
    if name == "pdf":
        return HttpResponse(report_out.pdf_report(line, clock.now()), content_type=_TYPES[name], headers=headers)
    pieces = report_out.csv_report(line) if name == "csv" else report_out.vics_report(line, _form(request))
    return StreamingHttpResponse(_scoped(pieces, line.agency), content_type=_TYPES[name], headers=headers)


def _form(request: HttpRequest) -> Form:
    version, form, variant = (request.GET.get(name, "") for name in ("version", "form", "variant"))
    return Form(
        version if version in VERSIONS else "2.0",
        "Media" if form == "Media" else "Cases",
        variant if variant in VARIANTS else "Default",
    )


def _scoped(pieces: Iterable[bytes], agency: str) -> Iterable[bytes]:
    # Sent after the request's own transaction, and each piece perhaps by another thread with another connection: what
    # is read for a piece needs a scope that ends with it.
    walk = iter(pieces)
    while True:
        batch = bytearray()
        with agency_scope(agency=agency):
            for piece in walk:
                batch += piece
                if len(batch) >= PIECE_BYTES:
                    break
        if not batch:
            return
        yield bytes(batch)
