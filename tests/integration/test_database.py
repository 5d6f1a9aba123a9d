"""The database room: roles, grants, safety, on a real server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from django.db import ProgrammingError, connection

from tipline.platform import keys
from tipline.platform.config import ROLES, settings
from tipline.platform.database import grants, roles, safety
from tipline.platform.database.grants import Grant
from tipline.platform.database.urls import django_database

AsRole = Callable[..., AbstractContextManager[None]]
pytestmark = pytest.mark.django_db


def test_a_role_reaches_nothing_that_is_not_listed(as_role: AsRole) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("public"):
        connection.cursor().execute("SELECT * FROM django_content_type")
    # The refusal left neither the role nor a broken transaction behind.
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("postgres",)


def test_every_role_logs_in_with_its_own_password_and_not_with_anothers(
    role_urls: Callable[[str], str],
) -> None:
    for role in ROLES:
        with psycopg.connect(role_urls(role)) as session:
            assert session.execute("SELECT current_user").fetchone() == (f"tipline_{role}",)
    wrong = roles.role_url(settings().database_url, role="public", password=keys.load_text("db_desk", settings().keys))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_no_deployable_may_create_tables_or_become_another_role(role_urls: Callable[[str], str]) -> None:
    for role in set(ROLES) - {"owner"}:
        with psycopg.connect(role_urls(role), autocommit=True) as session:
            for statement in (
                "CREATE TABLE x ()",
                "CREATE TEMP TABLE x ()",
                "SET ROLE tipline_owner",
                "CREATE ROLE x",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(statement)


@pytest.fixture
def owned_table(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE tipline_owner")
        cursor.execute("CREATE TABLE public.shelf (id bigserial PRIMARY KEY, title text, secret text)")
        cursor.execute(
            "CREATE FUNCTION public.shelf_size() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT count(*) FROM shelf'"
        )


def test_listed_columns_are_reachable_and_others_are_not(owned_table: None, as_role: AsRole) -> None:
    listed = (
        Grant(role="public", table="shelf", insert=("title",)),
        Grant(role="desk", table="shelf", select=("id", "title"), function=""),
        Grant(role="portal", function="shelf_size()"),
    )
    grants.apply(connection, listed)
    connection.cursor().execute("RESET ROLE")
    with as_role("public"):
        connection.cursor().execute("INSERT INTO shelf (title) VALUES ('one')")
    with as_role("desk"), connection.cursor() as cursor:
        cursor.execute("SELECT title FROM shelf")
        assert cursor.fetchall() == [("one",)]
    with as_role("portal"), connection.cursor() as cursor:
        cursor.execute("SELECT shelf_size()")
        assert cursor.fetchone() == (1,)
    for role, statement in (
        ("desk", "SELECT secret FROM shelf"),
        ("desk", "SELECT shelf_size()"),
        ("desk", "INSERT INTO shelf (title) VALUES ('two')"),
        ("public", "SELECT title FROM shelf"),
        ("public", "INSERT INTO shelf (secret) VALUES ('x')"),
    ):
        with pytest.raises(ProgrammingError), as_role(role):
            connection.cursor().execute(statement)


def test_a_right_that_is_no_longer_listed_is_gone(owned_table: None, as_role: AsRole) -> None:
    grants.apply(connection, (Grant(role="desk", table="shelf", select=True),))
    grants.apply(connection, ())
    connection.cursor().execute("RESET ROLE")
    with pytest.raises(ProgrammingError), as_role("desk"):
        connection.cursor().execute("SELECT title FROM shelf")


def test_a_grant_to_an_unknown_role_or_to_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no deployable"):
        Grant(role="nobody", table="shelf", select=True)
    with pytest.raises(ValueError, match="a table, a function or a job"):
        Grant(role="desk", select=True)


def test_a_server_that_could_lose_acknowledged_reports_is_refused() -> None:
    # The test server runs with fsync off on purpose: the check must say so.
    with pytest.raises(safety.UnsafeServer, match="fsync is off"):
        safety.check(settings().database_url)


def test_roles_are_made_again_without_harm() -> None:
    passwords = {role: keys.load_text(f"db_{role}", settings().keys) for role in ROLES}
    roles.ensure_roles(settings().database_url, passwords=passwords)


def test_a_user_without_the_right_to_create_roles_gets_one_sentence(role_urls: Callable[[str], str]) -> None:
    with pytest.raises(roles.RolesRefused, match="CREATEROLE"):
        roles.ensure_roles(role_urls("worker"), passwords=dict.fromkeys(ROLES, "x"))


def test_web_roles_get_a_transaction_a_request_and_limits(tmp_path: Path) -> None:
    from dataclasses import replace

    entry = django_database(replace(settings(), role="desk"))
    assert entry["ATOMIC_REQUESTS"] is True
    assert "statement_timeout" in entry["OPTIONS"]["options"]
    assert entry["HOST"].endswith("socket")
    assert django_database(settings())["ATOMIC_REQUESTS"] is False
