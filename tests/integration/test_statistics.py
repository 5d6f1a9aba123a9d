"""Counting and publishing: the same rows give the same counts, purged reports still count, old snapshots stay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests.integration import desk_world

from tipline import pipeline
from tipline.domain.actor import system
from tipline.domain.errors import Refusal
from tipline.domain.facts import Fact
from tipline.platform import clock
from tipline.programs.statistics import queries, service
from tipline.programs.statistics.models import DayCount, FileFact, Look, ReportFact, Snapshot
from tipline.programs.statistics.rules import Counted
from tipline.reports import retention
from tipline.reports.models import Report
from tipline.simulation.counts import year

pytestmark = pytest.mark.django_db
BY = system("test")
AsRole = Callable[..., AbstractContextManager[None]]
DAY = date(2026, 1, 13)


def counts(kind: str, day: date = DAY) -> dict[str, int]:
    rows = DayCount.objects.filter(day=day, kind=kind).values_list("split", "number")
    return dict(rows)


def table(content: Any, wanted: str) -> dict[str, Any]:
    return next(each for each in content["tables"] if each["id"] == wanted)


def cells(content: Any, wanted: str) -> dict[tuple[str, str], Any]:
    return {(cell["row"], cell["col"]): cell["value"] for cell in table(content, wanted)["cells"]}


@pytest.fixture
def world(fixed_now: datetime) -> desk_world.World:
    return desk_world.seed(fixed_now)


def test_a_day_is_counted_from_what_the_record_holds(world: desk_world.World, fixed_now: datetime) -> None:
    assert service.recount_day(day=DAY, now=fixed_now) == 8
    assert counts("reports:door+type")['{"door": "public", "type": "enticement"}'] == 2
    assert sum(counts("reports:door+esp").values()) == 6
    assert counts("reports:flag")['{"flag": "sextortion"}'] == 1
    assert sum(counts("reports:priority").values()) == 8
    assert sum(counts("files:kind").values()) == FileFact.objects.count() == Report.objects.filter(files__gt=0).count()
    assert ReportFact.objects.get(report_id=world.parent.id).child_age == "13-14"


def test_counting_twice_gives_the_same_and_writes_no_fact_again(world: desk_world.World, fixed_now: datetime) -> None:
    service.recount_day(day=DAY, now=fixed_now)
    before = sorted(DayCount.objects.values_list("day", "kind", "split", "number"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, report_id FROM statistics_reportfact ORDER BY 2")
        written = cursor.fetchall()
        service.recount_day(day=DAY, now=fixed_now + timedelta(hours=1))
        cursor.execute("SELECT xmin::text, report_id FROM statistics_reportfact ORDER BY 2")
        assert cursor.fetchall() == written
    assert sorted(DayCount.objects.values_list("day", "kind", "split", "number")) == before


def test_a_purged_report_still_counts_and_its_pdq_is_gone(world: desk_world.World, fixed_now: datetime) -> None:
    service.recount_day(day=DAY, now=fixed_now)
    before = sorted(DayCount.objects.values_list("kind", "split", "number"))
    looks = Look.objects.filter(report_id=world.company.id).count()
    assert looks
    desk_world.close_long_ago(world.company.id, fixed_now)
    retention.purge(report_id=world.company.id, by=BY, now=fixed_now)
    service.recount_day(day=DAY, now=fixed_now)
    assert sorted(DayCount.objects.values_list("kind", "split", "number")) == before
    assert not Look.objects.filter(report_id=world.company.id).exists()


def test_changed_days_are_found_and_the_mark_moves(world: desk_world.World) -> None:
    later = clock.now() + timedelta(hours=1)  # the walk itself went by the real clock
    assert DAY in service.recount_changed(now=later)
    assert DAY not in service.recount_changed(now=later + timedelta(minutes=10))
    pipeline.escalate(report_id=world.teen.id, why="It cannot wait", by=BY, now=later)
    assert DAY in service.recount_changed(now=later + timedelta(minutes=20))


def test_what_other_programmes_tell_is_counted_beside(fixed_now: datetime) -> None:
    def told(*, day: date) -> Any:
        for hours in (10, 30):
            yield Fact("notice_removed", fixed_now, {"company": "Example Host", "country": "NL"}, amount=hours)
        yield Fact("collection_files", fixed_now, {"class": "unrecognised"}, amount=50)

    service.recount_day(day=DAY, others=(told,), now=fixed_now)
    service.recount_day(day=DAY, others=(told,), now=fixed_now)
    assert DayCount.objects.get(kind="notice_removed:company+country").number == 2
    found = queries.count_tables(year=2026, through=DAY)
    removed = next(one for one in found if one.table.id == "notices_removed")
    assert (removed.counts, removed.mean) == ({("Example Host", ""): 2}, 20.0)
    files = next(one for one in found if one.table.id == "collection_files")
    assert files.counts == {("unrecognised", ""): 50}


def taken_over(now: datetime, size: int = 400, of: int = 2025) -> None:
    rows = ((day, Counted(**codes)) for day, codes in year(of, size=size))
    assert service.take_over(rows=rows, by=BY, now=now) == size


def test_an_old_snapshot_gives_the_same_figures_for_ever(fixed_now: datetime, as_role: AsRole) -> None:
    taken_over(fixed_now)
    last = date(2025, 12, 31)
    with as_role("desk"):
        first = service.publish_snapshot(year=2025, through=last, note="The first.", by=BY, now=fixed_now)
    before = queries.find_snapshot(first)
    assert before is not None
    assert cells(before.content, "reports_by_type")["*", "*"] == 400
    taken_over(fixed_now, size=100)
    second = service.publish_snapshot(year=2025, through=last, note="100 more.", by=BY, now=fixed_now)
    assert queries.find_snapshot(first) == before
    after = queries.find_snapshot(second)
    assert after is not None
    assert (after.head.revises, cells(after.content, "reports_by_type")["*", "*"]) == (first, 500)
    for change in ("UPDATE statistics_snapshot SET note = 'x'", "DELETE FROM statistics_withheld"):
        with pytest.raises(DatabaseError, match="published for ever"), transaction.atomic():
            connection.cursor().execute(change)


def test_no_small_number_stands_in_what_is_published(fixed_now: datetime) -> None:
    taken_over(fixed_now)
    number = service.publish_snapshot(year=2025, through=date(2025, 12, 31), note="All.", by=BY, now=fixed_now)
    found = queries.find_snapshot(number)
    assert found is not None
    shown = [cell["value"] for each in found.content["tables"] for cell in each["cells"] if cell["value"] is not None]
    assert shown
    assert not [value for value in shown if 0 < value < 10]
    assert [cell for each in found.content["tables"] for cell in each["cells"] if cell["shown"] == "under_10"]


@pytest.mark.parametrize(
    ("more", "code"), [(0, "unchanged"), (4, "too_small_a_change")], ids=["nothing new", "four reports"]
)
def test_a_revision_that_would_show_a_few_reports_is_refused(fixed_now: datetime, more: int, code: str) -> None:
    taken_over(fixed_now)
    last = date(2025, 12, 31)
    service.publish_snapshot(year=2025, through=last, note="First.", by=BY, now=fixed_now)
    if more:
        taken_over(fixed_now, size=more)
    with pytest.raises(Refusal) as refused:
        service.publish_snapshot(year=2025, through=last, note="Again.", by=BY, now=fixed_now)
    assert refused.value.code == code
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(
    ("span", "note", "code"),
    [
        ((2025, date(2025, 12, 31)), " ", "note_missing"),
        ((2026, date(2026, 2, 1)), "x", "not_over"),
        ((2024, date(2025, 1, 1)), "x", "other_year"),
    ],
)
def test_a_snapshot_needs_a_note_and_a_span_that_is_over(
    fixed_now: datetime, span: tuple[int, date], note: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        service.publish_snapshot(year=span[0], through=span[1], note=note, by=BY, now=fixed_now)
    assert refused.value.code == code


def test_the_month_that_ended_is_published_once_where_nobody_did(fixed_now: datetime) -> None:
    first_of_year = datetime(2026, 1, 1, 6, tzinfo=UTC)
    taken_over(fixed_now)
    assert service.publish_due(now=fixed_now, by=BY) is None
    assert service.publish_due(now=first_of_year, by=BY) == 1
    assert service.publish_due(now=first_of_year, by=BY) is None


@pytest.mark.urls("tipline.interfaces.open_data.urls")
def test_the_first_page_is_the_last_year_that_tells_something(fixed_now: datetime) -> None:
    taken_over(fixed_now, size=200)
    service.publish_snapshot(year=2025, through=date(2025, 12, 31), note="All.", by=BY, now=fixed_now)
    begun = service.publish_snapshot(year=2026, through=date(2026, 1, 12), note="Begun.", by=BY, now=fixed_now)
    page = Client().get("/").content.decode()
    assert "2025 by the numbers" in page
    assert f'2026 has begun: <a href="/snapshots/{begun}/">' in page


def test_the_open_door_reads_what_is_published_and_nothing_else(fixed_now: datetime, as_role: AsRole) -> None:
    taken_over(fixed_now, size=200)
    service.publish_snapshot(year=2025, through=date(2025, 12, 31), note="All.", by=BY, now=fixed_now)
    with as_role("open_data"):
        found = queries.find_snapshot()
        assert found is not None
        assert queries.list_snapshots()
    for name in ("reportfact", "daycount", "withheld", "look", "filefact"):
        with pytest.raises(DatabaseError, match="permission denied"), as_role("open_data"):
            connection.cursor().execute(f"SELECT * FROM statistics_{name}")
    with pytest.raises(DatabaseError, match="permission denied"), as_role("open_data"):
        connection.cursor().execute("SELECT published_by FROM statistics_snapshot")


def test_the_worker_counts_and_publishes_with_its_own_rights(
    world: desk_world.World, fixed_now: datetime, as_role: AsRole
) -> None:
    with as_role("worker"):
        service.recount_changed(now=fixed_now)
        service.publish_snapshot(year=2026, through=DAY, note="By the clock.", by=BY, now=fixed_now)
    assert Snapshot.objects.count() == 1


def test_what_every_programme_tells_of_a_day_can_be_counted(fixed_now: datetime) -> None:
    told = {
        "child_identified": ("relationship", "age_band", "sex", "country"),
        "collection_received": ("agency", "kind"),
        "notice_removed": ("company", "country"),
        "hash_added": ("list", "classification"),
        "survivor_case": ("for_whom",),
    }
    facts = [Fact(kind, fixed_now, dict.fromkeys(labels, "x" * 20)) for kind, labels in told.items()]
    service.recount_day(day=DAY, others=(lambda *, day: iter(facts),), now=fixed_now)
    assert DayCount.objects.filter(day=DAY, kind__startswith="child_identified").get().number == 1
    assert DayCount.objects.filter(day=DAY).exclude(kind__startswith="report").count() >= len(told)
