"""Time to removal: hours from a recipient's first notice until the page was gone. Pure.

What is still up counts too, as open with its age: a company that removes nothing must not look fast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to one address at one recipient."""

    first_at: datetime
    removed_at: datetime | None
    ended: bool = False  # withdrawn: no removal is waited for any more


@dataclass(frozen=True, slots=True)
class Figures:
    """A recipient's figures. Spans are in hours; None where there is nothing to count."""

    noticed: int
    removed: int
    open: int
    median_hours: float | None
    ninetieth_hours: float | None
    oldest_open_hours: float | None


def hours_between(first: datetime, last: datetime) -> float:
    """This function will give the hours from the first notice to the removal; what was gone before counts as 0."""
    return max(0.0, (last - first).total_seconds() / 3600)


def count(courses: Sequence[Course], now: datetime) -> Figures:
    """This function will count a recipient's figures."""
    hours = sorted(hours_between(one.first_at, one.removed_at) for one in courses if one.removed_at is not None)
    waiting = [hours_between(one.first_at, now) for one in courses if one.removed_at is None and not one.ended]
    return Figures(
        noticed=len(courses),
        removed=len(hours),
        open=len(waiting),
        median_hours=_rank(hours, 0.5),
        ninetieth_hours=_rank(hours, 0.9),
        oldest_open_hours=max(waiting, default=None),
    )


def _rank(ordered: Sequence[float], part: float) -> float | None:
    """This function will give the nearest-rank percentile of ordered figures: always one that really occurred."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else None
