"""What an answer may say, when it is due, and what a person must fill in. Pure.

Source: specs/hash-sharing-and-standards, section 3 (the programme as process).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tipline.domain.errors import Refusal

# What we say of a file.
IDENTIFIED, RECOGNISED, UNRECOGNISED, NOT_RELEVANT = "IDENTIFIED", "RECOGNISED", "UNRECOGNISED", "NOT_RELEVANT"
CLASSES = {
    IDENTIFIED: "identified child",
    RECOGNISED: "recognised",
    UNRECOGNISED: "unrecognised",
    NOT_RELEVANT: "not relevant",
}
# Kinds of collection: fingerprints alone, the files stay with the agency.
# QUICK is the quick check of up to a hundred pasted values.
HASHES, QUICK = "HASHES", "QUICK"
KINDS = {HASHES: "Hashes only"}
MOST_QUICK = 100
STATUS_IDENTIFIED, STATUS_UNIDENTIFIED = "IDENTIFIED", "UNIDENTIFIED"
STATUSES = {STATUS_IDENTIFIED: "identified", STATUS_UNIDENTIFIED: "not identified yet"}
NOTIFICATIONS = {"UNKNOWN": "not asked yet", "IN": "wishes to be told", "OUT": "does not wish to be told"}
CHILD_STATUSES = {"SOUGHT": "sought", "IDENTIFIED": "identified", "SAFE": "safe"}
AGE_BANDS = {
    "0-2": "0 to 2",
    "3-6": "3 to 6",
    "7-10": "7 to 10",
    "11-13": "11 to 13",
    "14-15": "14 to 15",
    "16-17": "16 to 17",
}
SEXES = {"female": "girl", "male": "boy", "other": "other"}
CERTAINTIES = {"D": "read at the source", "S": "second-hand"}
CONFIRMED, REJECTED = "CONFIRMED", "REJECTED"
VERDICTS = {CONFIRMED: "the same child", REJECTED: "not this child", NOT_RELEVANT: "not relevant"}
DAYS_TO_SUBMIT = 10
PRELIMINARY = (
    "Preliminary: a test of fingerprints for warrants, interviews and charging decisions. It is not an identification."
)
_PLAIN = re.compile(r"[^\x00-\x1f\x7f<>]*")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one file agrees with. `kind` is "series", "list" or "report"; `how` the fingerprint; distance in bits."""

    kind: str
    how: str
    distance: int = 0
    source: str = ""  # slug of the list
    series: int | None = None
    is_identified: bool = False  # the child of the series is


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one file, and by what."""

    found: str
    how: str = ""
    distance: int = 0
    source: str = ""
    series: int | None = None


NOTHING = Answer(UNRECOGNISED)


def answer_of(agreements: Iterable[Agreement]) -> Answer:
    """This function will choose what is said of a file: an identified child first, then any series, list, report."""
    best = min(agreements, key=_rank, default=None)
    if best is None:
        return NOTHING
    found = IDENTIFIED if best.kind == "series" and best.is_identified else RECOGNISED
    source = best.source if best.kind == "list" else best.kind
    return Answer(found, best.how, best.distance, source, best.series)


def _rank(one: Agreement) -> tuple[bool, int, int]:
    return not one.is_identified, ("series", "list", "report").index(one.kind), one.distance


def federal_holidays(year: int) -> frozenset[date]:
    """This function will list the legal public holidays of the United States, moved to a week day where they fall on
    a week-end. Source: 5 USC 6103(a), (b).
    """
    fixed = [date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    moving = [
        _nth(year, 1, 0, 3),  # Martin Luther King Jr.
        _nth(year, 2, 0, 3),  # Washington's Birthday
        _nth(year, 6, 0, 1) - timedelta(days=7),  # Memorial Day: the Monday before the first one of June
        _nth(year, 9, 0, 1),  # Labor Day
        _nth(year, 10, 0, 2),  # Columbus Day
        _nth(year, 11, 3, 4),  # Thanksgiving
    ]
    return frozenset([*(_observed(day) for day in fixed), *moving])


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _observed(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def is_business_day(day: date) -> bool:
    """This function will say whether federal offices work on a day."""
    # New Year's Day on a Saturday is kept on the last day of the year before.
    near = federal_holidays(day.year) | federal_holidays(day.year + 1)
    return day.weekday() < 5 and day not in near


def due_on(start: date, days: int = DAYS_TO_SUBMIT) -> date:
    """This function will count business days from the day after `start`."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_business_day(day)
    return day


def business_days_between(start: date, end: date) -> int:
    """This function will count the business days after `start` up to and with `end`; 0 where it is not later."""
    return sum(is_business_day(start + timedelta(days=number)) for number in range(1, (end - start).days + 1))


def check_texts(given: Mapping[str, str], asked: Mapping[str, tuple[str, int, bool]]) -> dict[str, str]:
    """This function will trim texts and refuse what is missing, too long or no plain text.

    asked: by field (what it is called, most signs, whether it must be there). Raises Refusal with the field.
    """
    found = {}
    for field, (label, most, is_required) in asked.items():
        text = " ".join(given.get(field, "").split())
        if is_required and not text:
            raise Refusal("missing", f"Fill in: {label}.", field=field)
        if len(text) > most or not _PLAIN.fullmatch(text):
            raise Refusal("not_plain", f"{label} must be plain text of at most {most} signs.", field=field)
        found[field] = text
    return found


def check_choice(field: str, value: str, choices: Mapping[str, str], *, is_required: bool = False) -> str:
    """This function will refuse a choice that does not exist. Raises Refusal."""
    if (value or is_required) and value not in choices:
        raise Refusal("unknown_choice", "Choose one of those that are offered.", field=field)
    return value


def progress_of(rows_read: int, bytes_read: int, size: int) -> int:
    """This function will estimate how many rows a file has from how far it is read; 0 while nothing is known.

    Bytes are read ahead of rows: once all bytes are in, the rest of the rows is not known any more.
    """
    if not rows_read or not bytes_read or bytes_read >= size:
        return 0
    return max(rows_read, round(rows_read * size / bytes_read))


def class_after(verdict: str, *, is_identified: bool) -> str:
    """This function will say what a file counts as after an analyst's word on it or on its series."""
    if verdict == NOT_RELEVANT:
        return NOT_RELEVANT
    return IDENTIFIED if verdict == CONFIRMED and is_identified else RECOGNISED
