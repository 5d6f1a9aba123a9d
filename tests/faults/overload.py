"""Five times what the reporting API can take, for a minute: who gets in, who waits, and that nothing is lost.

The house is pinned to one core and the generator to the other. First what it can take at most, then four fifths of that
as the baseline, then five times the most. One report in fifty is urgent. The database's log is one that was written
before, as in every house that has run for a day: its pieces are there, and are written over.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests import load, stack
from tests.load import Order, Result

from tipline.figures.figure import Figure, Measured, Series, percentile

ABOUT = "five times the reporting API's most, for a minute: goodput, what is turned away, how long the urgent wait"
ALLOWED = {"200", "429", "503"}
CROWD = 1700  # connections of the flood: an open loop waits for nobody, and a refusal is told late
URGENT_SHARE = 0.02
_AS_IN_LIFE = {"TIPLINE_API_PROCESSES": "1", "TIPLINE_WORKER_NICE": "10"}


def run(full: bool) -> Iterator[Figure]:
    """This function will measure against a house of its own; as far as the machine has two cores, each side has one."""
    seconds = 60.0 if full else 8.0
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="tipline-faults-") as folder:
        os.sched_setaffinity(0, cores[:1])  # what is started from here on inherits it
        try:
            with stack.start(Path(folder), _AS_IN_LIFE) as house:
                os.sched_setaffinity(0, cores[-1:])
                yield from _measure(house, seconds)
        finally:
            os.sched_setaffinity(0, cores)


def _measure(house: stack.Stack, seconds: float) -> Iterator[Figure]:
    known = house.company()
    _age(house)
    base = Order(house.port("esp_api"), known.username, known.secret, 10**7, urgent_share=URGENT_SHARE)
    load.drive(replace(base, count=100))
    peak = load.drive(replace(base, seconds=seconds / 2, connections=16, seed=2))
    most = len(peak.numbers) / peak.seconds
    calm = load.drive(replace(base, seconds=seconds, rate=0.8 * most, connections=CROWD, seed=3))
    flood = load.drive(replace(base, seconds=seconds, rate=5 * most, connections=CROWD, seed=4))
    lost = _lost(house, [*peak.numbers, *calm.numbers, *flood.numbers])
    series = Series("overload", sound=lost == 0 and set(flood.statuses) <= ALLOWED)
    good = len(flood.numbers) / flood.seconds
    taken = Measured(good / most, len(flood.numbers), flood.seconds)
    ratio = percentile(flood.urgent_waits, 0.99) / percentile(calm.urgent_waits, 0.99)
    yield series.figure("most", "reports/s", Measured(most, len(peak.numbers), peak.seconds))
    yield series.figure("goodput at five times the most", "of the most", taken, at_least=0.8)
    yield series.figure("turned away, calls", "calls", _counted(flood, "503", "429"))
    yield series.figure("other answers than 200, 429, 503", "calls", _counted(flood, *(set(flood.statuses) - ALLOWED)))
    yield series.figure("acknowledged and lost", "reports", Measured(lost, len(flood.numbers), flood.seconds))
    yield series.figure(
        "wait of urgent ones, 99 of 100, at four fifths of the most", "ms",
        Measured(percentile(calm.urgent_waits, 0.99) * 1000, len(calm.urgent_waits), calm.seconds),
    )  # fmt: skip
    kept = Series("overload", sound=series.sound and ratio < 1.2)
    yield kept.figure(
        "wait of urgent ones in the flood, of that (to be under 1.2)", "ratio",
        Measured(ratio, len(flood.urgent_waits), flood.seconds),
    )  # fmt: skip


def _age(house: stack.Stack) -> None:
    for _ in range(64):
        house.rows("SELECT pg_logical_emit_message(true, 'tipline', 'made up'), pg_switch_wal()")
    house.rows("CHECKPOINT")


def _counted(result: Result, *statuses: str) -> Measured:
    return Measured(sum(result.statuses.get(one, 0) for one in statuses), sum(result.statuses.values()), result.seconds)


def _lost(house: stack.Stack, numbers: list[int]) -> int:
    found = house.rows("SELECT count(*) FROM reports_report WHERE number = ANY(%s)", numbers)
    return len(numbers) - int(found[0][0])
