"""How rare something is that was seen so often."""

from __future__ import annotations

import math


def at_most(hits: int, count: int) -> float:
    """The share that so many hits are still 2.5 % likely with (Clopper and Pearson, one side): by halving."""
    low, high = hits / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        odds = sum(math.exp(_log_of(each, count, middle)) for each in range(hits + 1)) if middle < 1 else 0.0
        low, high = (middle, high) if odds > 0.025 else (low, middle)
    return high


def _log_of(hits: int, count: int, share: float) -> float:
    """The logarithm of how likely exactly so many hits are; a million has no other form that fits."""
    ways = math.lgamma(count + 1) - math.lgamma(hits + 1) - math.lgamma(count - hits + 1)
    return ways + hits * math.log(share) + (count - hits) * math.log1p(-share)
