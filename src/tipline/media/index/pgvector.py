"""A near index in a table of PostgreSQL, with the extension pgvector: the same answers as our files, for those who run
shards on an engine they know already. docs/howto/scale.md says what it costs.

    create(connection, "known")                     # once
    store = PgvectorIndex(connection, "known")      # a `port.Store`
    store.make_indexes()                            # once, after the first many were added

Exact by its condition, not by its plan: a row counts if `hash <~> asked` is within the radius, and every such row is
near to the query in one of sixteen chunks of 16 bits (the pigeonhole principle: 31 bits apart are at most one bit apart
in one chunk). The chunks are b-trees over expressions, so PostgreSQL joins their bitmaps, or reads the table where that
is cheaper. pgvector's own index (HNSW) misses neighbours and is not used. Chunks as wide as our files would have them
are as quick at a million, take 112 bytes a hash more, and must be chosen beforehand.

A change is part of the connection's transaction: an entry and its hash are committed together. `connection` is one of
psycopg's, or what has its `execute`; nothing here imports it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import Any, Protocol

from tipline.media.index.bits import HASH_BYTES
from tipline.media.index.port import Neighbour, Pair
from tipline.media.kernels import ALL
from tipline.media.thresholds import PDQ_RADIUS

_CHUNKS, _WIDTH = 16, 16
_FARTHEST = 47  # beyond it so many values are near in a chunk that the table is read
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


def create(connection: Connection, table: str) -> None:
    """This function will make a table.

    The extension must be there, or the connection be allowed to bring it in. Raises ValueError for a name of a table
    that is not plain.
    """
    name = _checked(table)
    connection.execute(b"CREATE EXTENSION IF NOT EXISTS vector")
    connection.execute(b"CREATE TABLE %b (entry bigint, hash bit(256), PRIMARY KEY (entry, hash))" % name)


class PgvectorIndex:
    """A `port.Store` in a table that `create` made. Not for several threads at once, as its connection."""

    def __init__(self, connection: Connection, table: str) -> None:
        """This function will open a table that `create` made."""
        self._connection, self._table = connection, _checked(table)

    def __len__(self) -> int:
        """This function will count entries."""
        ((count,),) = self._connection.execute(b"SELECT count(*) FROM %b" % self._table).fetchall()
        return int(count)

    def make_indexes(self) -> None:
        """This function will make the indexes that are not there yet: before them every search reads the table."""
        for number, chunk in enumerate(_EXPRESSIONS):
            names = (self._table, number, self._table, chunk)
            self._connection.execute(b"CREATE INDEX IF NOT EXISTS %b_chunk%d ON %b (%b)" % names)
        self._connection.execute(b"ANALYZE %b" % self._table)

    def find(self, hash: bytes, radius: int = PDQ_RADIUS) -> list[Neighbour]:
        """This function will list every entry whose hash differs from `hash` in at most `radius` bits, in order."""
        value = _text(hash)
        near, params = _near_chunks(int.from_bytes(hash, "big"), radius)
        rows = self._connection.execute(
            b"SELECT DISTINCT (hash <~> %%s::bit(256))::int, entry FROM %b WHERE (%b) AND hash <~> %%s::bit(256) <= %%s"
            b" ORDER BY 1, 2" % (self._table, near),
            [value, *params, value, radius],
        )
        return [Neighbour(*row) for row in rows.fetchall()]

    def find_many(self, hashes: bytes, radius: int = PDQ_RADIUS, most: int = ALL) -> list[list[Neighbour]]:
        """This function will do what `find` does for many hashes, 32 bytes each.

        One with more than `most` answers gets none; one near to more than `most` hashes may get none.
        """
        found = [self.find(hashes[at : at + HASH_BYTES], radius) for at in range(0, len(hashes), HASH_BYTES)]
        return [each if len(each) <= most else [] for each in found]

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


def _checked(table: str) -> bytes:
    if not _NAME.match(table):
        raise ValueError("a table's name is of small letters, digits and underscores")
    return table.encode()


def _text(hash: bytes) -> str:
    if len(hash) != HASH_BYTES:
        raise ValueError("a hash has 32 bytes")
    return f"x{hash.hex()}"


_EXPRESSIONS = tuple(
    b"(substring(hash FROM %d FOR %d)::bit(%d)::int)" % (1 + _WIDTH * number, _WIDTH, _WIDTH)
    for number in range(_CHUNKS)
)


def _near_chunks(asked: int, radius: int) -> tuple[bytes, list[list[int]]]:
    """The condition that all within the radius fulfil, and its values: the chunks' reaches, each and 1, are more."""
    if radius > _FARTHEST:
        return b"true", []
    share, rest = divmod(radius + 1, _CHUNKS)
    conditions, values = [], []
    for number, expression in enumerate(_EXPRESSIONS):
        reach = share + (number < rest) - 1
        if reach >= 0:
            own = asked >> _WIDTH * (_CHUNKS - 1 - number) & ((1 << _WIDTH) - 1)
            conditions.append(expression + b" = ANY(%s::int[])")
            values.append([own ^ mask for mask in _masks(reach)])
    return b" OR ".join(conditions) or b"false", values


@cache
def _masks(reach: int) -> tuple[int, ...]:
    return tuple(
        sum(1 << bit for bit in bits) for count in range(reach + 1) for bits in combinations(range(_WIDTH), count)
    )
