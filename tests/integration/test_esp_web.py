"""A company sees the life of its own reports and what came of them; the database holds it to that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.db import ProgrammingError, connection

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.report import Source
from tipline.platform.accounts.scope import agency_scope
from tipline.reference.directory import service as directory
from tipline.reference.directory.queries import list_credentials
from tipline.reference.directory.service import NewEsp
from tipline.reports import company
from tipline.reports import service as record
from tipline.reports.values import NewFile, Opened, Opening
from tipline.simulation import story
from tipline.stages.feedback import queries as feedback
from tipline.stages.feedback.models import EspNews

pytestmark = pytest.mark.django_db
AsRole = Callable[..., AbstractContextManager[None]]
BY = Actor(ActorKind.ESP, "1")
OWN_TABLES = (
    *("reports_report", "reports_file", "reports_submission"),
    *("feedback_espnews", "directory_esp", "directory_espcredential"),
)


def opened(esp_id: int | None, now: datetime, source: Source = Source.ESP_API) -> Opened:
    """A report with one file, of a company or (without one) of the public form."""
    document = story.company_document(now)
    opening = Opening(source, b"<report/>", "text/xml", document, esp_id=esp_id, esp_name="Example" if esp_id else "")
    made = record.open_report(opening=opening, by=BY, now=now)
    digits = f"{made.id:032d}"
    file = NewFile(digits, "a.jpg", f"incoming/{digits}", b"key", 3, digits, digits + "0" * 8, digits * 2)
    record.add_file(report_id=made.id, file=file, by=BY, now=now)
    return made


def rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def changed(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def test_a_company_finds_its_own_and_no_foreign_report(fixed_now: datetime) -> None:
    own, foreign = opened(1, fixed_now).number, opened(2, fixed_now).number
    assert company.find_own_report(esp_id=1, number=own) is not None
    assert company.find_own_report(esp_id=1, number=foreign) is None
    assert [row.number for row in company.list_own_reports(esp_id=1).rows] == [own]


def test_without_the_filter_the_database_still_shows_the_own_alone(fixed_now: datetime, as_role: AsRole) -> None:
    own, foreign = opened(1, fixed_now), opened(2, fixed_now)
    with agency_scope(esp=1), as_role("esp_web"):
        assert rows("SELECT number FROM reports_report WHERE esp_id = 2 OR true") == [(own.number,)]
        assert company.find_own_report(esp_id=2, number=foreign.number) is None
        for table in ("reports_file", "reports_submission"):
            assert rows(f"SELECT report_id FROM {table} WHERE report_id = {foreign.id} OR true") == [(own.id,)]
        assert company.list_own_files(foreign.id) == company.list_own_parts(foreign.id) == ()


def test_news_of_other_companies_stay_closed_without_the_filter(fixed_now: datetime, as_role: AsRole) -> None:
    for esp_id in (1, 2):
        EspNews.objects.create(
            outcome_id=esp_id, esp_id=esp_id, report_number=esp_id, case_status="arrest", at=fixed_now
        )
    with agency_scope(esp=1), as_role("esp_web"):
        assert rows("SELECT esp_id FROM feedback_espnews WHERE esp_id = 2 OR true") == [(1,)]
        assert feedback.list_outcomes_of_esp(2).total == 0
        assert feedback.count_outcomes_of_esp(1)["answered"] == 1


def test_a_company_lists_its_own_credentials_and_reads_no_secret(fixed_now: datetime, as_role: AsRole) -> None:
    own, foreign = (directory.create_esp(new=NewEsp(name), by=BY, now=fixed_now) for name in ("Own", "Foreign"))
    for esp_id in (own, foreign):
        directory.issue_credential(
            esp_id=esp_id, username=f"program-{esp_id}", environment="test", by=BY, now=fixed_now
        )
    with agency_scope(esp=own), as_role("esp_web"):
        assert [line.username for line in list_credentials(own)] == [f"program-{own}"]
        assert list_credentials(foreign) == ()
        assert rows("SELECT esp_id FROM directory_espcredential WHERE true OR esp_id = 1") == [(own,)]
        assert rows("SELECT name FROM directory_esp WHERE true") == [("Own",)]


def test_without_a_company_the_database_shows_nothing(fixed_now: datetime, as_role: AsRole) -> None:
    opened(1, fixed_now)
    esp_id = directory.create_esp(new=NewEsp("Own"), by=BY, now=fixed_now)
    directory.issue_credential(esp_id=esp_id, username="program", environment="test", by=BY, now=fixed_now)
    EspNews.objects.create(outcome_id=1, esp_id=1, report_number=1, case_status="arrest", at=fixed_now)
    with as_role("esp_web"):
        for table in OWN_TABLES:
            assert rows(f"SELECT id FROM {table}") == [], table


@pytest.mark.parametrize(
    "column",
    [
        *(f"{name} FROM reports_report" for name in ("headline", "score", "tags", "incident_type", "priority")),
        *(f"{name} FROM reports_file" for name in ("details", "details_raw_sealed", "wrapped_key")),
        *(f"{name} FROM reports_submission" for name in ("document", "raw_sealed", "reporter_sealed", "answers")),
        "secret_argon2id FROM directory_espcredential",
        "contact_email FROM directory_esp",
    ],
)
def test_content_contacts_and_secrets_are_closed_to_a_company(column: str, as_role: AsRole) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("esp_web"):
        rows(f"SELECT {column}")


@pytest.mark.parametrize("table", ["reports_report", "reports_file", "reports_submission", "directory_espcredential"])
def test_a_company_deletes_and_renumbers_nothing(table: str, as_role: AsRole) -> None:
    # What it may add, and how, test_esp_form and test_esp_console tell.
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("esp_web"):
            rows(statement)


@pytest.mark.parametrize(("role", "source"), [("public", Source.PUBLIC_FORM), ("esp_api", Source.ESP_API)])
def test_each_door_sees_the_life_of_its_own_kind_alone(
    role: str, source: Source, fixed_now: datetime, as_role: AsRole
) -> None:
    kinds = {Source.ESP_API: opened(1, fixed_now), Source.PUBLIC_FORM: opened(None, fixed_now, Source.PUBLIC_FORM)}
    with as_role(role):
        assert rows("SELECT id FROM reports_report WHERE source <> '' OR true") == [(kinds[source].id,)]
        assert rows("SELECT report_id FROM reports_file") == [(kinds[source].id,)]
        assert len(rows("SELECT id FROM reports_submission")) == 1


@pytest.mark.parametrize(("role", "source"), [("public", Source.PUBLIC_FORM), ("esp_api", Source.ESP_API)])
def test_each_door_locks_and_changes_its_own_kind_alone(
    role: str, source: Source, fixed_now: datetime, as_role: AsRole
) -> None:
    kinds = {Source.ESP_API: opened(1, fixed_now), Source.PUBLIC_FORM: opened(None, fixed_now, Source.PUBLIC_FORM)}
    with as_role(role):
        assert rows("SELECT id FROM reports_report FOR UPDATE") == [(kinds[source].id,)]
        assert changed("UPDATE reports_report SET state = 'RETRACTED'") == 1


@pytest.mark.parametrize(("role", "foreign"), [("public", Source.ESP_API), ("esp_api", Source.PUBLIC_FORM)])
def test_no_door_opens_a_report_of_another_kind(
    role: str, foreign: Source, fixed_now: datetime, as_role: AsRole
) -> None:
    opening = Opening(foreign, b"<report/>", "text/xml", story.company_document(fixed_now))
    with pytest.raises(ProgrammingError, match="row-level security"), as_role(role):
        record.open_report(opening=opening, by=BY, now=fixed_now)


def test_the_api_door_adds_files_to_no_report_of_the_public_form(fixed_now: datetime, as_role: AsRole) -> None:
    other = opened(None, fixed_now, Source.PUBLIC_FORM)
    statement = (
        "INSERT INTO reports_file (report_id, file_id, position, incoming_name, size, md5, sha1, sha256, upload_name,"
        " original_name, details_sha256, received_at, media_type, decode_outcome)"
        f" VALUES ({other.id}, 'x', 2, '', 1, '', '', '', '', '', '', now(), '', '')"
    )
    with pytest.raises(ProgrammingError, match="open reports alone"), as_role("esp_api"):
        rows(statement)


@pytest.mark.parametrize("role", ["desk", "worker"])
def test_desk_and_worker_see_every_report_as_before(role: str, fixed_now: datetime, as_role: AsRole) -> None:
    made = [opened(1, fixed_now), opened(2, fixed_now), opened(None, fixed_now, Source.PUBLIC_FORM)]
    with as_role(role):
        for table, column in (
            ("reports_report", "id"),
            ("reports_file", "report_id"),
            ("reports_submission", "report_id"),
        ):
            assert sorted(rows(f"SELECT {column} FROM {table}")) == [(one.id,) for one in made], table
