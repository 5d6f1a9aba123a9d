"""Corrupted pictures, films and archives: each is decoded or refused with a reason, and the next good one is decoded.

Whole files of every kind that the sandbox opens, made here and then damaged: bits flipped, ends cut off, pieces
doubled, moved, blanked or taken from another file, sizes made huge. The two threads share boxes as a worker's do.

Negative control: a job that crashes and one that does not end must be told as such, and are counted apart.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.damaged_media import damaged, whole_files

from tipline.figures.figure import Figure, Measured, Series
from tipline.media import sandbox

ABOUT = "5,000 corrupted media files: every one decoded or refused, no crash of the service, the next good one decoded"
THREADS = 2
MOST_SECONDS = 20.0
_EVERY = 50  # after so many a whole file is handed in between


@dataclass(slots=True)
class Outcome:
    """What became of all: refusals by reason, decoded ones, what went wrong, the longest wait in seconds."""

    decoded: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def sound(self) -> bool:
        """Nothing went wrong, and nothing took longer than the house waits."""
        return not self.faults and self.slowest < MOST_SECONDS + 5


def run(full: bool) -> Iterator[Figure]:
    """This function will hand damaged files to the sandbox."""
    count = 5_000 if full else 300
    begun = time.perf_counter()
    outcome = strike(count)
    seconds = time.perf_counter() - begun
    series = Series("media", outcome.sound and control())
    seen = outcome.decoded + outcome.refused.total()
    yield series.figure("damaged files decoded or refused", "files", Measured(seen, count, seconds), at_least=count)
    yield series.figure("of them decoded after all", "files", Measured(outcome.decoded, count, seconds))
    crashed = outcome.refused["decoder failed"] + outcome.refused["decoder took too long"]
    yield series.figure(
        "of them ended by a limit or a crash of their own process", "files", Measured(crashed, count, 0)
    )
    yield series.figure("faults of the service (to be 0)", "faults", Measured(len(outcome.faults), count, seconds))
    yield series.figure("longest wait (to be under 25)", "s", Measured(outcome.slowest, count, seconds))


def strike(count: int, seed: int = 7) -> Outcome:
    """This function will damage and hand in `count` files, on two threads, with whole ones in between."""
    outcome, whole = Outcome(), whole_files()
    with ThreadPoolExecutor(THREADS) as threads:
        numbers = range(count)
        for found, seconds in threads.map(lambda at: _one(whole, at, seed), numbers):
            outcome.slowest = max(outcome.slowest, seconds)
            if isinstance(found, str):
                outcome.faults.append(found)
            elif isinstance(found, sandbox.Refused):
                outcome.refused[found.reason] += 1
            else:
                outcome.decoded += 1
    return outcome


def _one(whole: dict[str, bytes], at: int, seed: int) -> tuple[object, float]:
    rng = random.Random(f"{seed} {at}")
    data = damaged(whole, rng)
    begun = time.perf_counter()
    try:
        found: object = sandbox.examine([data])
        if at % _EVERY == 0:
            name = rng.choice(sorted(whole))
            good = sandbox.examine([whole[name]])
            if isinstance(good, sandbox.Refused):
                found = f"a whole {name} was refused after damaged ones: {good.reason}"
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
    return found, time.perf_counter() - begun


def control() -> bool:
    """This function will see that a crash and an endless loop inside are told, and that the next file is decoded."""
    crash = sandbox.run_in_box("import ctypes\nctypes.string_at(1)", [b""], cap=9, wall_seconds=5)
    loop = sandbox.run_in_box("while True: pass", [b""], cap=9, wall_seconds=1)
    good = sandbox.examine([whole_files()["jpeg"]])
    told = (crash.trouble, loop.trouble) == ("decoder failed", "decoder took too long")
    return told and isinstance(good, sandbox.Decoded)
