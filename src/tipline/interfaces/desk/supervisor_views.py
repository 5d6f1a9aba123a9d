"""The supervisor's pages: who did what, with one report or altogether."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tipline.interfaces.desk import trail
from tipline.interfaces.desk.views import frame, require_report
from tipline.interfaces.ui import names
from tipline.interfaces.ui.gate import requires
from tipline.platform.accounts.roles import Role
from tipline.platform.audit import queries
from tipline.platform.audit.queries import EntryView, Wanted

_SIZE = 100


@requires(Role.SUPERVISOR)
@require_GET
def report_audit(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show who did what with one report."""
    head = require_report(number)
    wanted = Wanted(object_kind="report", object_id=str(number), before=_before(request))
    trail.note(request, trail.Sight("audit.viewed", "report", str(number)), kind="report")
    return render(request, "desk/audit.html", {**_values(request, wanted), "head": head})


@requires(Role.SUPERVISOR)
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """This function will show the newest entries of the audit, of one person where a name is given."""
    who = request.GET.get("who", "").replace("\0", "").strip()[:150]
    trail.note(request, trail.Sight("audit.viewed", "audit", "all"), kind="person" if who else "all")
    values = _values(request, Wanted(actor_ident=who, before=_before(request)))
    return render(request, "desk/audit.html", {**values, "who": who})


def _before(request: HttpRequest) -> int:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _values(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    entries = queries.list_entries(wanted, limit=_SIZE)
    return {
        **frame(request, ""),
        "is_audit": True,
        "entries": tuple(_line(entry) for entry in entries),
        "older": entries[-1].id if len(entries) == _SIZE else 0,
    }


def _line(entry: EntryView) -> dict[str, Any]:
    details = ", ".join(names.audit_detail(key, value) for key, value in entry.details.items() if value != "")
    return {
        "at": entry.at,
        "by": names.actor_name(entry.actor),
        "ident": entry.actor.partition(":")[2],
        "sentence": entry.sentence,
        "object": names.audit_object(entry.object_kind, entry.object_id),
        "outcome": entry.outcome,
        "basis": names.custody_basis(entry.basis),
        "details": details,
        "origin": entry.origin,
    }
