"""Many rows in one statement: what a busy door writes goes in column by column, each column as one text.

An array would be written value by value in Python, which took longer than PostgreSQL's own work upon it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg
from django.db import connection

Row = tuple[Any, ...]
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
            run(self._statement, self._sent(rows))

    def _sent(self, rows: Sequence[Row]) -> dict[str, str]:
        columns = [_texts(kind, values) for kind, values in zip(self.columns.values(), zip(*rows, strict=True))]
        between = _BETWEEN
        while True:
            sent = {f"c{place}": between.join(texts) for place, texts in enumerate(columns)}
            if all(text.count(between) == len(rows) - 1 for text in sent.values()):
                return sent | {"between": between}
            between = f"{_BETWEEN}{secrets.token_hex(8)}"  # somebody's words hold the sign

    @cached_property
    def _statement(self) -> str:
        kinds = self.columns.values()
        sent = ", ".join(f"string_to_array(%(c{place})b, %(between)b, '')" for place in range(len(kinds)))
        taken = ", ".join([*(_taken(place, kind) for place, kind in enumerate(kinds)), *self.always.values()])
        names = ", ".join(f"c{place}" for place in range(len(kinds)))
        into = ", ".join([*self.columns, *self.always])
        # Names and types are constants of the code, never input.
        return f"INSERT INTO {self.name} ({into}) SELECT {taken} FROM unnest({sent}) AS r({names})"  # noqa: S608


def _texts(kind: str, values: Sequence[Any]) -> Sequence[str]:
    if kind in {"text", "jsonb"}:
        return values
    if kind == "bytea":
        return ["" if value is None else f"\\x{value.hex()}" for value in values]
    return ["" if value is None else str(value) for value in values]


def _taken(place: int, kind: str) -> str:
    return f"coalesce(c{place}, '')" if kind == "text" else f"c{place}::{kind}"


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


@contextmanager
def without_waiting() -> Iterator[None]:
    """This function will send what `run` is given without waiting for the answers; the block ends when all are there.

    Errors are raised then, or before. Raises DatabaseError.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
