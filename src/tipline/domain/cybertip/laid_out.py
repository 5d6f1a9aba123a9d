"""A document's text laid out for reading: every row says at which line and column it begins in what was sent.

Real clients send one line. A row that is longer than a page is parted before start tags, so that a violation's
`[line,column]` is found with the eye. Nothing is changed, added or left out. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tipline.domain.cybertip.violations import Violation

LONGEST_ROW = 120
MOST_ROWS = 4_000
_LINES = re.compile(r"\r\n|\r|\n")
_STARTS = re.compile(r"(?=<[A-Za-z_])")


@dataclass(frozen=True, slots=True)
class Laid:
    """One row: where it begins, counted from 1, its text, and what is wrong there."""

    line: int
    column: int
    text: str
    wrong: tuple[Violation, ...] = ()


def lay_out(text: str, violations: Iterable[Violation] = ()) -> tuple[Laid, ...]:
    """This function will part a text into rows and put each violation at the row in which it stands."""
    rows = [row for number, line in enumerate(_LINES.split(text), start=1) for row in _rows(number, line)][:MOST_ROWS]
    places = [(row.line, row.column) for row in rows]
    held: dict[int, list[Violation]] = {}
    for one in violations:
        held.setdefault(max(0, bisect_right(places, (one.line, one.column)) - 1), []).append(one)
    return tuple(Laid(row.line, row.column, row.text, tuple(held.get(place, ()))) for place, row in enumerate(rows))


def _rows(number: int, line: str) -> Iterator[Laid]:
    if len(line) <= LONGEST_ROW:
        yield Laid(number, 1, line)
        return
    at = 1
    for part in _STARTS.split(line):
        if part:
            yield Laid(number, at, part)
        at += len(part)
