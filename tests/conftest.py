"""The ground of the tests: keys in a temporary folder, one embedded PostgreSQL, roles and grants as in life.

Unit tests start no server: it comes up with the first test that asks for a database.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

_FOLDER = Path(tempfile.mkdtemp(prefix="tipline-test-"))
_PASSWORD = "only-for-this-test-run"
_DATABASE = "tipline_test"
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


def _environment() -> None:
    # Set before Django reads its settings, which pytest-django does right after this file is loaded.
    from tipline.platform import keys
    from tipline.platform.database import embedded

    for name in [name for name in os.environ if name.startswith("TIPLINE_")]:
        del os.environ[name]
    url = embedded.socket_url(_FOLDER / "postgres" / "socket", _DATABASE, user=embedded.SUPERUSER, password=_PASSWORD)
    os.environ |= {
        "TIPLINE_DATA": str(_FOLDER),
        "TIPLINE_DEMO": "yes",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tipline.settings",
    }
    keys.ensure_keys(_FOLDER / "keys")


_environment()

# How long an example takes says nothing on a machine that does other work, too.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=(hypothesis.HealthCheck.too_slow,))
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """One server a run; tables made by the owner's role, as in life; tests themselves connect as superuser."""
    from tipline.platform.database import embedded

    place = embedded.Place(
        data=_FOLDER / "postgres",
        password=_PASSWORD,
        binaries=embedded.find_binaries(None),
        # Nothing of a test run need outlive a power cut. The fault runs start servers of their own.
        extra=("fsync=off", "full_page_writes=off", "synchronous_commit=off"),
    )
    server = embedded.start(place)
    try:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            _make_tables(server)
            _load_reference()
            _flush_past_triggers()
            yield
            _disconnect()
    finally:
        server.stop()


def _make_tables(server: object) -> None:
    from django.core.management import call_command
    from django.db import connections

    from tipline.platform import keys
    from tipline.platform.config import ROLES, settings
    from tipline.platform.database import embedded, grants, roles

    assert isinstance(server, embedded.EmbeddedServer)
    roles.ensure_database(server.url(), name=_DATABASE)
    passwords = {role: keys.load_text(f"db_{role}", settings().keys) for role in ROLES}
    roles.ensure_roles(server.url(_DATABASE), passwords=passwords)
    connection = connections["default"]
    superuser = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.settings_dict |= {"USER": roles.role_name("owner"), "PASSWORD": passwords["owner"]}
    call_command("migrate", verbosity=0, interactive=False)
    grants.apply(connection)
    connection.close()
    # Threads of a worker under test must not keep their connections beyond it. Pages answer in one transaction, as
    # those of every real door do.
    connection.settings_dict |= superuser | {"CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": True}


def _load_reference() -> None:
    # As in life, the facts are there when the house opens: counties, agencies and companies are loaded once a run, not
    # once a test. Without the entry in the audit, whose tests begin with an empty one.
    from unittest.mock import patch

    from tipline.platform import clock
    from tipline.reference.directory import service

    with patch.object(service, "record"):
        service.load_reference(now=clock.now())


def _flush_past_triggers() -> None:
    # Tests that commit empty all tables afterwards; append-only tables refuse that to everybody.
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush
    asleep = "SET LOCAL session_replication_role = replica"
    DatabaseOperations.execute_sql_flush = lambda self, sql_list: flush(self, [asleep, *sql_list])  # type: ignore[method-assign]


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


AsRole = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def as_role(db: None) -> AsRole:
    """`with as_role("portal", agency="icac-az"):` does what is inside with that deployable's rights alone."""
    return _as_role


@contextmanager
def _as_role(role: str, *, agency: str = "") -> Iterator[None]:
    from django.db import connection, transaction

    from tipline.platform.database.roles import role_name

    with transaction.atomic(), connection.cursor() as cursor:
        # A failure inside rolls back to this savepoint, which restores the former role too.
        cursor.execute(f"SET LOCAL ROLE {role_name(role)}")
        cursor.execute("SELECT set_config('app.agency', %s, true)", [agency])
        yield
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT set_config('app.agency', '', true)")


@pytest.fixture
def role_urls(db: None) -> Callable[[str], str]:
    """The connection address of each deployable's own log-in on the test database."""
    from tipline.platform import keys
    from tipline.platform.config import settings
    from tipline.platform.database import roles

    return lambda role: roles.role_url(
        settings().database_url, role=role, password=keys.load_text(f"db_{role}", settings().keys)
    )


@pytest.fixture
def fixed_now() -> datetime:
    """A moment that never changes: a Tuesday in winter, UTC."""
    return datetime(2026, 1, 13, 15, 4, 5, 678901, tzinfo=UTC)


@pytest.fixture
def free_port() -> int:
    """A port on loopback that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
