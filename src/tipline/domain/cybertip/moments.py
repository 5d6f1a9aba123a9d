"""Dates and times as the wire writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_ZONE = r"Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00"
_DATETIME = re.compile(rf"(\d{{4}}-\d\d-\d\dT)(\d\d)(:\d\d:\d\d)(\.\d+)?({_ZONE})?", re.ASCII)
_DATE = re.compile(rf"(\d{{4}}-\d\d-\d\d)(?:{_ZONE})?", re.ASCII)
_MIDNIGHT = "24"
_LONGEST_KEPT = 64  # signs; fractions may be longer, and are not remembered


def zone_of(text: str) -> str:
    """This function will give the zone as sent: `Z`, `+hh:mm`, `-hh:mm`, or an empty string."""
    found = _DATETIME.fullmatch(text.strip())
    return (found.group(5) or "") if found else ""


def read_moment(text: str) -> datetime | None:
    """This function will read an xs:dateTime with a zone, in UTC. Fractions are cut to microseconds.

    Returns None without a zone, and for years that no event of ours can have (before 1 or after 9999).
    """
    read = read_local(text)
    if read is None or read.tzinfo is None:
        return None
    try:
        return read.astimezone(UTC)
    except OverflowError:
        return None


def read_local(text: str) -> datetime | None:
    """This function will read an xs:dateTime as it stands, with the zone that was sent or none."""
    return _remembered(text) if len(text) <= _LONGEST_KEPT else _read(text)


def _read(text: str) -> datetime | None:
    found = _DATETIME.fullmatch(text.strip())
    if found is None:
        return None
    try:
        if found.group(2) != _MIDNIGHT:
            return datetime.fromisoformat(found.group())
        # xs:dateTime allows 24:00:00 for the first moment of the next day.
        day, _, rest, fraction, zone = found.groups()
        if rest != ":00:00" or (fraction or "").strip(".0"):
            return None
        return datetime.fromisoformat(f"{day}00:00:00{zone or ''}") + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


# The same moment is read by the type, by the rules and by the page: mostly one after the other.
_remembered = lru_cache(maxsize=1024)(_read)


def read_date(text: str) -> date | None:
    """This function will read an xs:date; a zone behind it does not move the day."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date.fromisoformat(found.group(1))
    except ValueError:
        return None
