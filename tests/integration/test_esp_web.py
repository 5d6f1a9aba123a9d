"""A company sees the life of its own reports and what came of them; the database holds it to that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.report import Source
from tipline.platform.accounts.scope import agency_scope
from tipline.reports import company
from tipline.reports import service as record
from tipline.reports.values import Opening
from tipline.simulation import story

pytestmark = pytest.mark.django_db
AsRole = Callable[..., AbstractContextManager[None]]
BY = Actor(ActorKind.ESP, "1")


def opened(esp_id: int, now: datetime) -> int:
    document = story.company_document(now)
    opening = Opening(Source.ESP_API, b"<report/>", "text/xml", document, esp_id=esp_id, esp_name="Example")
    return record.open_report(opening=opening, by=BY, now=now).number


def test_a_company_finds_its_own_and_no_foreign_report(fixed_now: datetime) -> None:
    own, foreign = opened(1, fixed_now), opened(2, fixed_now)
    assert company.find_own_report(esp_id=1, number=own) is not None
    assert company.find_own_report(esp_id=1, number=foreign) is None
    assert [row.number for row in company.list_own_reports(esp_id=1).rows] == [own]


def test_without_the_filter_the_database_still_shows_the_own_alone(fixed_now: datetime, as_role: AsRole) -> None:
    own, foreign = opened(1, fixed_now), opened(2, fixed_now)
    with agency_scope(esp=1), as_role("esp_web"), connection.cursor() as cursor:
        cursor.execute("SELECT number FROM reports_report WHERE esp_id = 2 OR true")
        assert cursor.fetchall() == [(own,)]
        assert company.find_own_report(esp_id=2, number=foreign) is None


def test_without_a_company_the_database_shows_nothing(fixed_now: datetime, as_role: AsRole) -> None:
    opened(1, fixed_now)
    with as_role("esp_web"), connection.cursor() as cursor:
        cursor.execute("SELECT number FROM reports_report")
        assert cursor.fetchall() == []


@pytest.mark.parametrize("column", ["headline", "score", "tags", "incident_type"])
def test_content_columns_are_closed_to_a_company(column: str, as_role: AsRole) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), as_role("esp_web"):
        connection.cursor().execute(f"SELECT {column} FROM reports_report")


@pytest.mark.parametrize(("role", "sees"), [("public", 0), ("esp_api", 1)])
def test_each_door_sees_the_life_of_its_own_kind_alone(
    role: str, sees: int, fixed_now: datetime, as_role: AsRole
) -> None:
    opened(1, fixed_now)
    with as_role(role), connection.cursor() as cursor:
        cursor.execute("SELECT number FROM reports_report")
        assert len(cursor.fetchall()) == sees
