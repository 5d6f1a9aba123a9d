"""What a door writes costs the same however many reports are open, also where the planner thinks that none is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest
from django.db import connection
from tests.conftest import AsRole
from tests.unit.cybertip_samples import report, suspect

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.cybertip.parse import parse_report
from tipline.domain.report import Source
from tipline.platform import clock
from tipline.reports import arrivals, uploads
from tipline.reports.arrivals import Arrival, Finish
from tipline.reports.uploads import Addition, OpenReport
from tipline.reports.values import NewFile, Opened, Opening

pytestmark = pytest.mark.django_db
_CLOSED, _OPEN = 20_000, 400
_BY = Actor(ActorKind.ESP, "7", role="esp_api")
# A report that is opened, added to and finished is itself looked at some times; so many others never are.
_FEW = 40
_MADE = """
INSERT INTO reports_report (id, number, source, state, incident_type, headline, esp_name, environment, batched, product,
  lacks, priority, score, tags, hold_reason, hold_detail, legal_hold, opened_at, changed_at)
SELECT nextval('reports_report_id_seq'), 10^9 + currval('reports_report_id_seq'), 'ESP_API', (%s::text[])[1 + at %% 3],
  '', '', '', 'production', false, '', '[]', 1 + at %% 4, at %% 100, '[]', '', '', false,
  now() - at * interval '1 second', now() - at * interval '1 second'
FROM generate_series(1, %s) AS at
"""
_READ = """
SELECT coalesce(sum(idx_tup_fetch + seq_tup_read), 0) FROM pg_stat_xact_user_tables WHERE relname = 'reports_report'
"""


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def crowd(as_role: AsRole, now: datetime) -> Iterator[None]:
    """Hundreds of open reports, and a planner that was told of hundreds of closed ones."""
    with connection.cursor() as cursor:
        cursor.execute(_MADE, [["CLOSED", "MADE_AVAILABLE", "SCORED"], _CLOSED])
        cursor.execute("ANALYZE reports_report")
        cursor.execute(_MADE, [["OPEN"] * 3, _OPEN])
    with as_role("esp_api"):
        yield


def _read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        [(found,)] = cursor.fetchall()
    return int(found)


def _open(now: datetime) -> Opened:
    raw = report(tail=suspect("<screenName>someone</screenName>"))
    raw = raw if isinstance(raw, bytes) else raw.encode()
    opening = Opening(
        source=Source.ESP_API, raw=raw, media_type="text/xml", document=parse_report(raw, now=now), esp_id=7,
        esp_name="Example", environment="production",
    )  # fmt: skip
    [opened] = arrivals.open_reports([Arrival(opening, _BY, now)])
    return opened


def test_a_report_costs_the_same_however_many_are_open(crowd: None, now: datetime) -> None:
    _open(now)
    before = _read()
    opened = _open(now)
    after = _read()
    assert after - before <= _FEW
    file = NewFile("a" * 32, "a.jpg", "incoming/" + "a" * 32, b"key", 3, "0" * 32, "0" * 40, "0" * 64)
    uploads.add_files([Addition(OpenReport(opened.id, opened.number, _BY, now), file)])
    assert _read() - after <= _FEW
    after = _read()
    finished: Sequence[list[str]] = arrivals.receive_reports([Finish(opened.id, opened.number, _BY, now)])
    assert finished == [["a" * 32]]
    assert _read() - after <= _FEW
