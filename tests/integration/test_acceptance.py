"""Group commit: an answer only after the commit, each operation for itself, a full queue that says so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection

from tipline.domain.errors import Refusal
from tipline.stages.intake.acceptance import BATCH, WITH_URGENT, Acceptance, OneOf, Outage, commit
from tipline.stages.intake.rules import Overloaded


@pytest.fixture
def table(db: None) -> Callable[[], list[int]]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE taken (n int PRIMARY KEY)")

    def rows() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT n FROM taken ORDER BY n")
            return [row[0] for row in cursor.fetchall()]

    return rows


def take(number: int, error: Exception | None = None) -> Callable[[], int]:
    def work() -> int:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO taken VALUES (%s)", [number])
        if error is not None:
            raise error
        return number

    return work


def test_a_batch_gives_each_its_own_value(table: Callable[[], list[int]]) -> None:
    assert [one.value for one in commit([take(3), take(1), take(2)])] == [3, 1, 2]
    assert table() == [1, 2, 3]


def test_a_refused_operation_is_undone_and_hinders_nobody(table: Callable[[], list[int]]) -> None:
    outcomes = commit([take(1), take(2, Refusal("no", "No.")), take(3)])
    assert [type(one.error) for one in outcomes] == [type(None), Refusal, type(None)]
    assert table() == [1, 3]


@pytest.mark.parametrize("poison", [take(1), take(9, KeyError("a bug")), take(9, ValueError("another"))])
def test_a_poison_row_fails_alone(table: Callable[[], list[int]], poison: Callable[[], int]) -> None:
    outcomes = commit([take(1), take(2), poison, take(3)])
    assert [one.error is None for one in outcomes] == [True, True, False, True]
    assert isinstance(outcomes[2].error, IntegrityError | KeyError | ValueError)
    assert table() == [1, 2, 3]


def take_all(numbers: Sequence[int]) -> list[int | Refusal]:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO taken VALUES (%s)", [(number,) for number in numbers if number != 5])
    return [Refusal("no", "No fives.") if number == 5 else number for number in numbers]


def test_those_of_one_kind_are_done_together_and_each_has_its_own_outcome(table: Callable[[], list[int]]) -> None:
    outcomes = commit([OneOf(take_all, 3), take(7), OneOf(take_all, 5), OneOf(take_all, 4)])
    assert [one.value for one in outcomes] == [3, 7, None, 4]
    assert isinstance(outcomes[2].error, Refusal)
    assert table() == [3, 4, 7]


def test_a_poison_row_among_many_of_one_kind_fails_alone(table: Callable[[], list[int]]) -> None:
    take(2)()
    outcomes = commit([OneOf(take_all, 1), OneOf(take_all, 2), OneOf(take_all, 3)])
    assert [one.error is None for one in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].error, IntegrityError)
    assert table() == [1, 2, 3]


def test_one_alone_raises_its_refusal(table: Callable[[], list[int]]) -> None:
    with pytest.raises(Refusal):
        OneOf(take_all, 5)()
    assert OneOf(take_all, 6)() == 6


def test_a_lost_connection_is_an_outage_and_nothing_is_done_twice(
    table: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("tipline.stages.intake.acceptance._is_connected", lambda: False)
    outcomes = commit([take(1), work, take(2)])
    assert all(isinstance(one.error, Outage) and one.error.maybe_done for one in outcomes)
    assert runs == [1]
    assert table() == []


class Paused:
    """An acceptance whose commits wait for a sign, and what it was given to commit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **options: int) -> None:
        self.go = threading.Event()
        self.batches: list[list[Any]] = []
        monkeypatch.setattr("tipline.stages.intake.acceptance.commit", self._commit)
        self.acceptance = Acceptance(**options)

    def _commit(self, works: list[Callable[[], Any]], numbers: Sequence[int] = ()) -> list[Any]:
        from tipline.stages.intake.acceptance import _Outcome

        self.go.wait(10)
        self.batches.append([work() for work in works])
        return [_Outcome(value) for value in self.batches[-1]]

    async def give(self, *numbers: int, urgent: bool = False) -> list[asyncio.Task[int]]:
        """Hand in operations that return their number, and let the loop take them up."""
        writes = [self.acceptance.write(lambda one=number: one, key=number, urgent=urgent) for number in numbers]
        tasks = [asyncio.create_task(write) for write in writes]
        for _ in range(3):
            await asyncio.sleep(0)
        return tasks


def test_what_waits_together_is_committed_together_in_order_of_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        paused = Paused(monkeypatch, batch=3)
        first = await paused.give(50)
        rest = await paused.give(9, 7, 8, 1, 2)
        assert not any(task.done() for task in (*first, *rest))
        paused.go.set()
        assert await asyncio.gather(*rest) == [9, 7, 8, 1, 2]
        await paused.acceptance.stop()
        assert paused.batches == [[50], [7, 8, 9], [1, 2]]

    asyncio.run(story())


def test_an_urgent_operation_goes_before_those_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        paused = Paused(monkeypatch, batch=2)
        await paused.give(1)
        await paused.give(2, 3)
        await paused.give(99, urgent=True)
        paused.go.set()
        await paused.acceptance.stop()
        assert paused.batches == [[1], [2, 99], [3]]

    asyncio.run(story())


def test_an_urgent_operation_shares_its_batch_with_few(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        paused = Paused(monkeypatch)
        await paused.give(1)
        await paused.give(*range(2, 2 + BATCH))
        await paused.give(99, urgent=True)
        paused.go.set()
        await paused.acceptance.stop()
        assert [len(batch) for batch in paused.batches] == [1, WITH_URGENT, 1 + BATCH - WITH_URGENT]
        assert 99 in paused.batches[1]

    asyncio.run(story())


def test_a_full_queue_turns_away_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        paused = Paused(monkeypatch, most_waiting=2)
        await paused.give(1)
        held = await paused.give(2, 3)
        with pytest.raises(Overloaded):
            await paused.acceptance.write(lambda: 4, key=4)
        paused.go.set()
        assert await asyncio.gather(*held) == [2, 3]
        await paused.acceptance.stop()

    asyncio.run(story())


def test_an_operation_whose_sender_has_gone_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        paused = Paused(monkeypatch)
        await paused.give(1)
        gone, staying = await paused.give(2, 3)
        gone.cancel()
        await asyncio.sleep(0)
        paused.go.set()
        assert await staying == 3
        await paused.acceptance.stop()
        assert paused.batches == [[1], [3]]

    asyncio.run(story())


def test_the_writer_outlives_a_bug_and_stop_finishes_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(works: list[Any], numbers: Sequence[int] = ()) -> None:
        raise MemoryError

    monkeypatch.setattr("tipline.stages.intake.acceptance.commit", broken)

    async def story() -> None:
        acceptance = Acceptance(batch=2)
        writing = [asyncio.create_task(acceptance.write(lambda: 1)) for _ in range(3)]
        await asyncio.sleep(0)
        await acceptance.stop()
        errors = await asyncio.gather(*writing, return_exceptions=True)
        assert len(errors) == 3
        assert all(isinstance(error, Outage) for error in errors)

    asyncio.run(story())
