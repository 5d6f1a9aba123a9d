"""The preservation clock: what must be kept until when, what ends soon, and what police ask to keep longer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tipline.interfaces.esp_web.views import COMPANY, frame, note, own_id
from tipline.platform import clock
from tipline.reports import company
from tipline.stages.feedback import keeping


@COMPANY
@require_GET
def keep(request: HttpRequest) -> HttpResponse:
    """This function will list the reports whose year ends soon, and what agencies ask to keep longer."""
    esp_id, now = own_id(request), clock.now()
    ending = company.list_ending(esp_id=esp_id, now=now)
    asked = keeping.list_open_asked(now=now)
    note(request, "report.listed", "list", "keep", count=len(ending) + len(asked))
    longest = {one.report_number: one for one in sorted(asked, key=lambda one: one.until)}
    shown: dict[str, Any] = {
        "ending": [(one, longest.get(one.number)) for one in ending],
        "ending_total": company.count_ending(esp_id=esp_id, now=now),
        "asked": asked,
        "soon": company.SOON,
    }
    return render(request, "esp_web/keep.html", frame(esp_id, "keep") | shown)
