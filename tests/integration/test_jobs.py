"""Jobs: begun with the transaction, seen by nobody but the worker, run again after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from tipline import pipeline
from tipline.platform import jobs
from tipline.platform.config import DOORS
from tipline.platform.database import grants
from tipline.platform.database.grants import Grant

AsRole = Callable[..., AbstractContextManager[None]]
RIGHTS = tuple(grant for grant in grants.collect() if grant.job)


def _count(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [name])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_job_begun_in_a_transaction_that_fails_does_not_exist() -> None:
    with transaction.atomic():
        jobs.defer("test.lost", report_id=1)
        assert _count("test.lost") == 1
        transaction.set_rollback(True)
    assert _count("test.lost") == 0


@pytest.mark.django_db
def test_a_queueing_lock_keeps_a_second_job_out_and_the_transaction_usable() -> None:
    assert jobs.defer("test.once", queueing_lock="report:1", report_id=1)
    assert not jobs.defer("test.once", queueing_lock="report:1", report_id=1)
    assert jobs.defer("test.once", queueing_lock="report:2", report_id=2)
    assert _count("test.once") == 2


@pytest.mark.django_db
def test_many_jobs_are_begun_in_one_statement(
    django_assert_num_queries: AsRole,
) -> None:
    with django_assert_num_queries(1):
        jobs.defer_many("test.many", [{"report_id": n} for n in range(5)])
    jobs.defer_many("test.many", [])
    assert _count("test.many") == 5


@pytest.mark.django_db
@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: f"{right.role}-{right.job}")
def test_a_door_begins_the_jobs_of_its_list_with_its_own_locks(right: Grant, as_role: AsRole) -> None:
    lock = f"{right.locks[0]}1" if right.locks else None
    with as_role(right.role):
        assert jobs.defer(right.job, queueing_lock=lock, anything=1)
        assert lock is None or not jobs.defer(right.job, queueing_lock=lock, anything=1)
    assert _count(right.job) == 1


def test_every_right_to_begin_a_job_names_a_job_and_only_the_worker_begins_any() -> None:
    assert {right.job for right in RIGHTS} <= set(pipeline.JOBS)
    assert {right.role for right in RIGHTS} == set(DOORS) - {"open_data"}


@pytest.mark.django_db
@pytest.mark.parametrize("role", DOORS)
def test_no_door_begins_a_job_of_another_list(role: str, as_role: AsRole) -> None:
    own = {right.job for right in RIGHTS if right.role == role}
    for task in ({*pipeline.JOBS} - own) | {"timer.purge", "test.unknown"}:
        with pytest.raises(ConnectorException) as refused, as_role(role):
            jobs.defer(task, report_id=1)
        assert "permission denied" in str(refused.value.__cause__)
        assert _count(task) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "unfair",
    [
        {"queueing_lock": "timer.seal_audit"},
        {"lock": "timer.seal_audit"},
        {"queueing_lock": "collection:1", "schedule_at": datetime(2099, 1, 1, tzinfo=UTC)},
        {"priority": 1},
    ],
    ids=str,
)
def test_a_door_cannot_take_a_timers_lock_keep_one_for_ever_or_push_in(unfair: dict[str, Any], as_role: AsRole) -> None:
    with pytest.raises(ConnectorException) as refused, as_role("portal"):
        jobs.defer("identification.read_collection", collection_id=1, **unfair)
    assert "permission denied" in str(refused.value.__cause__)


def test_a_stolen_log_in_is_held_to_the_list_as_well(role_urls: Callable[[str], str]) -> None:
    """The other tests change their role inside a session; a thief logs in."""
    statement = "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', %s, 0, NULL, NULL, '{{}}', NULL)::{}])"
    with psycopg.connect(role_urls("survivors")) as session:
        session.execute(statement.format("procrastinate_job_to_defer_v1"), ["tipline.pipeline.hash_changed"])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="may not begin"):
            session.execute(statement.format("procrastinate_job_to_defer_v1"), ["tipline.pipeline.walk"])
        session.rollback()


@pytest.mark.django_db
@pytest.mark.parametrize("role", DOORS)
def test_nobody_but_the_worker_sees_or_changes_jobs(role: str, as_role: AsRole) -> None:
    for statement in (
        "SELECT args FROM procrastinate_jobs",
        "DELETE FROM procrastinate_jobs",
        "UPDATE procrastinate_jobs SET status = 'failed'",
        "SELECT procrastinate_register_worker_v1()",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
            connection.cursor().execute(statement)


@pytest.fixture
def empty_registry() -> Iterator[None]:
    """Tasks registered by a test are forgotten after it."""
    tasks = dict(app.tasks)
    periodic = dict(app.periodic_registry.periodic_tasks)
    yield
    app.tasks.clear()
    app.tasks.update(tasks)
    app.periodic_registry.periodic_tasks.clear()
    app.periodic_registry.periodic_tasks.update(periodic)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_registry")
def test_the_worker_runs_a_job_and_a_job_begun_in_it_shares_its_transaction() -> None:
    seen: list[int] = []

    @jobs.register("test.first", jobs.Tries(attempts=1))
    def first(report_id: int) -> None:
        seen.append(report_id)
        with transaction.atomic():
            jobs.defer("test.second", report_id=report_id)
            transaction.set_rollback(True)

    jobs.defer("test.first", report_id=7)
    jobs.run_worker(wait=False)
    assert seen == [7]
    assert _count("test.second") == 0
    assert _count("test.first") == 0  # done jobs are not kept


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_registry")
def test_an_outage_is_tried_again_later_and_a_bug_is_not() -> None:
    given_up: list[tuple[object, type[BaseException]]] = []
    tries = jobs.Tries(give_up=lambda arguments, error: given_up.append((arguments["report_id"], type(error))))

    @jobs.register("test.outage", tries)
    def outage(report_id: int) -> None:
        raise OSError

    @jobs.register("test.bug", tries)
    def bug(report_id: int) -> None:
        raise KeyError

    jobs.defer("test.outage", report_id=1)
    jobs.defer("test.bug", report_id=2)
    jobs.run_worker(wait=False)
    with connection.cursor() as cursor:
        cursor.execute(  # a worker's own timer may fall due meanwhile
            "SELECT task_name, status::text, scheduled_at > now() FROM procrastinate_jobs"
            " WHERE task_name LIKE 'test.%' ORDER BY 1"
        )
        assert cursor.fetchall() == [("test.bug", "failed", None), ("test.outage", "todo", True)]
    assert given_up == [(2, KeyError)]


def _begun_by_a_dead_worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute("SELECT procrastinate_fetch_job_v2(NULL, %s)", [worker])


def _empty_queue() -> None:
    """The queue is no table of ours: nothing else empties it after what was committed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_registry")
def test_a_job_of_a_dead_worker_whose_queueing_lock_was_taken_since_holds_up_no_other() -> None:
    seen: list[int] = []
    jobs.register("test.twice")(lambda number: seen.append(number))
    for number, lock in ((1, "twice"), (2, None)):
        jobs.defer("test.twice", queueing_lock=lock, number=number)
        _begun_by_a_dead_worker()
    jobs.defer("test.twice", queueing_lock="twice", number=3, schedule_at=datetime.now(UTC) + timedelta(hours=1))
    jobs._register_rescue()
    jobs.defer(jobs._RESCUE, timestamp=0)
    jobs.run_worker(wait=False)
    jobs.run_worker(wait=False)
    assert seen == [2]
    _empty_queue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_registry")
def test_a_job_that_fails_while_another_of_its_queueing_lock_waits_stops_no_worker() -> None:
    seen: list[int] = []

    @jobs.register("test.failing")
    def outage(number: int) -> None:
        seen.append(number)
        if number == 1:
            jobs.defer("test.failing", queueing_lock="twice", number=2)
            raise OSError

    jobs.defer("test.failing", queueing_lock="twice", number=1)
    jobs.run_worker(wait=False)
    jobs.run_worker(wait=False)
    assert seen[:2] == [1, 2]
    _empty_queue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_registry")
def test_a_job_of_a_dead_worker_is_run_again() -> None:
    seen: list[int] = []
    jobs.register("test.again")(lambda: seen.append(1))
    jobs.defer("test.again")
    _begun_by_a_dead_worker()
    jobs._register_rescue()
    jobs.defer(jobs._RESCUE, timestamp=0)
    jobs.run_worker(wait=False)
    jobs.run_worker(wait=False)
    assert seen == [1]


def test_the_last_of_the_tries_is_known() -> None:
    tries = jobs.Tries(attempts=3)
    assert [tries.is_last(OSError(), earlier) for earlier in range(3)] == [False, False, True]
    assert tries.is_last(KeyError(), 0)


def test_a_lane_that_ends_by_itself_ends_the_worker() -> None:
    class Lanes:
        """As procrastinate does where a side task fails: it returns as if it had been told to."""

        @asynccontextmanager
        async def open_async(self) -> AsyncIterator[None]:
            yield

        async def run_worker_async(self, queues: list[str], **_: object) -> None:
            await asyncio.sleep(0.01 if queues == ["default"] else 60)

    with pytest.raises(jobs.LaneEnded, match="default"):
        asyncio.run(jobs._run_lanes(Lanes(), jobs.LANES, wait=True))
