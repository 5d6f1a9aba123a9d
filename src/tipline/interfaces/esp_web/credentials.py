"""The log-ins of the company's programs: its administrator makes the next one and ends the old one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.esp_web.views import ADMINISTRATOR, COMPANY, frame, is_administrator, note, own_id
from tipline.interfaces.ui.gate import actor_of
from tipline.platform import clock
from tipline.reference.directory import credentials as rotation
from tipline.reference.directory import queries as directory
from tipline.reference.directory.service import ENVIRONMENTS, Issued

_MOUNTS = {"production": "/ispws", "test": "/test/ispws"}


@COMPANY
@require_GET
def credentials(request: HttpRequest) -> HttpResponse:
    """This function will list the log-ins of the company's programs, never a secret."""
    esp_id = own_id(request)
    lines = directory.list_credentials(esp_id)
    note(request, "esp.credentials_listed", "esp", str(esp_id), count=len(lines))
    return _page(request)


@ADMINISTRATOR
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """This function will make a further log-in and show its secret, this once."""
    environment = request.POST.get("environment", "")
    try:
        issued = rotation.issue_next(
            esp_id=own_id(request), environment=environment, by=actor_of(request), now=clock.now()
        )
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    return _page(request, issued=issued)


@ADMINISTRATOR
@require_POST
def end(request: HttpRequest, ident: int) -> HttpResponseBase:
    """This function will end a log-in."""
    try:
        rotation.end_own(esp_id=own_id(request), credential_id=ident, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    messages.success(request, "Ended. Within a minute it opens nothing any more.")
    return redirect("esp_web:credentials")


def _page(request: HttpRequest, issued: Issued | None = None, refusal: Refusal | None = None) -> HttpResponse:
    esp_id = own_id(request)
    lines = directory.list_credentials(esp_id)
    live = {name: sum(1 for one in lines if one.environment == name and not one.revoked_at) for name in ENVIRONMENTS}
    shown: dict[str, Any] = {
        "lines": lines,
        "may_change": is_administrator(request),
        "rooms": [(name, rotation.MOST_LIVE - number) for name, number in live.items()],
        "issued": issued,
        "mount": _MOUNTS[issued.environment] if issued else "",
        "refusal": refusal,
    }
    return render(
        request, "esp_web/credentials.html", frame(esp_id, "credentials") | shown, status=400 if refusal else 200
    )
