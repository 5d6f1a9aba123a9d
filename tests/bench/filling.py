"""Filling a house with millions of made-up reports by set-based SQL, as far as it is the same for every bench.

A statement of a bench makes rows of the reports in `bench_number` from %(low)s to below %(high)s.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import psycopg
from tests import stack

from tipline.domain.number import number_of
from tipline.platform import keys

FIRST = 1_000  # the filled reports' ids begin here; those before are the warming up's
CHUNK = 50_000


@contextmanager
def asleep(houses: Sequence[stack.Stack]) -> Iterator[None]:
    """This function will let the workers of houses sleep meanwhile."""
    workers = [pid for house in houses if (pid := house.pid_of("worker")) is not None]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)


def prepare(link: psycopg.Connection, house: stack.Stack, reports: int, width: int) -> None:
    """This function will make room for so many reports and give each its number, in `bench_number`."""
    top = FIRST + reports
    key = keys.load_bytes("number", house.folder / "data" / "keys")
    link.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
    link.execute("SELECT pg_reload_conf()")
    link.execute("SELECT setval('reports_report_id_seq', %s)", [top])
    for (table,) in link.execute("SELECT parent FROM database_growing").fetchall():
        link.execute("SELECT database_make_room(%s, %s, 2)", [table, width])
    link.execute("CREATE UNLOGGED TABLE bench_number (id bigint PRIMARY KEY, number bigint NOT NULL)")
    spans = [(low, min(low + CHUNK, top)) for low in range(FIRST, top, CHUNK)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(partial(_number, house.database_url(), key), spans))


def _number(url: str, key: bytes, span: tuple[int, int]) -> None:
    # Eight rounds of SHA-256 for each, in Python: ten million of them take a core a quarter of an hour.
    with psycopg.connect(url, autocommit=True) as link, link.cursor().copy("COPY bench_number FROM STDIN") as rows:
        for report_id in range(*span):
            rows.write_row((report_id, number_of(report_id, key)))


def fill(house: stack.Stack, reports: int, statements: Sequence[str], **values: int) -> None:
    """This function will run the statements chunk by chunk, on every processor; `values` are theirs beside the span."""
    top = FIRST + reports
    turns = iter(range(FIRST, top, CHUNK))

    def run_turns(_: int) -> None:
        with psycopg.connect(house.database_url(), autocommit=True) as link:
            # The rows are right as they are: no guard is asked about each, and none must outlive a power cut.
            link.execute("SET session_replication_role = replica")
            link.execute("SET synchronous_commit = off")
            for low in turns:
                span = {"low": low, "high": min(low + CHUNK, top), "top": top, **values}
                for statement in statements:
                    link.execute(statement, span)

    with ThreadPoolExecutor(hands := os.cpu_count() or 1) as pool:
        list(pool.map(run_turns, range(hands)))


def settle(link: psycopg.Connection, *tables: str) -> None:
    """This function will drop what helped (`bench_number` and `tables`) and bring the database to rest."""
    for name in ("bench_number", *tables):
        link.execute(f"DROP TABLE {name}")
    link.execute("VACUUM (ANALYZE)")
    link.execute("CHECKPOINT")


def is_filled(house: stack.Stack, reports: int, identifiers: int) -> bool:
    """This function will tell whether a house holds so many reports and identifiers."""
    found = house.rows("SELECT (SELECT count(*) FROM reports_report), (SELECT count(*) FROM reports_identifierrow)")
    return bool(found[0][0] >= reports and found[0][1] >= identifiers)
