"""Jobs: begun in the transaction of the rows they concern, run by the worker, at least once.

A job that is begun in a transaction exists when that transaction commits, and never otherwise. A job of a
killed worker is run again, so every task must be harmless when run twice.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from procrastinate import JobContext, RetryStrategy, manager, tasks
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation


class Priority(IntEnum):
    """Which job goes first when several wait. Timers have a lane of their own besides."""

    NEWS = -10  # late news about reports that people can open already
    WALK = -5  # reports on their way, and whatever people wait for
    # Those of whom somebody says that it cannot wait: never behind a flood of others. No door may ask for more than 0
    # (`database_check_job`).
    FIRST = 0


# Queue and how many of its jobs run at a time: bulk never holds up the clock, and a stranger's slow server neither.
LANES = {"default": 2, "timers": 1, "outside": 2}
POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 10.0
GRACE_SECONDS = 25.0
OUTAGES: tuple[type[Exception], ...] = (OperationalError, InterfaceError, OSError)


@cache
def _manager() -> manager.JobManager:
    # Not the app's own: inside a worker that one has a connection of its own, outside the task's transaction.
    return manager.JobManager(DjangoConnector())


def defer(  # noqa: PLR0913
    task: str,
    *,
    queueing_lock: str | None = None,
    lock: str | None = None,
    schedule_at: datetime | None = None,
    priority: int = Priority.WALK,
    queue: str = "default",
    **arguments: Any,
) -> bool:
    """This function will begin a job within the current Django transaction.

    task: the name under which the task was registered; arguments must be JSON-able: ids and codes, never
    personal data.
    queueing_lock: while a job with this lock waits (also one for a later time), no second one is begun.
    lock: jobs with the same lock run one after another. priority: higher goes first. queue: one of LANES.
    Returns False where the queueing lock stood in the way.
    """
    deferrer = tasks.configure_task(
        name=task,
        job_manager=_manager(),
        queueing_lock=queueing_lock,
        lock=lock,
        schedule_at=schedule_at,
        priority=priority,
        queue=queue,
    )
    try:
        with transaction.atomic():
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def defer_many(task: str, arguments: Iterable[Mapping[str, Any]], *, priority: int = Priority.WALK) -> None:
    """This function will begin many jobs of one task in one statement of the current transaction."""
    batch = [dict(one) for one in arguments]
    if batch:
        tasks.configure_task(name=task, job_manager=_manager(), priority=priority).batch_defer(*batch)


Task = Callable[..., None]
GiveUp = Callable[[Mapping[str, Any], BaseException], None]


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a task is tried altogether, after which errors, and what is done when the last try failed.

    The pauses are 2, 4, 8 ... seconds. An error that is none of retry_on is a bug: it is not tried again.
    """

    attempts: int = 8
    retry_on: tuple[type[Exception], ...] = OUTAGES
    give_up: GiveUp | None = None

    def is_last(self, error: BaseException, earlier: int) -> bool:
        """This function will tell whether no further try follows an error after so many earlier tries."""
        return not isinstance(error, self.retry_on) or earlier + 1 >= self.attempts


def register(name: str, tries: Tries = Tries()) -> Callable[[Task], Task]:
    """This function will register a task under a name that `defer` then knows."""

    def decorate(function: Task) -> Task:
        def run(context: JobContext, /, **arguments: Any) -> None:
            try:
                function(**arguments)
            except Exception as error:
                if tries.give_up and tries.is_last(error, context.job.attempts):
                    tries.give_up(arguments, error)
                raise

        # The queue counts earlier tries, and takes 0 for "without end".
        retry = RetryStrategy(max_attempts=tries.attempts - 1, exponential_wait=2, retry_exceptions=tries.retry_on)
        app.task(name=name, pass_context=True, retry=retry if tries.attempts > 1 else False)(run)
        return function

    return decorate


def register_timer(name: str, *, cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """This function will register a function that the worker calls by the clock.

    cron: five fields, or six where the last one is seconds. UTC.
    """

    def decorate(function: Callable[[], None]) -> Callable[[], None]:
        def at_the_time(timestamp: int) -> None:
            function()

        registered = app.task(name=name, queueing_lock=name, queue="timers")(at_the_time)
        app.periodic(cron=cron, periodic_id=name)(registered)
        return function

    return decorate


async def rescue_stalled(timestamp: int) -> None:
    """This function will give back the jobs of workers that died: they are run again."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        with suppress(UniqueViolation):  # another one with its queueing lock waits: once that has begun
            await app.job_manager.retry_job(job)


def run_worker(*, lanes: Mapping[str, int] = LANES, wait: bool = True) -> None:
    """This function will run jobs until SIGTERM or SIGINT; what runs then is finished, within GRACE_SECONDS.

    lanes: how many jobs of each queue run at a time. wait: False runs what is due and returns, for tests. Raises
    LaneEnded, and what fails a lane.
    """
    _register_rescue()
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        asyncio.run(_run_lanes(worker_app, lanes, wait))


async def _run_lanes(worker_app: Any, lanes: Mapping[str, int], wait: bool) -> None:
    async with worker_app.open_async():
        told_to_stop = asyncio.Event()
        until = told_to_stop if wait else None
        running = [asyncio.ensure_future(_run_lane(worker_app, queue, many, until)) for queue, many in lanes.items()]

        def stop() -> None:
            told_to_stop.set()
            for lane in running:
                lane.cancel()

        if wait:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop)
        # A lane that is told to stop finishes its jobs first; one that fails takes the others with it.
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
        failed = [lane.exception() for lane in done if not lane.cancelled() and lane.exception()]
        stop()
        await asyncio.gather(*running, return_exceptions=True)
        if failed and failed[0]:
            raise failed[0]


class LaneEnded(Exception):
    """A lane of the worker ended by itself: a side task of it failed, as one does that waits too long for a
    connection.
    """


async def _run_lane(worker_app: Any, queue: str, concurrency: int, until: asyncio.Event | None) -> None:
    """Until it is told to stop; with no such word until all that is due was run."""
    with suppress(asyncio.CancelledError):
        await worker_app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=concurrency,
            wait=until is not None,
            fetch_job_polling_interval=POLL_SECONDS,
            abort_job_polling_interval=60.0,
            listen_notify=False,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            install_signal_handlers=False,
        )
    if until is not None and not until.is_set():  # it returns as if all was well, and its jobs would wait for ever
        raise LaneEnded(queue)


_RESCUE = "platform.rescue_stalled"


def _register_rescue() -> None:
    if _RESCUE not in app.tasks:
        task = app.task(name=_RESCUE, queueing_lock=_RESCUE, queue="timers")(rescue_stalled)
        app.periodic(cron="* * * * * */10", periodic_id=_RESCUE)(task)
