"""Numbers, times and spans as people read them. Pure, so that PDFs and mails can say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
HARD_SPACE = "\N{NO-BREAK SPACE}"
CONFIDENCE_LEVEL = {"certain": 100, "likely": 75, "possible": 45, "unsure": 20}
# Where "Leave now" leads: a page that anybody may have open.
LEAVE_TO = "https://en.wikipedia.org/"
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))
_BYTE_STEPS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def thin(number: int) -> str:
    """This function will write a count with a thin space between thousands: 12 345."""
    return f"{number:,}".replace(",", THIN_SPACE)


def plural(number: int, noun: str) -> str:
    """This function will write a count with its noun, for nouns that take an s: "1 row", "2 rows"."""
    return f"{thin(number)} {noun}{'' if number == 1 else 's'}"


def span(length: timedelta | float) -> str:
    """This function will write a span in its largest unit: "4 min", "1 h", "2 d"."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{int(seconds // size)}{HARD_SPACE}{unit}"
    return "now" if seconds < 1 else f"{int(seconds)}{HARD_SPACE}s"


def size(count: int) -> str:
    """This function will write a count of bytes with its unit: "1.2 MB"."""
    for step, unit in _BYTE_STEPS:
        if count >= step:
            return f"{count / step:.1f}{HARD_SPACE}{unit}"
    return f"{count}{HARD_SPACE}B"


def clock_time(at: datetime, now: datetime) -> str:
    """This function will write a moment in UTC, with its day unless that is today: "14:02 UTC"."""
    moment, today = at.astimezone(UTC), now.astimezone(UTC)
    if moment.date() == today.date():
        return f"{moment:%H:%M} UTC"
    year = f" {moment.year}" if moment.year != today.year else ""
    return f"{moment.day} {moment:%b}{year}, {moment:%H:%M} UTC"


def dated_time(at: datetime) -> str:
    """This function will write a moment in UTC with day and year, for what is kept: "3 Jan 2026, 14:02 UTC"."""
    moment = at.astimezone(UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def zone_time(at: datetime, zone: str) -> str:
    """This function will write the time of day of a moment in a named zone: "Phoenix 07:02"."""
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{place} {at.astimezone(ZoneInfo(zone)):%H:%M}"
