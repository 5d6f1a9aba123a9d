"""Tables that grow without an end, kept in ranges of a counter (ADR 19): dividing one, and having room in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import LockNotAvailable

from tipline.platform.config import settings

# So many empty ranges stand ready: at the default width half a million reports, seven minutes of the greatest flood.
AHEAD = 2


def make_room() -> int:
    """This function will make the ranges that will soon be needed, and count them.

    A table whose lock is not to be had at once is left for the next time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT parent FROM database_growing ORDER BY parent")
        tables = [str(row[0]) for row in cursor.fetchall()]
    return sum(_make_room_in(table) for table in tables)


def _make_room_in(table: str) -> int:
    def ask() -> int:
        with connection.cursor() as cursor:
            return _ask_for_room(cursor, table)

    return unless_locked(ask)


def unless_locked(act: Callable[[], int]) -> int:
    """This function will do in one transaction what takes locks, and give what it gives.

    Where a lock is not to be had in time nothing is done, and 0 is given: the next timer tries again.
    """
    try:
        with transaction.atomic():
            return act()
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return 0


def _ask_for_room(cursor: CursorWrapper, table: str) -> int:
    cursor.execute("SELECT database_make_room(%s, %s, %s)", [table, settings().partition_reports, AHEAD])
    return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Range:
    """One partition: the rows of `table` whose key is from `start` to below `end`."""

    table: str
    name: str
    start: int
    end: int


def list_ranges() -> tuple[Range, ...]:
    """This function will list the ranges of every growing table, in their order; the rests are not among them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT parent, part, low, high FROM database_range ORDER BY parent, low")
        return tuple(Range(*row) for row in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Division:
    """How a table is divided: the key of its ranges, the counter behind the key, and the keys and indexes it gets.

    `keys` are constraints as `ALTER TABLE ... ADD` takes them, `indexes` whole statements. Uniqueness holds within a
    range, so each unique key names the key of the ranges, or a value that no two ranges can share.
    """

    table: str
    key: str
    counter: str
    keys: Sequence[str]
    indexes: Sequence[str] = ()


def divide(cursor: CursorWrapper, one: Division) -> None:
    """This function will turn a table into one of ranges where it stands, with its rows, rights and triggers.

    For migrations, inside their transaction; rights are given anew after every migration.
    """
    kept, whole = _carried(cursor, one.table), f"{one.table}_whole"
    last = _value(cursor, "SELECT nextval(pg_get_serial_sequence(%s, 'id'))", one.table)
    names = ", ".join(f'"{name}"' for name in kept.columns)
    for statement in (
        f"ALTER TABLE {one.table} RENAME TO {whole}",
        f"ALTER TABLE {whole} ALTER COLUMN id DROP IDENTITY",
        f"CREATE TABLE {one.table} (LIKE {whole} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)"
        f" PARTITION BY RANGE ({one.key})",
        f"CREATE SEQUENCE {one.table}_id_seq AS bigint START {last} OWNED BY {one.table}.id",
        f"ALTER TABLE {one.table} ALTER COLUMN id SET DEFAULT nextval('{one.table}_id_seq')",
        *kept.guards,
        f"INSERT INTO database_growing VALUES ('{one.table}', '{one.key}', '{one.counter}')",  # noqa: S608
        f"SELECT database_add_range('{one.table}', '{one.table}_rest', 'DEFAULT')",
    ):
        cursor.execute(statement)
    _ask_for_room(cursor, one.table)
    for statement in (
        f"INSERT INTO {one.table} ({names}) SELECT {names} FROM {whole}",  # noqa: S608 - names of the catalogue
        f"DROP TABLE {whole}",
        *(f"ALTER TABLE {one.table} ADD {key}" for key in one.keys),
        *one.indexes,
        *kept.references,
    ):
        cursor.execute(statement)


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a table hands on: its columns, and as statements its guards (triggers, policies) and its references."""

    columns: list[str]
    guards: list[str]
    references: list[str]


_COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
_TRIGGERS = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
_POLICIES = """
SELECT format('CREATE POLICY %%I ON %%I AS %%s FOR %%s TO %%s', policyname, tablename, permissive, cmd,
         (SELECT string_agg(quote_ident(role), ', ') FROM unnest(roles) AS role))
  || coalesce(' USING (' || qual || ')', '') || coalesce(' WITH CHECK (' || with_check || ')', '')
FROM pg_policies WHERE schemaname = 'public' AND tablename = %s
"""
_SECURED = """
SELECT format('ALTER TABLE %%I %%s ROW LEVEL SECURITY', relname, wish) FROM pg_class
CROSS JOIN LATERAL (VALUES ('ENABLE', relrowsecurity), ('FORCE', relforcerowsecurity)) AS w(wish, wanted)
WHERE oid = %s::regclass AND wanted
"""
_REFERENCES = """
SELECT format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'
"""


def _carried(cursor: CursorWrapper, table: str) -> _Carried:
    guards = [text for query in (_TRIGGERS, _POLICIES, _SECURED) for text in _texts(cursor, query, table)]
    return _Carried(_texts(cursor, _COLUMNS, table), guards, _texts(cursor, _REFERENCES, table))


def _texts(cursor: CursorWrapper, query: str, table: str) -> list[str]:
    cursor.execute(query, [table])
    return [str(row[0]) for row in cursor.fetchall()]


def _value(cursor: CursorWrapper, query: str, table: str) -> Any:
    cursor.execute(query, [table])
    return cursor.fetchone()[0]
