"""The worker's desk: gives the corridor's functions their names in the job queue and its timers their clock."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from tipline import pipeline
from tipline.platform import clock, jobs, logs
from tipline.platform.config import settings
from tipline.platform.processes.priority import give_way


def _put_on_hold(arguments: Mapping[str, Any], error: BaseException) -> None:
    if "report_id" in arguments:
        pipeline.give_up(int(arguments["report_id"]), error)


def register_all() -> None:
    """This function will register every task and timer."""
    tries = jobs.Tries(retry_on=pipeline.OUTAGES, give_up=_put_on_hold)
    for name, function in pipeline.JOBS.items():
        jobs.register(name, tries)(function)
    for name, (cron, timer) in pipeline.TIMERS.items():
        _register_timer(name, cron, timer)


def _register_timer(name: str, cron: str, timer: pipeline.Timer) -> None:
    jobs.register_timer(f"timer.{name}", cron=cron)(lambda: run_timer(name, timer))


def run_timer(name: str, timer: pipeline.Timer) -> None:
    """This function will run one timer, and write a line into the log where it did something."""
    begun = perf_counter()
    did = timer(clock.now())
    if did:
        logs.note("timer", name=name, did=did, ms=round((perf_counter() - begun) * 1000))


def main() -> None:
    """This function will be the worker process until it is told to stop."""
    # What waits in the queue can wait; a sender whose report is not taken may not come back.
    give_way(settings().worker_nice)
    register_all()
    jobs.run_worker()
