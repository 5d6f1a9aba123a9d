"""The start-up check of a server: an acknowledged report must survive a power cut."""

from __future__ import annotations

import psycopg

OLDEST_SERVER = 150000
MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


class UnsafeServer(Exception):
    """A server that may lose what it acknowledged; the message is a sentence for the operator."""


def check(url: str) -> None:
    """This function will refuse a server that is too old or may lose acknowledged reports.

    Measured: with synchronous_commit off, random kills lose acknowledged rows; with fsync off, a power cut
    loses tables.
    Raises UnsafeServer.
    """
    with psycopg.connect(url) as connection:
        version = connection.info.server_version
        values = {name: _shown(connection, name) for name in MUST_BE_ON}
    if version < OLDEST_SERVER:
        raise UnsafeServer(f"This PostgreSQL server is version {version // 10000}; Tipline needs 15 or newer.")
    for name, value in values.items():
        if value == "off":
            raise UnsafeServer(f"The server's setting {name} is off: acknowledged reports could be lost. Turn it on.")


def _shown(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return str(row[0]) if row else ""
