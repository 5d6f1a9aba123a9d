"""Dates and times as the wire writes them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

_DATETIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}(?:\d{3})?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


def zone_of(text: str) -> str:
    """This function will give the zone as sent: `Z`, `+hh:mm`, `-hh:mm`, or an empty string."""
    found = _DATETIME.fullmatch(text.strip())
    return (found.group(8) or "") if found else ""


def read_moment(text: str) -> datetime | None:
    """This function will read an xs:dateTime with a zone, in UTC. Fractions are cut to microseconds.

    Returns None without a zone, and for years that no event of ours can have (before 1 or after 9999).
    """
    if _USUAL.fullmatch(text):
        # What nearly everybody writes is read by the standard library, in a tenth of the time.
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(text).astimezone(UTC)
    found = _DATETIME.fullmatch(text.strip())
    if found is None or not found.group(8):
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    micro = int((found.group(7) or "0")[:6].ljust(6, "0"))
    # xs:dateTime allows 24:00:00 for the first moment of the next day.
    extra = timedelta(days=1) if hour == 24 else timedelta()
    try:
        local = datetime(year, month, day, hour % 24, minute, second, micro, _zone(found.group(8)))
        return (local + extra).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_date(text: str) -> date | None:
    """This function will read an xs:date; a zone behind it does not move the day."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))
