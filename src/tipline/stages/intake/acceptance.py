"""One thread that commits for many: operations that wait together share a transaction, and each stands or
falls alone. Operations of one kind (`OneOf`) share their statements, too.

An acknowledgement follows the commit. One fsync serves up to BATCH operations, so a slow disk costs latency
and not throughput. Source of the pattern: group commit, DeWitt et al. 1984.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from tipline.domain.errors import Refusal
from tipline.reports import queries as reports
from tipline.stages.intake.rules import Overloaded

BATCH = 64
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


@dataclass(frozen=True, slots=True)
class _Operation:
    work: Callable[[], Any]
    key: int
    future: Future[Any] = field(default_factory=Future)


_URGENT, _USUAL, _LAST = range(3)


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    """A place in the queue: by rank, then by arrival; without an operation it is the sign to stop."""

    rank: int
    count: int
    operation: _Operation | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class Acceptance:
    """The writer thread and its bounded queue. `start` it once a process; `stop` finishes what waits."""

    def __init__(self, *, most_waiting: int = MOST_WAITING, batch: int = BATCH) -> None:
        self._waiting: queue.PriorityQueue[_Waiting] = queue.PriorityQueue(most_waiting)
        self._count = itertools.count()
        self._batch = batch
        self._thread = threading.Thread(target=self._run, name="acceptance", daemon=True)

    def start(self) -> None:
        """This function will start the writer thread."""
        self._thread.start()

    def stop(self) -> None:
        """This function will finish what waits and end the thread."""
        self._waiting.put(_Waiting(_LAST, next(self._count), None))
        self._thread.join()

    def submit(self, work: Callable[[], T], *, key: int = 0, urgent: bool = False) -> Future[T]:
        """This function will queue an operation; its future resolves after the commit, never before.

        An urgent one goes before those that wait. `key` is the number of the report it changes: a batch locks its
        reports in order of keys, so that two processes never wait for each other. Raises Overloaded at once where the
        queue is full.
        """
        operation = _Operation(work, key)
        try:
            self._waiting.put_nowait(_Waiting(_URGENT if urgent else _USUAL, next(self._count), operation))
        except queue.Full:
            raise Overloaded from None
        return operation.future

    def _run(self) -> None:
        while (first := self._waiting.get().operation) is not None:
            batch, is_last = self._drain(first)
            self._settle(batch)
            if is_last:
                break
        connection.close()

    def _drain(self, first: _Operation) -> tuple[list[_Operation], bool]:
        batch = [first]
        while len(batch) < self._batch:
            try:
                following = self._waiting.get_nowait().operation
            except queue.Empty:
                break
            if following is None:
                return batch, True
            batch.append(following)
        return batch, False

    def _settle(self, batch: list[_Operation]) -> None:
        # An operation whose sender has gone meanwhile is left undone. The sort is stable: same report, same
        # order.
        live = sorted((one for one in batch if one.future.set_running_or_notify_cancel()), key=lambda one: one.key)
        try:
            outcomes = commit([one.work for one in live], numbers=[one.key for one in live if one.key])
        except BaseException as error:  # the thread must outlive every bug, or nobody is ever answered again
            _LOG.error("acceptance failed: %s", type(error).__name__)
            outcomes = [_Outcome(error=Outage(maybe_done=True))] * len(live)
        for one, outcome in zip(live, outcomes, strict=True):
            if outcome.error is not None:
                one.future.set_exception(outcome.error)
            else:
                one.future.set_result(outcome.value)


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
