"""Many rows in one statement: what a busy door writes goes in column by column, bound by the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg
from django.db import connection

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A table and the columns that are written, each with its SQL type; a `jsonb` column takes JSON text.

    `always` are the columns that hold the same in every row, as SQL literals.
    """

    name: str
    columns: Mapping[str, str]
    always: Mapping[str, str] = field(default_factory=dict)

    def insert(self, rows: Sequence[Row]) -> None:
        """This function will insert rows, with values in the order of the columns. Raises DatabaseError.

        Nothing is read back: a door may insert where it may not read.
        """
        if rows:
            ask(self._statement, [list(column) for column in zip(*rows, strict=True)])

    @cached_property
    def _statement(self) -> str:
        kinds = self.columns.values()
        sent = ", ".join(f"%b::{'text' if kind == 'jsonb' else kind}[]" for kind in kinds)
        taken = ", ".join([*(f"c{place}::{kind}" for place, kind in enumerate(kinds)), *self.always.values()])
        names = ", ".join(f"c{place}" for place in range(len(self.columns)))
        into = ", ".join([*self.columns, *self.always])
        # Names and types are constants of the code, never input.
        return f"INSERT INTO {self.name} ({into}) SELECT {taken} FROM unnest({sent}) AS r({names})"  # noqa: S608


def ask(statement: str, values: Sequence[Any]) -> list[Row]:
    """This function will run one statement in the current transaction, prepared, and return its rows.

    Raises DatabaseError. Django's own cursor writes all values into the text of the statement instead, which takes
    longer than the statement itself where values are large.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return cursor.fetchall() if cursor.description else []
