"""Chance that is the same on every machine: one generator for each thing, seeded by what the thing is."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Mapping
from enum import IntEnum
from itertools import accumulate


class Draw(IntEnum):
    """What a generator is for: things of different kinds never share one."""

    ATLAS = 1
    ACTOR = 2
    REPORT = 3
    CHILD = 4
    EVENT = 5
    ORDER = 6
    SHARED = 7
    FILE = 8


def chance_of(seed: int, draw: Draw, *which: int) -> random.Random:
    """This function will give the generator of one thing; the same numbers give the same one."""
    mixed = seed
    for number in (int(draw), *which):
        mixed = (mixed << 48) | (number & 0xFFFFFFFFFFFF)
    return random.Random(mixed)


class Weighted:
    """Names drawn by their weights, in the order in which they stand."""

    __slots__ = ("_edges", "_names", "_top")

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._names = tuple(weights)
        self._edges = tuple(accumulate(weights.values()))
        self._top = self._edges[-1]

    def pick(self, chance: random.Random) -> str:
        """This function will draw one name."""
        return self._names[bisect_right(self._edges, chance.random() * self._top, hi=len(self._names) - 1)]
