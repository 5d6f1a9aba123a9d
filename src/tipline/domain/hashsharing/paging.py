"""The address of the next page: everything that is needed to go on is in it, nothing is kept for it here. Pure.

Entries are walked in the order of (time of change, our key), from the row after the last one handed out. An entry that
changes meanwhile moves beyond the range and so moves nobody else; the address works for as long as the client keeps it.
It carries no right: a made-up one shows nothing that its `from` and `to` would not show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tipline.domain.errors import Refusal
from tipline.domain.hashsharing.moments import EPOCH, read_moment, write_exactly

MOST = 1000
_AFTER = re.compile(r"(\d{1,17})-(\d{1,18})")
_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Place:
    """The last row handed out: when it changed, and its key."""

    at: datetime
    key: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One page of a range, both ends included. `start` counts from 1; `most` is 0 until the range was counted."""

    since: datetime
    until: datetime
    size: int = MOST
    start: int = 1
    most: int = 0
    after: Place | None = None


def read_asked(given: Mapping[str, str], settled: datetime) -> Asked:
    """This function will read the query of GET /entries. `settled`: nothing changes any more up to this moment.

    Raises Refusal naming the parameter that cannot be read.
    """
    since = read_moment(given["from"], "from") if given.get("from") else EPOCH
    until = min(read_moment(given["to"], "to"), settled) if given.get("to") else settled
    start = _whole(given, "start", 1, _LARGEST)
    after = _place(given.get("after", ""))
    if (after is None) != (start == 1):
        raise Refusal("bad_page", "Follow the address of the next page as it was given.", field="start")
    if start > 1 and not given.get("to"):
        raise Refusal("bad_page", "Follow the address of the next page as it was given.", field="to")
    most = _whole(given, "max", 0, _LARGEST)
    return Asked(since, until, _whole(given, "size", MOST, MOST), start, most, after)


def write_next(asked: Asked, handed_out: int, last: Place) -> str:
    """This function will write the address of the page after this one, relative to the environment's root."""
    micros = (last.at - EPOCH) // timedelta(microseconds=1)
    return (
        f"/v2/entries?from={write_exactly(asked.since)}&to={write_exactly(asked.until)}"
        f"&start={asked.start + handed_out}&size={asked.size}&max={asked.most}&after={micros}-{last.key}"
    )


def _whole(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and min(default, 1) <= int(text) <= most):
        raise Refusal("bad_number", f"{name} is a whole number up to {most}.", field=name)
    return int(text)


def _place(text: str) -> Place | None:
    if not text:
        return None
    found = _AFTER.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        return Place(EPOCH.astimezone(UTC) + timedelta(microseconds=int(found[1])), int(found[2]))
    except (ValueError, OverflowError):
        raise Refusal("bad_page", "Follow the address of the next page as it was given.", field="after") from None
