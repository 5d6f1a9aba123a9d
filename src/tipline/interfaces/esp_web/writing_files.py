"""The files of a draft: each sealed while it comes in, and described in the schema's own words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.cybertip import drafting, outline
from tipline.domain.cybertip.grammar import ElementTable
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_web.views import REPORTER
from tipline.interfaces.esp_web.writing import FILES, MOST_BODY, open_draft, page, steps, wrong_lines
from tipline.interfaces.ui.bodies import takes, takes_stream
from tipline.interfaces.ui.uploads import SealedFile, SealedUploadHandler
from tipline.platform import clock
from tipline.stages.intake import drafts, sending
from tipline.stages.intake.drafts import Draft

MOST_UPLOAD = 2 * 1024**3
# The report's number and the file's id are given at the sending.
_DETAILS = ElementTable("fileDetails", children=FILE_DETAILS.children[2:], attributes=FILE_DETAILS.attributes)


@REPORTER
@require_GET
def files(request: HttpRequest, draft_id: str) -> HttpResponse:
    """This function will list a draft's files."""
    return _files(request, open_draft(request, draft_id))


def _files(request: HttpRequest, draft: Draft, error: str = "") -> HttpResponse:
    looked = sending.look_through(draft, now=clock.now())
    lines = [
        (
            file,
            any(name.startswith(f"{sending.details_root(file.id)}/") for name in draft.values),
            any(one.path.startswith(sending.details_root(file.id)) for one in looked.wrong),
        )
        for file in draft.files
    ]
    shown = {"draft": draft, "steps": steps(draft, looked.wrong, FILES), "lines": lines, "error": error}
    return page(request, "draft_files", shown, status=400 if error else 200)


@takes_stream(most=MOST_UPLOAD, rule=REPORTER, handlers=lambda request: [SealedUploadHandler(request)])
def upload(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """This function will take one file into a draft, sealed while it arrives."""
    draft = open_draft(request, draft_id)
    came = request.FILES.get("file") if request.method == "POST" else None
    if not isinstance(came, SealedFile):
        return _files(request, draft, "Choose a file first.")
    try:
        file_id = drafts.add_file(draft=draft, upload_name=came.name or "", incoming=came.came, now=clock.now())
    except Refusal as refusal:
        return _files(request, draft, refusal.sentence)
    return redirect("esp_web:draft_file", draft_id, file_id)


@takes(most=MOST_BODY)
@REPORTER
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, draft_id: str, file_id: int) -> HttpResponseBase:
    """This function will show what is said about one file, or keep it."""
    draft = open_draft(request, draft_id)
    if not any(one.id == file_id for one in draft.files):
        return redirect("esp_web:draft_files", draft_id)
    root = sending.details_root(file_id)
    if request.method == "POST":
        pairs = [(key, request.POST[key]) for key in request.POST]
        typed = drafting.posted(pairs, root, _DETAILS)
        values = drafts.save(draft=draft, under=(f"{root}/",), values=typed, now=clock.now())
        draft = replace(draft, values=values, saved_at=clock.now())
    looked = sending.look_through(draft, now=clock.now())
    own = [one for one in looked.wrong if one.path == root or one.path.startswith(f"{root}/")]
    if request.method == "POST" and "more" not in request.POST and not own:
        return redirect("esp_web:draft_files", draft_id)
    return _file(request, draft, file_id, looked)


def _file(request: HttpRequest, draft: Draft, file_id: int, looked: sending.Looked) -> HttpResponse:
    root = sending.details_root(file_id)
    own = [one for one in looked.wrong if one.path == root or one.path.startswith(f"{root}/")]
    box = outline.outline(_DETAILS, root, draft.values, {one.path: one.sentence for one in own})
    told = {"fields": box.fields, "boxes": box.boxes}
    shown: dict[str, Any] = {
        "draft": draft,
        "steps": steps(draft, looked.wrong, FILES),
        "file": next(one for one in draft.files if one.id == file_id),
        "told": told,
        "wrong": wrong_lines(own, told),
    }
    return page(request, "draft_file", shown, status=422 if own and request.method == "POST" else 200)


@REPORTER
@require_POST
def remove(request: HttpRequest, draft_id: str, file_id: int) -> HttpResponseBase:
    """This function will take a file out of a draft."""
    draft = open_draft(request, draft_id)
    drafts.remove_file(draft=draft, file_id=file_id)
    drafts.save(draft=draft, under=(f"{sending.details_root(file_id)}/",), values={}, now=clock.now())
    messages.success(request, "Taken out.")
    return redirect("esp_web:draft_files", draft_id)
