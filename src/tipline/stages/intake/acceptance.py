"""One writer commits for many: operations that wait together share a transaction, and each stands or falls alone.
Operations of one kind (`OneOf`) share their statements, too.

An acknowledgement follows the commit. One fsync serves up to BATCH operations, so a slow disk costs latency
and not throughput. Source of the pattern: group commit, DeWitt et al. 1984.

What waits, waits in the event loop; the writer's thread is given a whole batch and gives all outcomes back at once,
so that the two take turns once a batch and not once an operation.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from tipline.domain.errors import Refusal
from tipline.reports import queries as reports
from tipline.stages.intake.rules import Overloaded

BATCH = 16
WITH_URGENT = 8  # a batch with an urgent one
MOST_WAITING = 1024
_LOG = logging.getLogger("tipline.acceptance")
T = TypeVar("T")
Item = TypeVar("Item")


class Outage(Exception):
    """The database could not be reached, or was lost on the way.

    `maybe_done` tells that the connection broke at the commit: the work may have been kept.
    """

    def __init__(self, *, maybe_done: bool) -> None:
        super().__init__("database outage")
        self.maybe_done = maybe_done


@dataclass(frozen=True, slots=True)
class OneOf(Generic[Item, T]):
    """An operation that can be done together with others of its kind: `do` takes many items, one may be the only one.

    `do` gives an outcome for each item, in order: a value, or the Refusal of this one.
    """

    do: Callable[[Sequence[Item]], Sequence[T | Refusal]]
    item: Item

    def __call__(self) -> T:
        """This function will do this one by itself. Raises its Refusal."""
        [given] = self.do([self.item])
        if isinstance(given, Refusal):
            raise given
        return given


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    """An operation and its place in the queue: the urgent ones first, then by arrival."""

    rank: int
    count: int
    work: Callable[[], Any] = field(compare=False)
    key: int = field(compare=False)
    future: asyncio.Future[Any] = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class Acceptance:
    """The queue and its writer, one for an event loop. `stop` finishes what waits."""

    def __init__(self, *, most_waiting: int = MOST_WAITING, batch: int = BATCH) -> None:
        self._waiting: list[_Waiting] = []
        self._count = itertools.count()
        self._most_waiting, self._batch = most_waiting, batch
        self._thread = ThreadPoolExecutor(1, "acceptance")
        self._writing: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[], T], *, key: int = 0, urgent: bool = False) -> T:
        """This function will wait until an operation is committed and return its value, never before.

        An urgent one goes before those that wait. `key` is the number of the report it changes: a batch locks its
        reports in order of keys, so that two processes never wait for each other. Raises what the operation raises,
        Outage, or Overloaded at once where the queue is full.
        """
        if len(self._waiting) >= self._most_waiting:
            raise Overloaded
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, _Waiting(0 if urgent else 1, next(self._count), work, key, future))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await future

    async def stop(self) -> None:
        """This function will finish what waits and end the thread."""
        if self._writing is not None:
            await self._writing
        # Named in the thread itself: each thread has a connection of its own.
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: connection.close())
        self._thread.shutdown()

    async def _write_all(self) -> None:
        while self._waiting:
            if not (batch := self._next_batch()):
                continue
            outcomes = await asyncio.get_running_loop().run_in_executor(self._thread, _outcomes, batch)
            for one, outcome in zip(batch, outcomes, strict=True):
                if one.future.cancelled():
                    continue
                if outcome.error is not None:
                    one.future.set_exception(outcome.error)
                else:
                    one.future.set_result(outcome.value)
        self._writing = None

    def _next_batch(self) -> list[_Waiting]:
        # An urgent one waits for few others with it; by itself it would cost a whole commit.
        most = self._batch if self._waiting[0].rank else min(self._batch, WITH_URGENT)
        taken = [heappop(self._waiting) for _ in range(min(most, len(self._waiting)))]
        # An operation whose sender has gone meanwhile is left undone. The sort is stable: same report, same order.
        return sorted((one for one in taken if not one.future.cancelled()), key=lambda one: one.key)


def _outcomes(batch: Sequence[_Waiting]) -> list[_Outcome]:
    try:
        return commit([one.work for one in batch], numbers=[one.key for one in batch if one.key])
    except BaseException as error:  # the writer must outlive every bug, or nobody is ever answered again
        _LOG.error("acceptance failed: %s", type(error).__name__)
        return [_Outcome(error=Outage(maybe_done=True))] * len(batch)


def commit(works: Sequence[Callable[[], Any]], *, numbers: Sequence[int] = ()) -> list[_Outcome]:
    """This function will run operations in one transaction, and one by one where that fails.

    numbers: the reports that the operations change; all are locked first, in one order.
    Returns an outcome for each, in order: its value, its own error, or an Outage.
    """
    tend_connection()
    try:
        return _together(works, numbers)
    except Exception as error:
        if not _is_connected():
            # Unknown whether the commit went through: to run it again could do it twice.
            return [_Outcome(error=_lost(error))] * len(works)
        if len(works) == 1:
            return [_Outcome(error=error)]
    return [commit([work])[0] for work in works]


def tend_connection() -> None:
    """This function will let go of this thread's connection where it broke or grew old."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _together(works: Sequence[Callable[[], Any]], numbers: Sequence[int]) -> list[_Outcome]:
    outcomes: dict[int, _Outcome] = {}
    alike: dict[Any, dict[int, Any]] = {}
    with transaction.atomic():
        if len(numbers) > 1:
            reports.lock_lives(numbers)
        for place, work in enumerate(works):
            if isinstance(work, OneOf):
                alike.setdefault(work.do, {})[place] = work.item
            else:
                outcomes[place] = _guarded(work)
        for do, items in alike.items():
            given = do([*items.values()])
            outcomes |= {place: _outcome_of(one) for place, one in zip(items, given, strict=True)}
    return [outcomes[place] for place in range(len(works))]


def _guarded(work: Callable[[], Any]) -> _Outcome:
    try:
        with transaction.atomic():
            return _Outcome(value=work())
    except Refusal as refusal:
        return _Outcome(error=refusal)


def _outcome_of(given: Any) -> _Outcome:
    return _Outcome(error=given) if isinstance(given, Refusal) else _Outcome(value=given)


def _is_connected() -> bool:
    return connection.connection is not None and connection.is_usable()


def _lost(error: Exception) -> Outage:
    outage = Outage(maybe_done=True)
    outage.__cause__ = error
    return outage
