"""The same work in rounds: a machine is quick in one second and slow in the next, so that one round tells little."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple


class Rounds(NamedTuple):
    """What each round of some work gave, and its seconds."""

    answers: list[Any]
    seconds: list[float]


def in_rounds(times: int, *works: Callable[[], Any]) -> list[Rounds]:
    """This function will do each work so many times, all of them in turn, and return the rounds of each."""
    rounds = [Rounds([], []) for _ in works]
    for _ in range(times):
        for work, into in zip(works, rounds, strict=True):
            begun = time.perf_counter()
            into.answers.append(work())
            into.seconds.append(time.perf_counter() - begun)
    return rounds
