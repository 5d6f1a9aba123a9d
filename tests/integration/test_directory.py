"""The directory on a real database: facts loaded once, every place covered, credentials checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import ProgrammingError, connection

from tipline.domain.actor import system
from tipline.domain.errors import Refusal
from tipline.platform.program_secrets import matches
from tipline.reference.directory import facts, queries, service
from tipline.reference.places.counties import counties

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def loaded(db: None, fixed_now: datetime) -> None:
    service.load_reference(now=fixed_now)


def test_a_second_load_does_nothing_and_a_changed_row_comes_back_with_the_next_edition(
    loaded: None, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert service.load_reference(now=fixed_now) is False
    before = (len(queries.list_agencies()), len(queries.list_esps()))
    monkeypatch.setattr(facts, "digest", lambda more="": "0" * 64)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_agency SET name = 'changed' WHERE id = 'icac-az'")
    assert service.load_reference(now=fixed_now) is True
    assert (len(queries.list_agencies()), len(queries.list_esps())) == before
    found = queries.find_agency("icac-az")
    assert found is not None
    assert found.name == "Arizona ICAC Task Force"


def test_all_61_task_forces_every_county_and_every_country_are_there(loaded: None) -> None:
    assert len(queries.list_agencies(kind="icac")) == 61
    assert queries.find_county_name("12031") == "Duval County, FL"
    assert len(counties()) == 3235
    assert all(queries.country_recipients(code) for code in ("GB", "DE", "PL", "KE", "CA", "BR"))
    assert queries.country_recipients("US") == ()
    assert queries.federal_recipients()[0].id == "fbi"


def test_a_county_of_every_state_has_a_task_force_and_a_territory_has_none(loaded: None) -> None:
    first = {county.state: fips for fips, county in counties().items()}
    for state, fips in first.items():
        found = queries.task_force_of_county(fips)
        if state in {"PR", "GU", "VI", "AS", "MP", "UM"}:
            assert found is None
        else:
            assert found is not None, state
            assert state in found.agency.states


@pytest.mark.parametrize(
    ("fips", "agency", "certainty"),
    [
        ("12031", "icac-fl-north", "high"),
        ("48201", "icac-tx-houston", "low"),
        ("04013", "icac-az", "high"),
        ("17031", "icac-il-cook", "medium"),
        ("51810", "icac-va-sova", "low"),
        ("47157", "icac-tn", "low"),
    ],
)
def test_a_county_names_its_task_force_and_how_sure(loaded: None, fips: str, agency: str, certainty: str) -> None:
    found = queries.task_force_of_county(fips)
    assert found is not None
    assert (found.agency.id, found.certainty) == (agency, certainty)


def test_task_forces_of_a_split_state_come_with_the_most_populous_first(loaded: None) -> None:
    assert [each.id for each in queries.task_forces_of_state("IL")] == ["icac-il-cook", "icac-il"]
    assert len(queries.task_forces_of_state("CA")) == 5
    assert queries.task_forces_of_state("PR") == ()


def test_a_bureau_that_nobody_checked_is_not_verified(loaded: None) -> None:
    (kenya,) = queries.country_recipients("KE")
    assert (kenya.agency.id, kenya.agency.verified) == ("interpol-ke", False)


def check(username: str, secret: str, environment: str) -> queries.CheckedCredential | None:
    for kept in queries.list_kept_credentials():
        held = kept.credential
        if (held.username, held.environment) == (username, environment) and matches(kept.form, secret):
            return held
    return None


def test_a_credential_is_shown_once_and_checked_by_environment(loaded: None, fixed_now: datetime) -> None:
    esp_id = service.create_esp(new=service.NewEsp("Example Chat"), by=BY, now=fixed_now)
    issued = service.issue_credential(
        esp_id=esp_id, username="examplechat", environment="production", by=BY, now=fixed_now
    )
    checked = check("examplechat", issued.secret, "production")
    assert checked is not None
    assert checked.esp.name == "Example Chat"
    assert check("examplechat", issued.secret, "test") is None
    assert check("examplechat", "wrong", "production") is None
    assert check("nobody", issued.secret, "production") is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_argon2id FROM directory_espcredential")
        (kept,) = cursor.fetchone()
    assert issued.secret not in kept


def test_a_revoked_credential_is_refused(loaded: None, fixed_now: datetime) -> None:
    esp_id = service.create_esp(new=service.NewEsp("Example Drive"), by=BY, now=fixed_now)
    issued = service.issue_credential(esp_id=esp_id, username="drive", environment="test", by=BY, now=fixed_now)
    service.revoke_credential(credential_id=issued.id, by=BY, now=fixed_now)
    assert check("drive", issued.secret, "test") is None
    with pytest.raises(Refusal, match="no_credential"):
        service.revoke_credential(credential_id=issued.id, by=BY, now=fixed_now)


def test_a_company_that_is_not_active_has_no_live_credential(loaded: None, fixed_now: datetime) -> None:
    esp_id = service.create_esp(new=service.NewEsp("Example Past"), by=BY, now=fixed_now)
    issued = service.issue_credential(esp_id=esp_id, username="past", environment="test", by=BY, now=fixed_now)
    assert check("past", issued.secret, "test") is not None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_esp SET active = false WHERE id = %s", [esp_id])
    assert check("past", issued.secret, "test") is None


def test_names_that_are_taken_and_environments_that_are_none_are_refused(loaded: None, fixed_now: datetime) -> None:
    esp_id = service.create_esp(new=service.NewEsp("Example Games"), by=BY, now=fixed_now)
    with pytest.raises(Refusal, match="name_taken"):
        service.create_esp(new=service.NewEsp("Example Games"), by=BY, now=fixed_now)
    service.issue_credential(esp_id=esp_id, username="games", environment="test", by=BY, now=fixed_now)
    for username, environment, code in (
        ("games", "test", "username_taken"),
        ("a:b", "test", "bad_username"),
        ("games", "live", "no_environment"),
    ):
        with pytest.raises(Refusal, match=code):
            service.issue_credential(esp_id=esp_id, username=username, environment=environment, by=BY, now=fixed_now)


def test_the_api_door_checks_credentials_and_can_neither_make_one_nor_read_contacts(
    loaded: None, fixed_now: datetime, as_role: Callable[..., object]
) -> None:
    esp_id = service.create_esp(new=service.NewEsp("Example Mail"), by=BY, now=fixed_now)
    issued = service.issue_credential(esp_id=esp_id, username="mail", environment="test", by=BY, now=fixed_now)
    with as_role("esp_api"):  # type: ignore[attr-defined]
        assert check("mail", issued.secret, "test") is not None
    for statement in (
        "UPDATE directory_espcredential SET revoked_at = NULL",
        "SELECT contact_email FROM directory_esp",
        "INSERT INTO directory_edition VALUES ('x', 'y', now())",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("esp_api"):  # type: ignore[attr-defined]
            connection.cursor().execute(statement)


def test_the_portal_reads_agencies_and_no_credentials(loaded: None, as_role: Callable[..., object]) -> None:
    with as_role("portal"):  # type: ignore[attr-defined]
        assert queries.find_agency("icac-az") is not None
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal"):  # type: ignore[attr-defined]
        connection.cursor().execute("SELECT * FROM directory_espcredential")
