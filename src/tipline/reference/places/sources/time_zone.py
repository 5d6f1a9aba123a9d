"""Countries and states of a time zone: an offset as times carry it, or a zone that a text names.

Source: the IANA's zones, with the people of the towns in each (GeoNames, CC-BY 4.0).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from tipline.reference.places import towns
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "time zones"
MOST_PLACES = 8
LEAST_SHARE = 0.02
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")
# Abbreviations that mean one zone to nearly everybody.
ABBREVIATIONS = {
    **dict.fromkeys(("EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Berlin"),
    **dict.fromkeys(("EET", "EEST"), "Europe/Kyiv"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    **dict.fromkeys(("NZST", "NZDT"), "Pacific/Auckland"),
    "MSK": "Europe/Moscow",
    "JST": "Asia/Tokyo",
    "BST": "Europe/London",
}


def look_up(zone: str, at: datetime | None) -> tuple[Answer, ...]:
    """This function will say where people live by a zone's clocks at a time, or in winter where none is known."""
    when = (at or datetime(2026, 1, 1, tzinfo=UTC)).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    minutes = _minutes(zone, when)
    if minutes is None:
        return (NoAnswer(SOURCE, Reason.MALFORMED),)
    listed = _places(minutes, when)
    return tuple(
        PlaceAnswer(SOURCE, "time zones", towns.EDITION, country, state, share=round(share, 3))
        for (country, state), share in listed
    ) or (NoAnswer(SOURCE, Reason.NOT_IN_DATA),)


def _minutes(zone: str, when: datetime) -> int | None:
    name = ABBREVIATIONS.get(zone, zone)
    if name in people_by_zone():
        offset = ZoneInfo(name).utcoffset(when)
        return None if offset is None else round(offset / timedelta(minutes=1))
    found = _OFFSET.fullmatch(zone.replace(" ", ""))
    if not found or int(found.group(2)) > 14:
        return None
    size = int(found.group(2)) * 60 + int(found.group(3) or 0)
    return -size if found.group(1) == "-" else size


@lru_cache(maxsize=1024)
def _places(minutes: int, when: datetime) -> tuple[tuple[tuple[str, str], float], ...]:
    counted: Counter[tuple[str, str]] = Counter()
    for name, people in people_by_zone().items():
        if ZoneInfo(name).utcoffset(when) == timedelta(minutes=minutes):
            counted.update(people)
    whole = sum(counted.values())
    return tuple(
        (place, many / whole) for place, many in counted.most_common(MOST_PLACES) if many / whole >= LEAST_SHARE
    )


@cache
def people_by_zone() -> dict[str, Counter[tuple[str, str]]]:
    """This function will count, by zone, the people of the towns in each country, and in each state of the US."""
    found: dict[str, Counter[tuple[str, str]]] = {}
    for town in towns.towns():
        state = town.state if town.country == "US" else ""
        found.setdefault(town.zone, Counter())[town.country, state] += town.population
    return found
