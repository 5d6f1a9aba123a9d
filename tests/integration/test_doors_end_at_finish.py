"""A door that was taken over changes nothing about a finished report, and nothing it left behind is destroyed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import Error, connection, transaction
from tests.conftest import AsRole
from tests.integration.test_way import ANALYST, received

from tipline import pipeline
from tipline.domain.report import Source
from tipline.domain.states import ReportState
from tipline.platform import clock
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.models import File, Report
from tipline.reports.values import Opening

pytestmark = pytest.mark.django_db
LONG = timedelta(days=4000)


@pytest.fixture
def now() -> datetime:
    return clock.now()


def run_as(as_role: AsRole, statement: str, *parameters: object) -> str:
    """The database's refusal of a statement under the API's own role, or an empty text."""
    try:
        with as_role("esp_api"), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
    except Error as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    "change",
    ["state = 'RETRACTED'", "state = 'CLOSED'", "changed_at = '2020-01-01'", "preserve_until = '2020-01-01'"],
)
def test_the_api_cannot_touch_a_finished_report(change: str, now: datetime, as_role: AsRole) -> None:
    report_id = received(now)
    refused = run_as(as_role, f"UPDATE reports_report SET {change} WHERE id = %s", report_id)
    assert "no longer open" in refused


def test_the_api_cannot_say_later_that_somebody_viewed_a_file(now: datetime, as_role: AsRole) -> None:
    report_id = received(now)
    File.objects.create(
        report_id=report_id, file_id="f" * 32, position=1, size=1, md5="", sha1="", sha256="", received_at=now
    )
    change = (
        """UPDATE reports_file SET details = '{"fileViewedByEsp": true}', details_sha256 = 'x' WHERE report_id = %s"""
    )
    assert "open reports alone" in run_as(as_role, change, report_id)


def test_the_api_cannot_add_to_a_finished_report(now: datetime, as_role: AsRole) -> None:
    report_id = received(now)
    added = (
        "INSERT INTO reports_submission (report_id, part, media_type, raw_sha256, raw_sealed, document, answers, at) "
        "VALUES (%s, 2, 'text/xml', '', '', '{}', '{}', now())"
    )
    assert "open reports alone" in run_as(as_role, added, report_id)


def test_what_the_law_asks_to_preserve_is_not_destroyed_but_held(now: datetime) -> None:
    report_id = received(now)
    Report.objects.filter(pk=report_id).update(state="CLOSED", changed_at=now - LONG)
    pipeline.purge(now)
    head = reports.load_head(report_id)
    assert head.state is ReportState.CLOSED
    assert head.hold is not None
    assert (head.hold.reason, head.hold.detail) == ("purge_refused", "preserved")


def test_a_state_that_the_journal_does_not_know_is_held_and_the_others_are_purged(now: datetime) -> None:
    meddled, retracted = received(now), _retracted(now)
    Report.objects.filter(pk=meddled).update(state="RETRACTED", preserve_until=None, changed_at=now - LONG)
    Report.objects.filter(pk=retracted).update(changed_at=now - LONG)
    with transaction.atomic():
        pipeline.purge(now)
    held = reports.load_head(meddled).hold
    assert held is not None
    assert held.detail == "journal_differs"
    assert reports.load_head(retracted).state is ReportState.PURGED


def _retracted(now: datetime) -> int:
    opening = Opening(source=Source.ESP_API, raw=b"<report/>", media_type="text/xml", document={}, esp_id=1)
    opened = record.open_report(opening=opening, by=ANALYST, now=now)
    record.end_open(report_id=opened.id, to_state=ReportState.RETRACTED, by=ANALYST, now=now)
    return opened.id
