"""Plots as numbers: lengths and places that a template draws as SVG. Pure; nothing here is markup.

Bars are shares of 100, so that an SVG of 100 by 8 stretched to its column draws them. Columns of months stand in a
box of WIDTH by HEIGHT that is drawn at about its own size, so that its letters keep theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 116
_TOP, _FOOT = 18, 18
_LEAST = 0.6  # of 100: a bar that is not zero can be seen


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: where it begins, how long it is (of 100), its place in the order of colours."""

    start: float
    length: float
    tone: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its box, its letter below, whether its value is withheld."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    letter: str
    hidden: bool
    says: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Months or weeks as columns, with the largest value marked."""

    columns: tuple[Column, ...]
    base: float
    peak_x: float
    peak_y: float
    peak: int
    width: int = WIDTH
    height: int = HEIGHT


def bar(value: int | None, most: int) -> float:
    """This function will give the length of a bar, of 100; nothing where the value is withheld."""
    if not value or most <= 0:
        return 0.0
    return round(max(_LEAST, 100 * value / most), 2)


def parts(values: Sequence[int | None], most: int) -> tuple[Part, ...]:
    """This function will lay values end to end in one bar."""
    found, start = [], 0.0
    for tone, value in enumerate(values, start=1):
        length = bar(value, most)
        if length:
            found.append(Part(round(start, 2), length, tone))
        start += length
    return tuple(found)


def columns(values: Sequence[tuple[str, int | None, str]], *, whole: int = 0) -> Columns:
    """This function will draw (letter, value or None where withheld, sentence) side by side.

    The highest column fills the box, or, where `whole` is given, a column of that value would.
    """
    most = max((value or 0 for _, value, _ in values), default=0)
    step = WIDTH / max(len(values), 1)
    base = HEIGHT - _FOOT
    drawn = tuple(_column(at, step, base, whole or most, one) for at, one in enumerate(values))
    peak = max(drawn, key=lambda column: column.height if not column.hidden else -1, default=None)
    peak_x = min(max(peak.middle, 22), WIDTH - 22) if peak else 0
    return Columns(drawn, base, peak_x, (peak.y if peak else base) - 5, most)


def _column(at: int, step: float, base: float, most: int, one: tuple[str, int | None, str]) -> Column:
    letter, value, says = one
    hidden = value is None
    full = base - _TOP
    height = 7.0 if hidden else (max(1.5, full * (value or 0) / most) if value and most else 0.0)
    return Column(
        x=round(at * step + step * 0.14, 2),
        y=round(base - height, 2),
        width=round(step * 0.72, 2),
        height=round(height, 2),
        middle=round(at * step + step / 2, 2),
        letter=letter,
        hidden=hidden,
        says=says,
    )
