"""Deny by default: what each deployable's role may touch, listed beside the tables it concerns.

Each app's `access.py` holds `GRANTS`, a tuple of Grant. At every migration all rights are taken away and the
listed ones given, so a right that is no longer listed is gone.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from tipline.platform.config import ROLES
from tipline.platform.database.roles import role_name

Columns = bool | tuple[str, ...]
BEGIN_JOBS = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one role may do with one table or one function, or which job it may begin. True means every column; a tuple
    names the columns.

    function: as PostgreSQL writes it, with argument types: `name(bigint, text)`.
    job: the name of a task (`pipeline.JOBS`); locks: how the locks begin that it may take for it.
    """

    role: str
    table: str = ""
    select: Columns = False
    insert: Columns = False
    update: Columns = False
    delete: bool = False
    function: str = ""
    job: str = ""
    locks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """This function will refuse a grant that names no known role, or not exactly one of table, function and job."""
        if self.role not in ROLES or self.role == "owner":
            raise ValueError(f"{self.role} is no deployable's role")
        if sum(map(bool, (self.table, self.function, self.job))) != 1:
            raise ValueError("a grant names a table, a function or a job")


def collect() -> tuple[Grant, ...]:
    """This function will gather the grants of every installed app."""
    found: list[Grant] = []
    for config in apps.get_app_configs():
        if importlib.util.find_spec(f"{config.name}.access"):
            found.extend(importlib.import_module(f"{config.name}.access").GRANTS)
    return tuple(found)


def apply(connection: BaseDatabaseWrapper, grants: Iterable[Grant] | None = None) -> None:
    """This function will take away all rights and give the listed ones, in one transaction.

    Runs as the owner of the tables. Raises the database's error where a grant names a table that does not
    exist.
    """
    listed = collect() if grants is None else tuple(grants)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = str(cursor.fetchone()[0])
        cursor.execute(_FUNCTIONS_OF_OWNER)
        functions = [str(row[0]) for row in cursor.fetchall()]
        cursor.execute(_SEQUENCES)
        sequences = {(str(table), str(column)): str(name) for table, column, name in cursor.fetchall()}
        statements = [*_revocations(owner, functions)]
        for grant in listed:
            statements.extend(_statements(grant, sequences))
        # One message, one implicit transaction: no moment in which a running process has no rights.
        cursor.execute(sql.SQL(";\n").join(statements))


# Functions of extensions belong to somebody else and are left alone.
_FUNCTIONS_OF_OWNER = """
SELECT p.oid::regprocedure::text FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND pg_get_userbyid(p.proowner) = current_user
"""
_SEQUENCES = """
SELECT t.relname, a.attname, s.oid::regclass::text
FROM pg_class s
JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S'
"""


def _revocations(owner: str, functions: list[str]) -> list[sql.Composable]:
    roles = sql.SQL(", ").join(sql.Identifier(role_name(role)) for role in ROLES if role != "owner")
    found: list[sql.Composable] = [
        sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(_raw(kind), roles)
        for kind in ("TABLES", "SEQUENCES")
    ]
    found += [sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC, {}").format(_raw(name), roles) for name in functions]
    found.append(sql.SQL("DELETE FROM database_jobright"))
    found.append(
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(
            sql.Identifier(owner)
        )
    )
    return found


def _statements(grant: Grant, sequences: dict[tuple[str, str], str]) -> list[sql.Composable]:
    role = sql.Identifier(role_name(grant.role))
    if grant.function:
        return [sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(_raw(grant.function), role)]
    if grant.job:
        return [_job_right(grant), sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(_raw(BEGIN_JOBS), role)]
    rights = [
        _right(verb, columns)
        for verb, columns in (("SELECT", grant.select), ("INSERT", grant.insert), ("UPDATE", grant.update))
        if columns
    ] + ([sql.SQL("DELETE")] if grant.delete else [])
    if not rights:
        return []
    table = sql.Identifier(grant.table)
    found = [sql.SQL("GRANT {} ON TABLE {} TO {}").format(sql.SQL(", ").join(rights), table, role)]
    if grant.insert:
        found += [
            sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(_raw(name), role)
            for (of_table, _), name in sequences.items()
            if of_table == grant.table
        ]
    return list(found)


def _job_right(grant: Grant) -> sql.Composable:
    values = (role_name(grant.role), grant.job, list(grant.locks))
    listed = sql.SQL(", ").join(map(sql.Literal, values))
    return sql.SQL("INSERT INTO database_jobright (role, task, locks) VALUES ({})").format(listed)


def _right(verb: str, columns: Columns) -> sql.Composable:
    if isinstance(columns, bool):
        return _raw(verb)
    return sql.SQL("{} ({})").format(_raw(verb), sql.SQL(", ").join(map(sql.Identifier, columns)))


def _raw(text: str) -> sql.SQL:
    # Names of functions and sequences come from the catalogue and from our own access.py, never from a user.
    return sql.SQL(text)
