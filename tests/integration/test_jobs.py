"""Jobs: begun with the transaction, seen by nobody but the worker, run again after a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from procrastinate.contrib.django import app

from tipline.platform import clock, jobs

AsRole = Callable[..., AbstractContextManager[None]]
DEPLOYABLES = ("public", "esp_api", "esp_web", "desk", "portal", "worker")


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
@pytest.mark.parametrize("role", DEPLOYABLES)
def test_each_deployable_may_begin_a_job(role: str, as_role: AsRole) -> None:
    with as_role(role):
        jobs.defer("test.role", queueing_lock="one", report_id=1, schedule_at=clock.now() + timedelta(hours=1))
        assert not jobs.defer("test.role", queueing_lock="one", report_id=1)
    assert _count("test.role") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in DEPLOYABLES if role != "worker"])
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
        cursor.execute("SELECT task_name, status::text, scheduled_at > now() FROM procrastinate_jobs ORDER BY 1")
        assert cursor.fetchall() == [("test.bug", "failed", None), ("test.outage", "todo", True)]
    assert given_up == [(2, KeyError)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_registry")
def test_a_job_of_a_dead_worker_is_run_again() -> None:
    seen: list[int] = []
    jobs.register("test.again")(lambda: seen.append(1))
    jobs.defer("test.again")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute("SELECT procrastinate_fetch_job_v2(NULL, %s)", [worker])
    jobs._register_rescue()
    jobs.defer(jobs._RESCUE, timestamp=0)
    jobs.run_worker(wait=False)
    jobs.run_worker(wait=False)
    assert seen == [1]


def test_the_last_of_the_tries_is_known() -> None:
    tries = jobs.Tries(attempts=3)
    assert [tries.is_last(OSError(), earlier) for earlier in range(3)] == [False, False, True]
    assert tries.is_last(KeyError(), 0)
