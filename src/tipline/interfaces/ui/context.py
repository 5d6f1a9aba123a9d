"""What every page knows: who is logged in, behind which door, and when the screen is covered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tipline.interfaces.ui import gate, names
from tipline.interfaces.ui.words import LEAVE_TO
from tipline.platform.accounts.roles import Realm, Role
from tipline.platform.config import settings

_WHY = {
    "idle": "Your session was locked because nobody had used it for a while. What you had saved is safe.",
    "age": "Your session ended after its longest time. What you had saved is safe.",
}


def page(request: HttpRequest) -> dict[str, Any]:
    """This function will give templates `gate`: name, role_label, agency, door, idle_seconds …"""
    user = gate.user_of(request)
    door = settings().role
    known: dict[str, Any] = {
        "door": Realm(door).label if door in Realm.values else "",
        "why_sentence": _WHY.get(request.GET.get("why", ""), ""),
    }
    if user is not None:
        known |= {
            "name": user.full_name,
            "role": user.role,
            "role_label": Role(user.role).label,
            "agency": names.agency_name(user.agency_id),
            "idle_seconds": settings().idle_minutes * 60,
        }
    return {"gate": known, "leave_to": LEAVE_TO}
