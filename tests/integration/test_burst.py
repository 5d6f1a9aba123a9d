"""What one report costs is bounded, however many others share its values."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from tests.integration.test_way import received

from tipline import pipeline
from tipline.platform import clock
from tipline.reports import queries as reports
from tipline.stages.linking import table

pytestmark = pytest.mark.django_db
MANY = table.COMMON + 8


@pytest.fixture
def now() -> datetime:
    return clock.now()


def walked(now: datetime) -> int:
    """A report that came in and was walked before the next one comes."""
    report_id = received(now)
    pipeline.walk(report_id)
    return report_id


def told(report_id: int) -> int:
    """How many jobs of late news about a report wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tipline.pipeline.news' "
            "AND (args->>'report_id')::bigint = %s",
            [report_id],
        )
        return int(cursor.fetchone()[0])


def test_a_value_that_stands_in_many_reports_is_news_to_none_of_them(now: datetime) -> None:
    crowd = [walked(now) for _ in range(MANY - 1)]
    before = {report_id: told(report_id) for report_id in crowd}
    assert any(before.values())  # the first ones did hear of each other
    last = walked(now)
    assert {report_id: told(report_id) for report_id in crowd} == before
    assert told(last) == 0
    links = reports.current_findings(last, "link_found")
    assert 0 < len(links) <= table.MOST_TIES
    assert any("stands in" in str(found.body) for found in links)


def test_news_is_told_once_however_many_jobs_wait_and_again_after_a_crash(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = walked(now), walked(now)
    heard: list[int] = []

    def crash(report_id: int, now: datetime) -> None:
        raise OSError("cut short")

    monkeypatch.setattr(pipeline, "LISTENERS", {"link_found": (crash,)})
    with pytest.raises(OSError, match="cut short"):
        pipeline.news(first)
    monkeypatch.setattr(pipeline, "LISTENERS", {"link_found": (lambda report_id, now: heard.append(report_id),)})
    pipeline.news(first)
    pipeline.news(first)
    assert heard == [first]
