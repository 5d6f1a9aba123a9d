"""Files of entries for hash lists: hand one in, watch it being brought in, see and take away what is wrong with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.errors import Refusal
from tipline.interfaces.desk import forms, trail
from tipline.interfaces.desk.views import frame
from tipline.interfaces.ui import names
from tipline.interfaces.ui.bodies import takes_stream
from tipline.interfaces.ui.gate import actor_of, is_htmx, requires
from tipline.interfaces.ui.sent import add_refusal
from tipline.interfaces.ui.uploads import MOST_BYTES, SealedFile, SealedUploadHandler
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.vault import service as vault
from tipline.programs.identification.formats.csv_out import write_csv
from tipline.programs.identification.formats.reading import form_of
from tipline.programs.identification.formats.rows import FileProblem
from tipline.reference.hashlists import imports, queries
from tipline.reference.hashlists.importing import MOST_PROBLEMS
from tipline.reference.hashlists.values import ImportLine

_READERS = requires(Role.ANALYST, Role.SUPERVISOR)
_SHOWN = 100


@_READERS
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """This function will list the files that were brought onto lists, the latest first."""
    lines = imports.list_imports()
    trail.note(request, trail.Sight("hash.listed", "hash_list", "imports"), page="imports", count=len(lines))
    return render(request, "desk/imports.html", {**frame(request, "review"), "lines": lines})


def _sealing(request: HttpRequest) -> list[SealedUploadHandler]:
    return [SealedUploadHandler(request)]


@require_http_methods(["GET", "POST"])
@takes_stream(most=MOST_BYTES, rule=requires(Role.SUPERVISOR), handlers=_sealing)
def hand_in(request: HttpRequest) -> HttpResponseBase:
    """This function will take a file of entries. It is sealed while it comes in."""
    form = forms.ImportForm(
        request.POST or None,
        request.FILES or None,
        lists=[(one.slug, one.name) for one in queries.list_lists()],
        members=[(one.id, one.name) for one in imports.list_members(now=clock.now())],
    )
    sealed = request.FILES.get("file") if request.method == "POST" else None
    if request.method == "POST" and form.is_valid() and isinstance(sealed, SealedFile):
        number = _handed_in(request, form, sealed)
        if number:
            messages.success(request, "Taken in and sealed. It is being brought onto the list.")
            return redirect("desk:import", number)
    if isinstance(sealed, SealedFile):
        vault.discard_incoming(sealed.came.name)
    values = {**frame(request, "review"), "form": form}
    return render(request, "desk/import_new.html", values, status=422 if form.errors else 200)


def _handed_in(request: HttpRequest, form: forms.ImportForm, sealed: SealedFile) -> int:
    held = form.cleaned_data
    try:
        form_of(sealed.first)
        return imports.hand_in(
            list_slug=held["list"], member_id=held["member"], classification=held["classification"],
            came=sealed.came, by=actor_of(request), now=clock.now(),
        )  # fmt: skip
    except FileProblem as problem:
        form.add_error("file", problem.sentence)
    except Refusal as refusal:
        add_refusal(form, refusal)
    return 0


def _require(number: int) -> ImportLine:
    line = imports.find_import(number) if number < 2**62 else None
    if line is None:
        raise Http404
    return line


@_READERS
@require_GET
def one(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show how far a file is and which of its rows are wrong."""
    line = _require(number)
    if not is_htmx(request):  # a page that watches the reading is one look
        trail.note(request, trail.Sight("hash.viewed", "hash_import", str(number)), page="import")
    faults = imports.list_faults(number, size=_SHOWN + 1)
    values = {
        **frame(request, "review"), "line": line, "by": names.actor_name(line.by) if line.by else "",
        "faults": faults[:_SHOWN], "is_cut": len(faults) > _SHOWN, "most": MOST_PROBLEMS,
    }  # fmt: skip
    return render(request, "desk/import.html", values)


@_READERS
@require_GET
def faults(request: HttpRequest, number: int) -> HttpResponseBase:
    """This function will hand out the rows that are wrong as CSV."""
    line = _require(number)
    trail.note(request, trail.Sight("hash.viewed", "hash_import", str(number)), page="import_faults")
    rows = ((fault.row, fault.field or "the whole row", fault.sentence) for fault in imports.walk_faults(line.id))
    return StreamingHttpResponse(
        write_csv(("row", "field", "what is wrong"), rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{line.id}-rows.csv"'},
    )
