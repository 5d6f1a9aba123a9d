"""Doors see their own realm's accounts and sessions alone, even where a query asks for everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import ProgrammingError, connection, transaction

from tipline.domain.actor import system
from tipline.domain.errors import Refusal
from tipline.platform.accounts import queries, seal, service, totp
from tipline.platform.accounts.models import Session, TotpUse, User
from tipline.platform.accounts.roles import Role
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Any]
BY = system("test")
PASSWORD = "a long enough phrase"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def everybody(fixed_now: datetime) -> None:
    for new in (
        service.NewUser("analyst", "A", Role.ANALYST, PASSWORD, totp_secret=totp.new_secret()),
        service.NewUser("officer", "O", Role.OFFICER, PASSWORD, agency_id="icac-fl", totp_secret=totp.new_secret()),
        service.NewUser("company", "C", Role.ESP_USER, PASSWORD, esp_id=7, totp_secret=totp.new_secret()),
    ):
        service.create_user(new=new, by=BY, now=fixed_now)


@pytest.mark.parametrize(("door", "name"), [("desk", "analyst"), ("portal", "officer"), ("esp_web", "company")])
def test_a_door_sees_its_own_accounts_alone(everybody: None, as_role: AsRole, door: str, name: str) -> None:
    with as_role(door):
        assert [row.username for row in User.objects.all()] == [name]
        assert Authenticator.objects.count() == 1


def test_a_door_sees_its_own_sessions_alone(as_role: AsRole) -> None:
    with as_role("desk"):
        store = SessionStore()
        store["kept"] = "here"
        store.create()
        assert SessionStore(store.session_key).load() == {"kept": "here"}
    with as_role("portal"):
        assert SessionStore(store.session_key).load() == {}
        assert not Session.objects.exists()
        assert Session.objects.all().delete()[0] == 0
    with as_role("desk"):
        assert Session.objects.count() == 1


def test_a_door_cannot_write_into_another_realm(as_role: AsRole) -> None:
    columns = "session_key, session_data, expire_date, realm"
    forged = f"INSERT INTO accounts_session ({columns}) VALUES ('k', 'd', now(), %s)"
    with (
        as_role("portal"),
        pytest.raises(ProgrammingError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(forged, ["tipline_desk"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_user SET role = 'ADMIN'",
        "UPDATE accounts_user SET agency_id = 'icac-az'",
        "INSERT INTO accounts_user SELECT * FROM accounts_user",
        "DELETE FROM accounts_user",
        "UPDATE accounts_loginlock SET released_at = now()",
        "DELETE FROM mfa_authenticator",
        "SELECT * FROM account_emailaddress",
    ],
)
def test_a_door_cannot_change_what_accounts_are(everybody: None, as_role: AsRole, statement: str) -> None:
    with (
        as_role("portal"),
        pytest.raises(ProgrammingError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("door", ["public", "esp_api"])
def test_doors_without_accounts_see_none(everybody: None, as_role: AsRole, door: str) -> None:
    with as_role(door), pytest.raises(ProgrammingError), transaction.atomic():
        User.objects.count()


def test_of_two_equal_codes_one_is_accepted(everybody: None, fixed_now: datetime) -> None:
    secret = totp.new_secret()
    user_id = User.objects.get(username="analyst").pk
    code = totp.current_code(secret, fixed_now)
    accepted = [service.use_totp_code(user_id=user_id, secret=secret, code=code, now=fixed_now) for _ in range(3)]
    assert accepted == [True, False, False]
    assert TotpUse.objects.get(user_id=user_id).last_step == totp.step_of(fixed_now)


def test_authenticator_secrets_are_sealed(fixed_now: datetime) -> None:
    secret = totp.new_secret()
    new = service.NewUser("sealed", "S", Role.ANALYST, PASSWORD, totp_secret=secret)
    service.create_user(new=new, by=BY, now=fixed_now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert secret not in cursor.fetchone()[0]
    assert queries.load_totp_secret("sealed") == secret
    assert seal.unseal(seal.seal(secret)) == secret


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (service.NewUser("officer2", "O", Role.OFFICER, PASSWORD), "agency_missing"),
        (service.NewUser("company2", "C", Role.ESP_USER, PASSWORD), "esp_missing"),
        (service.NewUser("analyst2", "A", Role.ANALYST, "short"), "password_weak"),
        (service.NewUser("ANALYST ", "A", Role.ANALYST, PASSWORD), "username_taken"),
    ],
)
def test_accounts_that_cannot_be_are_refused(
    everybody: None, fixed_now: datetime, new: service.NewUser, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        service.create_user(new=new, by=BY, now=fixed_now)
    assert refused.value.code == code


def test_the_scope_ends_with_its_block() -> None:
    def shown() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('app.agency', true), '')")
            return str(cursor.fetchone()[0])

    with agency_scope(agency="icac-az"):
        assert shown() == "icac-az"
        with agency_scope(agency="icac-fl"):
            assert shown() == "icac-fl"
        assert shown() == "icac-az"
        with pytest.raises(ZeroDivisionError), agency_scope(agency="icac-nm"):
            raise ZeroDivisionError
        assert shown() == "icac-az"
    assert shown() == ""
