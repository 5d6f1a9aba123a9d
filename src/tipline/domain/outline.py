"""Where a known picture lies in another one, as outlines that can be drawn over the two and shares in words. Pure.

A lie is six numbers a, b, c, d, e, f: what is at x, y in the known picture is at ax + by + c, dx + ey + f in the other,
both as fractions of a picture's width and height from its upper left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

Point = tuple[float, float]
Outline = tuple[Point, ...]
_WHOLE: Outline = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_SMALLEST = 1e-6  # a picture squeezed to less lies nowhere


@dataclass(frozen=True, slots=True)
class Outlines:
    """What of each picture the other one shows, cut to its frame; empty where nothing can be said."""

    in_this: Outline
    in_known: Outline


def outlines_of(lies: Sequence[float]) -> Outlines:
    """This function will draw the known picture's frame into the other picture, and that one's into the known one."""
    if len(lies) != 6 or not all(isfinite(one) for one in lies):
        return Outlines((), ())
    a, b, c, d, e, f = lies
    turned = a * e - b * d
    if abs(turned) < _SMALLEST:
        return Outlines((), ())
    there = tuple((a * x + b * y + c, d * x + e * y + f) for x, y in _WHOLE)
    back = tuple(((e * (x - c) - b * (y - f)) / turned, (a * (y - f) - d * (x - c)) / turned) for x, y in _WHOLE)
    return Outlines(_cut(there), _cut(back))


def share_of(outline: Outline) -> float:
    """This function will tell how much of a picture an outline takes, 0 to 1."""
    pairs = zip(outline, (*outline[1:], *outline[:1]), strict=True)
    return min(1.0, abs(sum(x * v - u * y for (x, y), (u, v) in pairs)) / 2)


def share_words(outline: Outline) -> str:
    """This function will say how much of a picture that is, in whole per cent."""
    percent = round(100 * share_of(outline))
    return f"{percent} %" if percent else "less than 1 %"


def _cut(outline: Outline) -> Outline:
    """Cut an outline to the frame, side by side (Sutherland and Hodgman, 1974)."""
    for axis in (0, 1):
        for limit, sign in ((0.0, 1.0), (1.0, -1.0)):
            outline = _cut_at(outline, axis, limit, sign)
    return outline


def _cut_at(outline: Outline, axis: int, limit: float, sign: float) -> Outline:
    kept: list[Point] = []
    for here, there in zip(outline, (*outline[1:], *outline[:1]), strict=True):
        inside, next_inside = (sign * (one[axis] - limit) >= 0 for one in (here, there))
        if inside:
            kept.append(here)
        if inside != next_inside:
            share = (limit - here[axis]) / (there[axis] - here[axis])
            x, y = (one + share * (other - one) for one, other in zip(here, there, strict=True))
            kept.append((x, y))
    return tuple(kept)
