"""The near index in a table of PostgreSQL (`media.index.pgvector`): by its chunks, and beside reading the whole table.

Same server, same table, same queries, equal answers; the server is the embedded one, one query at a time.
"""

from __future__ import annotations

import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from tipline.figures.figure import Figure, Measured, Peer, Series
from tipline.media.index.pgvector import PgvectorIndex, create
from tipline.media.index.port import Neighbour
from tipline.platform.database import embedded

ABOUT = "near search in PostgreSQL with pgvector, by chunks, beside reading the table; bytes a hash"
_SETTINGS = ("fsync=off", "shared_buffers=1GB", "maintenance_work_mem=512MB", "max_wal_size=8GB",
             "max_parallel_workers_per_gather=0")  # fmt: skip
_TABLE, _RADIUS, _ASKED, _READ = "known", 31, 100, 12
_SCAN = b"SELECT (hash <~> %s::bit(256))::int, entry FROM known WHERE hash <~> %s::bit(256) <= %s ORDER BY 1, 2"


def run(full: bool) -> Iterator[Figure]:
    """This function will fill a table on a server of its own."""
    count = 1_000_000 if full else 50_000
    with tempfile.TemporaryDirectory(prefix="tipline-pgvector-") as folder:
        Path(folder).chmod(0o755)  # the server may be another user's
        password = secrets.token_hex(16)
        place = embedded.Place(Path(folder) / "server", password, embedded.find_binaries(None), _SETTINGS)
        server = embedded.start(place)
        try:
            with psycopg.connect(server.url(password=password), autocommit=True) as connection:
                yield from _at(connection, count)
        finally:
            server.stop()


def _at(connection: psycopg.Connection[Any], count: int) -> Iterator[Figure]:
    rng = np.random.default_rng(count)
    hashes = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    create(connection, _TABLE)
    begun = time.perf_counter()
    _fill(connection, hashes)
    store = PgvectorIndex(connection, _TABLE)
    store.make_indexes()
    built = time.perf_counter() - begun
    queries = list(_queries(hashes, rng))
    found, seconds = _timed(queries, store.find)
    read, slow = _timed(queries[:_READ], lambda query: _scan(connection, query))
    series = Series("pgvector", found[:_READ] == read and all(found[at] for at in range(0, _ASKED, 2)))
    where = f"{count / 1e6:g} M"
    rate = Measured(1 / statistics.fmean(seconds), len(seconds), sum(seconds))
    peer = Peer("the same table read by <~>", 1 / statistics.fmean(slow))
    yield series.figure(f"near search in PostgreSQL, {where}", "queries/s", rate, peer=peer)
    ((size,),) = connection.execute("SELECT pg_total_relation_size('known')").fetchall()
    yield series.figure(f"bytes a hash, {where}", "B", Measured(size / count, count, 0))
    yield series.figure(f"filled and indexed, {where}", "s", Measured(built, count, built))


def _fill(connection: psycopg.Connection[Any], hashes: NDArray[np.uint8]) -> None:
    with connection.cursor().copy("COPY known (entry, hash) FROM STDIN") as copy:
        for entry, row in enumerate(hashes):
            copy.write_row((entry, f"x{row.tobytes().hex()}"))


def _queries(hashes: NDArray[np.uint8], rng: np.random.Generator) -> Iterator[bytes]:
    """One in two lies near a stored hash, at every distance."""
    for at in range(_ASKED):
        near = hashes[at * 97].copy()
        for bit in rng.choice(256, at // 2 % (_RADIUS + 1), replace=False):
            near[bit // 8] ^= 1 << bit % 8
        yield near.tobytes() if at % 2 == 0 else rng.bytes(32)


def _timed(queries: Sequence[bytes], ask: Any) -> tuple[list[list[Neighbour]], list[float]]:
    found, seconds = [], []
    for query in queries[:4]:
        ask(query)
    for query in queries:
        begun = time.perf_counter()
        found.append(ask(query))
        seconds.append(time.perf_counter() - begun)
    return found, seconds


def _scan(connection: psycopg.Connection[Any], query: bytes) -> list[Neighbour]:
    value = f"x{query.hex()}"
    return [Neighbour(*row) for row in connection.execute(_SCAN, [value, value, _RADIUS]).fetchall()]
