"""The log-in roles: one for each deployable and one that owns the tables."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tipline.platform.config import ROLES


class RolesRefused(Exception):
    """The server does not let us make the roles; the message is a sentence for the operator."""


def role_name(role: str) -> str:
    """This function will return the PostgreSQL role of a deployable."""
    return f"tipline_{role}"


def role_url(url: str, *, role: str, password: str) -> str:
    """This function will return the same server's address for another role."""
    parts = {key: value for key, value in conninfo_to_dict(url).items() if key not in {"user", "password"}}
    return make_conninfo("", **parts, user=role_name(role), password=password)


def ensure_database(url: str, *, name: str) -> None:
    """This function will create the named database on the server of `url` where it is missing."""
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def ensure_roles(url: str, *, passwords: Mapping[str, str]) -> None:
    """This function will create the roles, set their passwords, and close the database to everybody else.

    passwords: by deployable; every one of ROLES. Works on any server from 15 on whose user owns the database
    and may create roles.
    Raises RolesRefused where that user may not.
    """
    try:
        with psycopg.connect(url) as connection:
            for role in ROLES:
                _ensure_role(connection, role_name(role), passwords[role])
            _close_to_others(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise RolesRefused(
            "The user of DATABASE_URL must own the database and have CREATEROLE: each part of Tipline has "
            f"its own log-in ({str(error).splitlines()[0]})."
        ) from error


def _ensure_role(connection: psycopg.Connection, name: str, password: str) -> None:
    # The verifier is computed here, so that no password reaches the server's log.
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    # Attributes are set at birth alone: later only a user that has them itself might name them.
    verb = "ALTER ROLE {} WITH" if exists else "CREATE ROLE {} WITH NOCREATEDB NOCREATEROLE NOINHERIT"
    connection.execute(
        sql.SQL("{} LOGIN PASSWORD {}").format(sql.SQL(verb).format(sql.Identifier(name)), sql.Literal(verifier))
    )


def _close_to_others(connection: psycopg.Connection) -> None:
    row = connection.execute("SELECT current_database()").fetchone()
    database = sql.Identifier(str(row[0] if row else ""))
    everybody = sql.SQL(", ").join(sql.Identifier(role_name(role)) for role in ROLES)
    owner = sql.Identifier(role_name("owner"))
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {everybody}",
        "GRANT USAGE ON SCHEMA public TO {everybody}",
        "GRANT CREATE ON DATABASE {database} TO {owner}",
        "GRANT CREATE ON SCHEMA public TO {owner}",
    ):
        connection.execute(sql.SQL(statement).format(database=database, everybody=everybody, owner=owner))
