"""The ground that most verbs stand on: keys, a safe database server, roles, and Django as the owner."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tipline.platform import config, keys
from tipline.platform.config import ROLES, Settings
from tipline.platform.database import embedded, roles, safety

DATABASE = "tipline"
DEMO_MARK = "demo.played"  # in the data folder: no demo is played here any more, and why
BEGUN, PLAYED, RESTORED = "begun\n", "played\n", "restored\n"
UNSAFE = ("synchronous_commit=off", "wal_writer_delay=10s")  # see the setting unsafe_commit


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the database is. `admin_url` is the server's administrator's, `owner_url` the tables' owner's."""

    settings: Settings
    admin_url: str
    owner_url: str
    binaries: str  # folder of PostgreSQL's programs; empty where they are looked up on PATH
    server: embedded.EmbeddedServer | None = None

    def url_of(self, role: str) -> str:
        """This function will return the database address of a deployable's own role."""
        return roles.role_url(self.admin_url, role=role, password=keys.load_text(f"db_{role}", self.settings.keys))

    def tend(self, report: Callable[[str], None]) -> None:
        """This function will start our own server again where it has died; where it cannot, the next look tries."""
        if self.server is None:
            return
        try:
            self.server.tend(report)
        except embedded.EmbeddedError as error:
            report(str(error))


@contextmanager
def open_ground() -> Iterator[Ground]:
    """This function will bring up the database server for the time of the block, or use the one that runs.

    Raises EmbeddedError, UnsafeServer, RolesRefused, each with a sentence.
    """
    found = config.settings()
    keys.ensure_keys(found.keys)
    if found.database_url:
        yield _ground(found, found.database_url, None)
        return
    folder = found.data_dir / "postgres"
    password = keys.load_text("db_superuser", found.keys)
    extra = UNSAFE if found.unsafe_commit else ()
    place = embedded.Place(folder, password, embedded.find_binaries(found.postgres_bin), extra)
    try:
        server = embedded.start(place)
    except embedded.AlreadyServed:
        socket = embedded.socket_folder_of(folder)
        yield _ground(found, embedded.socket_url(socket, DATABASE, user=embedded.SUPERUSER, password=password), None)
        return
    try:
        roles.ensure_database(server.url(), name=DATABASE)
        yield _ground(found, server.url(DATABASE), server)
    finally:
        server.stop()


def _ground(found: Settings, admin_url: str, server: embedded.EmbeddedServer | None) -> Ground:
    if not found.unsafe_commit:
        safety.check(admin_url)
    passwords = {role: keys.load_text(f"db_{role}", found.keys) for role in ROLES}
    if not _is_in_use(admin_url):
        roles.ensure_roles(admin_url, passwords=passwords)
    owner_url = roles.role_url(admin_url, role="owner", password=passwords["owner"])
    binaries = "" if found.database_url else str(embedded.find_binaries(found.postgres_bin))
    return Ground(found, admin_url, owner_url, binaries, server)


def _is_in_use(admin_url: str) -> bool:
    # Roles of a running system are left as they are: a log-in in this moment must not meet another password.
    with psycopg.connect(admin_url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'tipline\\_%'").fetchone()
    return bool(row and row[0])


class NeverStarted(Exception):
    """There are no tables yet; the message is a sentence for the operator."""


def require_tables(ground: Ground) -> None:
    """This function will make sure that the house was started before. Raises NeverStarted."""
    with psycopg.connect(ground.admin_url) as connection:
        row = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
    if row is None or row[0] is None:
        raise NeverStarted("There is nothing here yet: start ./tipline run first.")


def set_up_django(ground: Ground) -> None:
    """This function will load Django in this process, as the owner of the tables."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tipline.settings",
        "TIPLINE_ROLE": "owner",
        "TIPLINE_ROLE_DATABASE_URL": ground.owner_url,
    }
    config.settings.cache_clear()
    import django

    django.setup()


def migrate() -> None:
    """This function will bring tables, rights and reference data up to date."""
    from django.core.management import call_command
    from django.db import connection

    from tipline.platform import clock
    from tipline.platform.database import grants, partitions
    from tipline.reference.directory.service import load_reference
    from tipline.reference.hashlists.service import ensure_lists

    call_command("migrate", verbosity=0, interactive=False)
    grants.apply(connection)
    partitions.make_room()
    load_reference(now=clock.now())
    ensure_lists(now=clock.now())
