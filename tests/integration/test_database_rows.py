"""Many rows in one statement: whatever a value holds, it stands in its own row and column; rows are found by key."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from tests.conftest import AsRole

from tipline.platform.database.rows import Row, Table, ask, without_waiting
from tipline.reports import grading, uploads

pytestmark = pytest.mark.django_db
KINDS = {"n": "bigint", "word": "text", "told": "jsonb", "sealed": "bytea", "at": "timestamptz", "yes": "boolean"}
ROWS = Table("kept_rows", KINDS, always={"mark": "'m'"})
AT = datetime(2026, 2, 20, 8, 30, 0, 123456, UTC)


@pytest.fixture(autouse=True)
def table(db: None) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in KINDS.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE kept_rows ({columns}, mark text, UNIQUE (n))")


def kept() -> list[Row]:
    return ask("SELECT n, word, told::text, sealed, at, yes, mark FROM kept_rows ORDER BY n", ())


@pytest.mark.parametrize("word", ["", "a\nb", "\x1f", "a\x1f\x1fb", "NULL", '{"a"}', "\\x00", "é\U0001f600", " "])
def test_every_word_comes_back_as_it_was(word: str) -> None:
    ROWS.insert([(1, word, '"a\\u001fb"', b"\x00\x1f", AT, True), (2, "other", "[]", None, None, False)])
    assert kept() == [
        (1, word, '"a\\u001fb"', b"\x00\x1f", AT, True, "m"),
        (2, "other", "[]", None, None, False, "m"),
    ]


def test_a_row_alone_may_be_empty() -> None:
    ROWS.insert([(1, "", "{}", None, None, False)])
    assert kept() == [(1, "", "{}", None, None, False, "m")]


def test_rows_that_are_there_get_new_values_and_others_keep_theirs() -> None:
    ROWS.insert([(number, "old", "{}", None, None, False) for number in (1, 2, 3)])
    Table("kept_rows", {"n": "bigint", "word": "text"}).change([(3, "new"), (1, "")])
    assert [row[1] for row in kept()] == ["", "old", "new"]


def test_an_error_of_what_was_not_waited_for_comes_at_the_end() -> None:
    row: Row = (1, "", "{}", None, None, False)

    def twice() -> None:
        with transaction.atomic(), without_waiting():
            ROWS.insert([row])
            ROWS.insert([row])

    with pytest.raises(IntegrityError):
        twice()
    assert kept() == []


@pytest.mark.parametrize("written", [uploads._TOUCHED, uploads._DETAILS, grading._GRADES])
def test_a_door_finds_the_rows_that_it_changes_by_their_key(written: Table, as_role: AsRole) -> None:
    statement = re.sub(r"%\(\w+\)b", "NULL::text", written._update)
    with as_role("esp_api"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: (id = r.c0)" in plan, plan
