"""A near index in a table of PostgreSQL, with the extension pgvector: the same answers as our files, for those who run
shards on an engine they know already. docs/howto/scale.md says what it costs.

    create(connection, "known", expected=10_000_000)     # once
    store = PgvectorIndex(connection, "known")           # a `port.Store`
    store.make_indexes()                                 # once, after the first many were added

Exact by its condition, not by its plan: a row counts if `hash <~> asked` is within the radius, and every such row has a
chunk near to the query's (the general pigeonhole, `plan`). The chunks are b-trees over expressions, so PostgreSQL joins
their bitmaps, or reads the table where that is cheaper. pgvector's own index (HNSW) misses neighbours and is not used.

A change is part of the connection's transaction: an entry and its hash are committed together. `connection` is one of
psycopg's, or what has its `execute`; nothing here imports it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any, Protocol

from tipline.media.index.bits import HASH_BYTES
from tipline.media.index.plan import HASH_BITS, radii_for, widths_for
from tipline.media.index.port import Neighbour, Pair
from tipline.media.kernels import NOT_NEEDED
from tipline.media.thresholds import PDQ_RADIUS

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}\Z")


class Rows(Protocol):
    """What a statement answered."""

    def fetchall(self) -> list[Any]:
        """This function will return all rows."""
        ...


class Connection(Protocol):
    """As much of a connection as is needed."""

    def execute(self, query: bytes, params: Sequence[Any] | None = None) -> Rows:
        """This function will run one statement."""
        ...


def create(connection: Connection, table: str, *, expected: int) -> None:
    """This function will make a table that is cut for about so many hashes. Other numbers are exact too.

    The extension must be there, or the connection be allowed to bring it in. Raises ValueError for a name of a table
    that is not plain.
    """
    name = _checked(table)
    connection.execute(b"CREATE EXTENSION IF NOT EXISTS vector")
    connection.execute(b"CREATE TABLE %b (entry bigint, hash bit(256), PRIMARY KEY (entry, hash))" % name)
    # Read again by each that opens the table: all must cut hashes alike, or the indexes are no use.
    connection.execute(b"COMMENT ON TABLE %b IS 'near index for %d'" % (name, expected))


class PgvectorIndex:
    """A `port.Store` in a table that `create` made. Not for several threads at once, as its connection."""

    def __init__(self, connection: Connection, table: str) -> None:
        """This function will open a table. Raises ValueError where `create` did not make it."""
        self._connection, self._table = connection, _checked(table)
        ((said,),) = connection.execute(b"SELECT obj_description(to_regclass(%s), 'pg_class')", [table]).fetchall()
        found = re.fullmatch(r"near index for (\d+)", said or "")
        if found is None:
            raise ValueError("the table is no near index")
        self._expected = int(found[1])
        self._widths = widths_for(self._expected)
        self._expressions = _chunks(self._widths)

    def __len__(self) -> int:
        """This function will count entries."""
        ((count,),) = self._connection.execute(b"SELECT count(*) FROM %b" % self._table).fetchall()
        return int(count)

    def make_indexes(self) -> None:
        """This function will make the indexes that are not there yet: before them every search reads the table."""
        for number, chunk in enumerate(self._expressions):
            names = (self._table, number, self._table, chunk)
            self._connection.execute(b"CREATE INDEX IF NOT EXISTS %b_chunk%d ON %b (%b)" % names)
        self._connection.execute(b"ANALYZE %b" % self._table)

    def find(self, hash: bytes, radius: int = PDQ_RADIUS) -> list[Neighbour]:
        """This function will list every entry whose hash differs from `hash` in at most `radius` bits, in order."""
        value = _text(hash)
        near, params = self._near_chunks(int.from_bytes(hash, "big"), radius)
        rows = self._connection.execute(
            b"SELECT (hash <~> %%s::bit(256))::int, entry FROM %b WHERE (%b) AND hash <~> %%s::bit(256) <= %%s"
            b" ORDER BY 1, 2" % (self._table, near),
            [value, *params, value, radius],
        )
        return [Neighbour(*row) for row in rows.fetchall()]

    def find_many(self, hashes: bytes, radius: int = PDQ_RADIUS) -> list[list[Neighbour]]:
        """This function will do what `find` does for many hashes, 32 bytes each."""
        return [self.find(hashes[at : at + HASH_BYTES], radius) for at in range(0, len(hashes), HASH_BYTES)]

    def add(self, pairs: Sequence[Pair]) -> None:
        """This function will add (hash, entry); others find them from the commit on."""
        self._change(b"INSERT INTO %b (entry, hash) %b ON CONFLICT DO NOTHING", pairs)

    def remove(self, pairs: Sequence[Pair]) -> None:
        """This function will remove (hash, entry); pairs that are not there do no harm."""
        self._change(b"DELETE FROM %b WHERE (entry, hash) IN (%b)", pairs)

    def _change(self, statement: bytes, pairs: Sequence[Pair]) -> None:
        values, entries = [_text(hash) for hash, _ in pairs], [entry for _, entry in pairs]
        given = b"SELECT entry, value::bit(256) FROM unnest(%s::bigint[], %s::text[]) AS given(entry, value)"
        if pairs:
            self._connection.execute(statement % (self._table, given), [entries, values])

    def _near_chunks(self, asked: int, radius: int) -> tuple[bytes, list[list[int]]]:
        """The condition that all within the radius fulfil, and its values; none where a plain look is as quick."""
        radii = radii_for(self._widths, self._expected, radius)
        if not radii:
            return b"true", []
        conditions, values, last = [], [], HASH_BITS
        for expression, width, most in zip(self._expressions, self._widths, radii, strict=True):
            last -= width
            if most != NOT_NEEDED:
                own = asked >> last & ((1 << width) - 1)
                conditions.append(expression + b" = ANY(%s::int[])")
                values.append([own ^ mask for mask in _masks(width, most)])
        return b" OR ".join(conditions), values


def _checked(table: str) -> bytes:
    if not _NAME.match(table):
        raise ValueError("a table's name is of small letters, digits and underscores")
    return table.encode()


def _text(hash: bytes) -> str:
    if len(hash) != HASH_BYTES:
        raise ValueError("a hash has 32 bytes")
    return f"x{hash.hex()}"


def _chunks(widths: Sequence[int]) -> list[bytes]:
    firsts = [1 + sum(widths[:at]) for at in range(len(widths))]
    return [
        b"(substring(hash FROM %d FOR %d)::bit(%d)::int)" % (first, width, width)
        for first, width in zip(firsts, widths, strict=True)
    ]


@lru_cache(maxsize=64)
def _masks(width: int, most: int) -> tuple[int, ...]:
    return tuple(
        sum(1 << bit for bit in bits) for count in range(most + 1) for bits in combinations(range(width), count)
    )
