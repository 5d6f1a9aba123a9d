"""What triage does when a report has news, when the clock ticks, and in jobs of its own; `pipeline` names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from tipline.platform import clock
from tipline.stages.triage import keeping, rulesets, service


def stop_clock(report_id: int, _: datetime) -> None:
    """This function will stop the clock of a report that agencies have."""
    keeping.note_referred(report_id=report_id)


def learn(report_id: int, now: datetime) -> None:
    """This function will set what agencies say of a report beside its score."""
    service.take_answer(report_id=report_id, now=now)


def rescore_waiting(run_id: int) -> None:
    """This function will score the waiting reports again by the rules that count now, piece by piece."""
    while service.rescore_waiting(run_id=run_id, now=clock.now()):
        pass


JOBS: Mapping[str, Callable[..., None]] = {rulesets.RESCORE: rescore_waiting}
TIMERS: Mapping[str, tuple[str, Callable[[datetime], int]]] = {
    "watch_clocks": ("* * * * *", service.watch_clocks),
    "fold_counts": ("*/10 * * * *", keeping.fold_counts),
}
