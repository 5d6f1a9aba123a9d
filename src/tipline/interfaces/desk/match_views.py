"""Why a file is known, with the two pictures beside each other; and what else is like it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.vocabulary import LOOK_REASONS
from tipline.interfaces.desk import files, forms, matches, trail
from tipline.interfaces.desk.file_views import require_file
from tipline.interfaces.desk.views import frame
from tipline.interfaces.ui.gate import requires
from tipline.platform.accounts.roles import Role
from tipline.reports import files as kept

_BLURRED = "blurred"
_MOST = 100


@requires(Role.ANALYST, Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def match(request: HttpRequest, number: int, file_id: str, entry: int) -> HttpResponseBase:
    """This function will explain why a file is known, and take the reason for a blurred look at both pictures."""
    head, file = require_file(number, file_id)
    found = matches.find(head, file_id, entry)
    if found is None:
        raise Http404
    shown = matches.explained(head, file, found)
    form = forms.CompareForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        looks = (files.Asked(side.file_id, _BLURRED, reason) for side in shown["sides"] if side.file_id)
        files.ask(request, *looks)
        return redirect("desk:match", number, file_id, entry)
    trail.note_report(request, number, "match")
    asked = files.asked_for(request, file_id)
    values = {
        **frame(request, ""), **shown, "head": head, "file": file, "form": form, "asked": asked,
        "asked_reason": LOOK_REASONS.get(asked.reason, "") if asked else "",
    }  # fmt: skip
    return render(request, "desk/match.html", values, status=400 if form.errors else 200)


@requires(Role.ANALYST, Role.SUPERVISOR)
@require_GET
def alike(request: HttpRequest, number: int, file_id: str) -> HttpResponseBase:
    """This function will search the files of all reports for what is the same, or looks nearly the same."""
    head, file = require_file(number, file_id)
    found = kept.find_alike(head.id, file_id, most=_MOST + 1)
    trail.note(request, trail.Sight("report.searched", "list", "search"), kind="file", count=len(found[:_MOST]))
    values = {
        **frame(request, ""), "head": head, "file": file, "lines": matches.alike_lines(head, found[:_MOST]),
        "is_cut": len(found) > _MOST, "no_picture": matches.why_digests_alone(file),
    }  # fmt: skip
    return render(request, "desk/alike.html", values)
