"""How fast the reporting API takes reports in; every acknowledged one is looked for in the database, row by row.

Generator, house, database and peers share the machine's cores. The peers write the same rows: a bare client of the
database into tables of the same form, and a plain Django view (`plain_view`) into the same ones.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from tests import load, parsing, stack
from tests.load import Order, Result

from tipline.figures.figure import Figure, Measured, Peer, Series, percentile

ABOUT = "reports a second at the reporting API, alone and with their files, beside a bare client and a plain view"
CONNECTIONS = 16
FILE_BYTES = 200_000
# As for two cores: the plain view has two processes as well. The worker gives way as it does in every house.
_SIZE = {"TIPLINE_API_PROCESSES": "2", "TIPLINE_WORKER_NICE": "10"}
_ALWAYS = ("reports_report", "reports_submission", "reports_journalentry", "reports_identifierrow", "audit_entry")
_ROWS_OF = """
SELECT (SELECT count(*) FROM reports_report r WHERE r.id = ANY(%(ids)s)),
       (SELECT count(*) FROM reports_submission s WHERE s.report_id = ANY(%(ids)s)),
       (SELECT count(*) FROM reports_journalentry j WHERE j.report_id = ANY(%(ids)s)),
       (SELECT count(*) FROM reports_identifierrow i WHERE i.report_id = ANY(%(ids)s)),
       (SELECT count(*) FROM audit_entry a WHERE a.object_id IN
           (SELECT number::text FROM reports_report r WHERE r.id = ANY(%(ids)s)))
"""


def run(full: bool) -> Iterator[Figure]:
    """This function will measure against a house of its own, in a temporary folder."""
    submits, conversations = (30_000, 2_000) if full else (1_000, 50)
    with tempfile.TemporaryDirectory(prefix="tipline-bench-") as folder, stack.start(Path(folder), _SIZE) as house:
        known = house.company()
        base = Order(house.port("esp_api"), known.username, known.secret, submits, connections=CONNECTIONS)
        load.drive(Order(base.port, base.username, base.secret, 50, seed=2))  # caches, plans and log-in
        taken = load.drive(base)
        ours = _rows_of(house, taken.numbers)
        bare = _Bare(house, taken.numbers[: min(submits, 5_000)]).run()
        plain, theirs = _plain_view(house, min(submits, 5_000))
        talked = load.drive(
            Order(base.port, base.username, base.secret, conversations, "conversation", file_bytes=FILE_BYTES, seed=3)
        )
        finished = house.rows(
            "SELECT count(*) FROM reports_report WHERE number = ANY(%s) AND received_at IS NOT NULL", talked.numbers
        )
        per_report = [count / len(taken.numbers) for count in ours]
        sound = (
            len(taken.numbers) == submits
            and per_report == theirs
            and finished == [(conversations,)]
            and len(talked.numbers) == conversations
        )
        yield from _figures(Series("intake", sound), taken, talked, bare, plain)


def _figures(series: Series, taken: Result, talked: Result, bare: Measured, plain: Result) -> Iterator[Figure]:
    floor = Peer("a bare client, the same rows, one transaction a report, 16 connections", bare.ours)
    view = Peer("a plain Django view, the same rows", _rate(plain).ours)
    yield series.figure("parse, validate and typed values of 3 kB (to be under 0.4)", "ms", parsing.measure())
    yield series.figure("submit of 3 KB beside a bare client", "reports/s", _rate(taken), peer=floor, at_least=0.2)
    yield series.figure("submit of 3 KB beside a plain view", "reports/s", _rate(taken), peer=view, at_least=3)
    yield series.figure("submit of 3 KB", "reports/s", _rate(taken), at_least=1200)
    yield series.figure("wait for submit, median", "ms", _wait(taken, 0.5))
    yield series.figure("wait for submit, 99 of 100 (to be under 100)", "ms", _wait(taken, 0.99))
    yield series.figure("submit, upload of 200 kB, fileinfo, finish", "reports/s", _rate(talked), at_least=120)
    yield series.figure("wait for the whole conversation, 99 of 100", "ms", _wait(talked, 0.99))


def _rate(result: Result) -> Measured:
    return Measured(len(result.numbers) / result.seconds, len(result.numbers), result.seconds)


def _wait(result: Result, share: float) -> Measured:
    return Measured(percentile(result.waits, share) * 1000, len(result.waits), result.seconds)


def _rows_of(house: stack.Stack, numbers: list[int]) -> tuple[int, ...]:
    with psycopg.connect(house.database_url(), autocommit=True) as link:
        found = link.execute("SELECT id FROM reports_report WHERE number = ANY(%s)", [numbers]).fetchall()
        return tuple(link.execute(_ROWS_OF, {"ids": [one for (one,) in found]}).fetchone() or ())


class _Bare:
    """The floor: the very rows of reports that were taken in, written again into tables of the same form."""

    def __init__(self, house: stack.Stack, numbers: list[int]) -> None:
        self._url = house.database_url()
        with psycopg.connect(self._url, autocommit=True) as link:
            for table in _ALWAYS:
                link.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
            self._columns = {table: self._columns_of(link, table) for table in _ALWAYS}
            self._reports = [self._rows(link, number) for number in numbers]

    def _columns_of(self, link: psycopg.Connection[Any], table: str) -> dict[str, str]:
        given = () if table == "reports_report" else ("id",)
        asked = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        return {f'"{name}"': kind for name, kind in link.execute(asked, [table]) if name not in given}

    def _rows(self, link: psycopg.Connection[Any], number: int) -> list[tuple[str, list[tuple[Any, ...]]]]:
        [(report,)] = link.execute("SELECT id FROM reports_report WHERE number = %s", [number])
        where = {"reports_report": ("id", report), "audit_entry": ("object_id", str(number))}
        rows = []
        for table in _ALWAYS:
            column, value = where.get(table, ("report_id", report))
            taken = [f"{name}::text" if kind == "jsonb" else name for name, kind in self._columns[table].items()]
            asked = f"SELECT {', '.join(taken)} FROM {table} WHERE {column} = %s"
            rows.append((table, link.execute(asked, [value]).fetchall()))
        return rows

    def run(self) -> Measured:
        """This function will write all reports over 16 connections, one transaction each, in pipelines."""
        turns, lock = iter(self._reports), threading.Lock()
        threads = [threading.Thread(target=self._write, args=(turns, lock)) for _ in range(CONNECTIONS)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - begun
        return Measured(len(self._reports) / seconds, len(self._reports), seconds)

    def _write(self, turns: Iterator[Any], lock: threading.Lock) -> None:
        statements = {
            table: f"INSERT INTO bare_{table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
            for table, names in self._columns.items()
        }
        with psycopg.connect(self._url) as link:
            while True:
                with lock:
                    report = next(turns, None)
                if report is None:
                    return
                with link.pipeline(), link.cursor() as cursor:
                    for table, rows in report:
                        for row in rows:
                            cursor.execute(statements[table], row, prepare=True)
                    link.commit()


def _plain_view(house: stack.Stack, count: int) -> tuple[Result, list[float]]:
    port = stack.free_ports(1)
    code = (
        "from granian import Granian; from granian.constants import Interfaces; "
        f"Granian('tests.bench.plain_view:application', address='127.0.0.1', port={port}, "
        "interface=Interfaces.WSGI, workers=2, blocking_threads=4, log_access=False).serve()"
    )
    environment = dict(house.environment) | {
        "DJANGO_SETTINGS_MODULE": "tests.bench.plain_settings",
        "TIPLINE_ROLE": "esp_api",
        "TIPLINE_ROLE_DATABASE_URL": house.database_url(),
        "PYTHONPATH": f"{stack.ROOT / 'src'}:{stack.ROOT}",
    }
    with subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=stack.ROOT) as server:
        try:
            stack.await_port(port)
            load.drive(Order(port, "x", "x", 50, connections=CONNECTIONS, seed=4))
            result = load.drive(Order(port, "x", "x", count, connections=CONNECTIONS, seed=5))
        finally:
            with contextlib.suppress(ProcessLookupError):
                server.terminate()
    return result, [found / len(result.numbers) for found in _rows_of(house, result.numbers)]
