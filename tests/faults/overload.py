"""Five times what the reporting API can take, for a minute: who gets in, who waits, and that nothing is lost.

The house is pinned to one core and the generator to the other. First what it can take at most, then four fifths of that
as the baseline, then five times the most. One report in fifty is urgent. The database's log is one that was written
before, as in every house that has run for a day: its pieces are there, and are written over.

The three are done in turn, several times over, and their waits are put together: one disk's stall of a tenth of a
second is among the longest hundredth of a minute's few urgent reports, and falls on the calm minute as often as on the
flood's. A checkpoint comes before each turn, so that none falls into one of its minutes by chance: after one the
database writes every page whole once more, and half a minute of that made the waits half as long again.
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
    seconds, rounds = (60.0, 4) if full else (8.0, 1)
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="tipline-faults-") as folder:
        os.sched_setaffinity(0, cores[:1])  # what is started from here on inherits it
        try:
            with stack.start(Path(folder), _AS_IN_LIFE) as house:
                os.sched_setaffinity(0, cores[-1:])
                yield from _measure(house, seconds, rounds)
        finally:
            os.sched_setaffinity(0, cores)


def _measure(house: stack.Stack, seconds: float, rounds: int) -> Iterator[Figure]:
    known = house.company()
    _age(house)
    base = Order(house.port("esp_api"), known.username, known.secret, 10**7, urgent_share=URGENT_SHARE)
    load.drive(replace(base, count=100))
    peak, calm, flood, good = Result(), Result(), Result(), 0.0
    for turn in range(rounds):
        house.rows("CHECKPOINT")
        most = load.drive(replace(base, seconds=seconds / 2, connections=16, seed=3 * turn + 2))
        rate = len(most.numbers) / most.seconds
        quiet = load.drive(replace(base, seconds=seconds, rate=0.8 * rate, connections=CROWD, seed=3 * turn + 3))
        full = load.drive(replace(base, seconds=seconds, rate=5 * rate, connections=CROWD, seed=3 * turn + 4))
        good += len(full.numbers) / full.seconds / rate / rounds
        for together, one in ((peak, most), (calm, quiet), (flood, full)):
            _add(together, one)
    lost = _lost(house, [*peak.numbers, *calm.numbers, *flood.numbers])
    series = Series("overload", sound=lost == 0 and set(flood.statuses) <= ALLOWED)
    most_of_all = len(peak.numbers) / peak.seconds
    taken = Measured(good, len(flood.numbers), flood.seconds)
    ratio = percentile(flood.urgent_waits, 0.99) / percentile(calm.urgent_waits, 0.99)
    yield series.figure("most", "reports/s", Measured(most_of_all, len(peak.numbers), peak.seconds))
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


def _add(to: Result, one: Result) -> None:
    to.seconds += one.seconds
    to.urgent_waits += one.urgent_waits
    to.numbers += one.numbers
    for status, many in one.statuses.items():
        to.statuses[status] = to.statuses.get(status, 0) + many


def _age(house: stack.Stack) -> None:
    for _ in range(128):
        house.rows("SELECT pg_logical_emit_message(true, 'tipline', 'made up'), pg_switch_wal()")
    house.rows("CHECKPOINT")


def _counted(result: Result, *statuses: str) -> Measured:
    return Measured(sum(result.statuses.get(one, 0) for one in statuses), sum(result.statuses.values()), result.seconds)


def _lost(house: stack.Stack, numbers: list[int]) -> int:
    found = house.rows("SELECT count(*) FROM reports_report WHERE number = ANY(%s)", numbers)
    return len(numbers) - int(found[0][0])
