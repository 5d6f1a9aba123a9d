"""The near index in PostgreSQL keeps the same promises as the one in files, whatever plan the database chooses."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize
from tests.near_stores import (
    StoreMachine,
    holds_at_every_distance,
    random_hashes,
    refuses_what_is_no_hash,
    tells_an_entry_once_at_each_distance,
)

from tipline.media.index import pgvector
from tipline.media.index.pgvector import PgvectorIndex, create


@pytest.fixture(scope="module")
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own on the server of the tests: what the extension brings stays out of theirs."""
    from django.db import connection

    with django_db_blocker.unblock():
        params = {**connection.get_connection_params(), "cursor_factory": None, "context": None}
    params = {name: value for name, value in params.items() if name in ("host", "port", "user", "password", "dbname")}
    name = f"near_{secrets.token_hex(6)}"
    with psycopg.connect(**params, autocommit=True) as owner:
        if not owner.execute("SELECT FROM pg_available_extensions WHERE name = 'vector'").fetchall():
            pytest.skip("this PostgreSQL has no pgvector (the embedded one has)")
        owner.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield psycopg.conninfo.make_conninfo(**{**params, "dbname": name})
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


@pytest.fixture(params=["chosen", "indexes"])
def planned(request: pytest.FixtureRequest, connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """As the database plans it, and by the indexes of the chunks also where reading the table were cheaper."""
    if request.param == "indexes":
        connection.execute("SET enable_seqscan = off")
    return connection


def _table(connection: psycopg.Connection[Any]) -> PgvectorIndex:
    name = f"known_{secrets.token_hex(6)}"
    create(connection, name)
    made = PgvectorIndex(connection, name)
    made.make_indexes()
    return made


class _Machine(StoreMachine):
    """Two connections: what one changed the other finds."""

    ours: psycopg.Connection[Any]
    theirs: psycopg.Connection[Any]

    @initialize()
    def begin(self) -> None:
        self.store: PgvectorIndex = _table(self.ours)
        self.reader = PgvectorIndex(self.theirs, self.store._table.decode())
        self.pairs = set()


def test_any_order_of_changes_gives_the_same_answers(planned: psycopg.Connection[Any], database: str) -> None:
    with psycopg.connect(database, autocommit=True) as other:
        _Machine.ours, _Machine.theirs = planned, other
        few = HealthCheck.too_slow
        _Machine.TestCase.settings = settings(
            max_examples=5, stateful_step_count=12, deadline=None, suppress_health_check=[few]
        )
        _Machine.TestCase().runTest()


@pytest.mark.parametrize("count", [0, 1, 3000])
def test_everything_within_every_distance_is_found(count: int, planned: psycopg.Connection[Any]) -> None:
    hashes = random_hashes(count)
    store = _table(planned)
    store.add([(row.tobytes(), at) for at, row in enumerate(hashes)])
    assert len(store) == count
    holds_at_every_distance(store, hashes)


def test_chunks_are_searched_by_their_indexes_where_that_is_cheaper(connection: psycopg.Connection[Any]) -> None:
    store = _table(connection)
    store.add([(row.tobytes(), at) for at, row in enumerate(random_hashes(2000))])
    store.make_indexes()  # again: its figures of the table are new
    near, values = pgvector._near_chunks(5, 31)
    connection.execute("SET enable_seqscan = off")
    plan = connection.execute(b"EXPLAIN SELECT FROM %b WHERE %b" % (store._table, near), values).fetchall()
    shown = "\n".join(line for (line,) in plan)
    assert "BitmapOr" in shown
    assert shown.count("_chunk") == len(values)


def test_an_entry_counts_from_its_commit_on_and_not_at_all_without_one(
    connection: psycopg.Connection[Any], database: str
) -> None:
    store = _table(connection)
    hash = np.full(32, 5, np.uint8).tobytes()
    with psycopg.connect(database, autocommit=True) as other:
        reader = PgvectorIndex(other, store._table.decode())
        with connection.transaction():
            store.add([(hash, 1)])
            assert reader.find(hash) == []
        assert [one.entry for one in reader.find(hash)] == [1]
        with connection.transaction(force_rollback=True):
            store.add([(hash, 2)])
        assert [one.entry for one in store.find(hash)] == [1]


def test_an_entry_is_told_once_at_each_distance(connection: psycopg.Connection[Any]) -> None:
    tells_an_entry_once_at_each_distance(_table(connection))


def test_what_is_no_hash_and_no_plain_name_is_refused(connection: psycopg.Connection[Any]) -> None:
    refuses_what_is_no_hash(_table(connection))
    for name in ("", "Known", "known; DROP TABLE other", 'a"b', "a\n"):
        for use in (create, PgvectorIndex):
            with pytest.raises(ValueError, match="name"):
                use(connection, name)
