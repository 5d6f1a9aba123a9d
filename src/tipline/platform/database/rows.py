"""Many rows in one statement: what a busy door writes goes in column by column, each column as one text.

An array would be written value by value in Python, which took longer than PostgreSQL's own work upon it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, lru_cache
from typing import Any, TypeVar

import psycopg
from django.db import connection
from django.db.models import Model

Row = tuple[Any, ...]
_M = TypeVar("_M", bound=Model)
_BETWEEN = "\x1f"  # between two values of a column: neither XML nor JSON can hold this sign


@dataclass(frozen=True)
class Table:
    """A table and the columns that are written, each with its SQL type; a `jsonb` column takes JSON text.

    A value None is NULL, but for texts: their columns have none. `always` are the columns that hold the same in every
    row, as SQL literals.
    """

    name: str
    columns: Mapping[str, str]
    always: Mapping[str, str] = field(default_factory=dict)

    def insert(self, rows: Sequence[Row]) -> None:
        """This function will insert rows, with values in the order of the columns. Raises DatabaseError.

        Nothing is read back: a door may insert where it may not read.
        """
        if rows:
            run(self._insert, self._sent(rows))

    def change(self, rows: Sequence[Row]) -> None:
        """This function will give the other columns of rows that are there new values; the first column names the row.

        Raises DatabaseError. Of two for the same row one counts.
        """
        if rows:
            run(self._update, self._sent(rows))

    def _sent(self, rows: Sequence[Row]) -> dict[str, Any]:
        columns = {
            f"c{place}": (kind, values)
            for place, (kind, values) in enumerate(zip(self.columns.values(), zip(*rows, strict=True), strict=True))
        }
        words = "".join(["".join(values) for kind, values in columns.values() if kind == "text"])
        between = _BETWEEN if _BETWEEN not in words else f"{_BETWEEN}{secrets.token_hex(8)}"
        return {name: _sent(kind, values, between) for name, (kind, values) in columns.items()} | {"between": between}

    @cached_property
    def _from(self) -> str:
        sent = ", ".join(_received(place, kind) for place, kind in enumerate(self.columns.values()))
        return f"FROM unnest({sent}) AS r({', '.join(f'c{place}' for place in range(len(self.columns)))})"

    @cached_property
    def _taken(self) -> dict[str, str]:
        return {name: _taken(place, kind) for place, (name, kind) in enumerate(self.columns.items())}

    # Names and types are constants of the code, never input.
    @cached_property
    def _insert(self) -> str:
        into = ", ".join([*self.columns, *self.always])
        taken = ", ".join([*self._taken.values(), *self.always.values()])
        return f"INSERT INTO {self.name} ({into}) SELECT {taken} {self._from}"

    @cached_property
    def _update(self) -> str:
        (key, named), *others = self._taken.items()
        new = ", ".join(f"{name} = {value}" for name, value in others)
        return f"UPDATE {self.name} AS t SET {new} {self._from} WHERE t.{key} = {named}"  # noqa: S608


def _sent(kind: str, values: Sequence[Any], between: str) -> Any:
    if kind == "bytea":
        return list(values)  # few and large: as they are
    if kind in {"text", "jsonb"}:
        return between.join(values)
    if kind == "timestamptz":
        return between.join(["" if value is None else _stamp(value) for value in values])
    return between.join(["" if value is None else str(value) for value in values])


@lru_cache(maxsize=1024)
def _stamp(moment: datetime) -> str:
    # One moment stands in several tables; writing it out takes longer than all else that is done with it.
    return str(moment)


def _received(place: int, kind: str) -> str:
    if kind == "bytea":
        return f"%(c{place})b::bytea[]"
    # The whole list is cast and not each value: row-level security lets no cast look at a row before its policies do,
    # so a key that is cast in the comparison would be looked for in the whole table.
    return f"string_to_array(%(c{place})b, %(between)b, '')::{kind}[]"


def _taken(place: int, kind: str) -> str:
    return f"coalesce(c{place}, '')" if kind == "text" else f"c{place}"


def run(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> None:
    """This function will run one statement in the current transaction, prepared. Raises DatabaseError.

    Django's own cursor writes all values into the text of the statement instead, which takes longer than the statement
    itself where values are large.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        psycopg.Cursor(connection.connection).execute(statement, values, prepare=True)


def ask(statement: str, values: Sequence[Any]) -> list[Row]:
    """This function will run one statement as `run` does, and return its rows."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


def ask_in_order(statement: str, values: Sequence[Any]) -> list[Row]:
    """This function will ask for the first rows in the order of an index, and have no more than those read.

    PostgreSQL thinks that nearly every value stands in a row or two, and so that sorting costs nothing: of a value that
    stands in a hundred thousand it would read all to sort them. Here it is told not to sort while it plans; the plan is
    kept. Ends with the statement, and with the transaction where that fails.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        with connection.connection.pipeline():
            connection.connection.execute("SET enable_sort = off")
            cursor.execute(statement, values, prepare=True)
            connection.connection.execute("RESET enable_sort")
        return cursor.fetchall()


def load(model: type[_M], rest: str, values: Sequence[Any]) -> list[_M]:
    """This function will read the rows of a table, called `t`, that the rest of a statement names, prepared.

    What a busy worker reads for each report: Django would put the same statement together anew each time, which takes
    longer than PostgreSQL needs to answer it.
    """
    statement, names, readers = _selection(model)
    found = []
    for row in ask(f"{statement} {rest}", values):
        told = list(row)
        for place, read in readers:
            told[place] = read(told[place], None, connection)
        found.append(model.from_db(connection.alias, names, told))
    return found


@cache
def _selection(model: type[Model]) -> tuple[str, list[str], list[tuple[int, Any]]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f't."{field.column}"' for field in fields)
    readers = [(place, field.from_db_value) for place, field in enumerate(fields) if hasattr(field, "from_db_value")]
    table = f"SELECT {columns} FROM {model._meta.db_table} AS t"  # noqa: S608 - names of the code
    return table, [field.attname for field in fields], readers


@contextmanager
def without_waiting() -> Iterator[None]:
    """This function will send what `run` is given without waiting for the answers; the block ends when all are there.

    Errors are raised then, or before. Raises DatabaseError.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
