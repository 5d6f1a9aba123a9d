"""The one way in which a registry is asked by RDAP, and how its cards are read.

Source: RFC 9082 (queries), RFC 9083 (answers), RFC 7095 (jCard).
"""

from __future__ import annotations

import json
import re
from typing import Any

from tipline.platform.outside import Way, fetch_body

MOST_BYTES = 256 * 1024
ACCEPT = "application/rdap+json"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def ask(base: str, path: str, way: Way) -> Any:
    """This function will ask an RDAP server; None where it knows nothing. Raises NotAllowed, NoAnswer, ValueError."""
    status, body = fetch_body(f"{base.rstrip('/')}/{path}", ACCEPT, MOST_BYTES, way)
    try:
        return json.loads(body) if status == 200 else None
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def entities_of(part: Any) -> list[dict[str, Any]]:
    """This function will give the entities of a part of an answer, those of a form that can be read."""
    listed = part.get("entities") if isinstance(part, dict) else None
    return [each for each in (listed if isinstance(listed, list) else []) if isinstance(each, dict)]


def has_role(entity: dict[str, Any], *roles: str) -> bool:
    """This function will tell whether an entity has one of some roles."""
    told = entity.get("roles")
    return isinstance(told, list) and any(role in told for role in roles)


def card_of(entity: Any) -> dict[str, list[Any]]:
    """This function will read an entity's card: by property the whole line, [name, parameters, type, value]."""
    card = entity.get("vcardArray") if isinstance(entity, dict) else None
    lines = card[1] if isinstance(card, list) and len(card) == 2 and isinstance(card[1], list) else []
    return {line[0]: line for line in lines if isinstance(line, list) and len(line) >= 4 and isinstance(line[0], str)}


def text_of(card: dict[str, list[Any]], name: str) -> str:
    """This function will give a property of a card that is one text, without what a database could not keep."""
    value = card[name][3] if name in card else ""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())


def day_of(found: Any, action: str) -> str:
    """This function will give the last day on which something was done to an entry, ISO 8601."""
    events = found.get("events") if isinstance(found, dict) else None
    days = [
        _DAY.match(str(each.get("eventDate", "")))
        for each in (events if isinstance(events, list) else [])
        if isinstance(each, dict) and each.get("eventAction") == action
    ]
    return max((day.group() for day in days if day), default="")
