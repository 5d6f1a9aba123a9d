"""How fast the reporting API takes reports in; every acknowledged one is looked for in the database."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tests import parsing, stack
from tests.esp_client import EspClient, report_xml

from tipline.figures.figure import Figure, Measured, Peer, Series, percentile

ABOUT = "reports and uploads a second at the reporting API, and how long a sender waits"
WORKERS = 8
FILE_BYTES = 50_000
_WAY_ON = "SELECT number FROM reports_report WHERE received_at IS NOT NULL"
_PEER_NAME = "one plain committed row a report, same server, same number of connections"


@dataclass(frozen=True, slots=True)
class _Timed:
    """What a crowd of threads did: how long each act took, and the whole."""

    waits: list[float]
    seconds: float

    @property
    def rate(self) -> Measured:
        """Acts a second."""
        return Measured(len(self.waits) / self.seconds, len(self.waits), self.seconds)

    def wait(self, share: float) -> Measured:
        """The wait in milliseconds that `share` of the acts stayed below."""
        return Measured(percentile(self.waits, share) * 1000, len(self.waits), self.seconds)


def run(full: bool) -> Iterator[Figure]:
    """This function will measure against a house of its own, in a temporary folder."""
    reports, uploads = (5000, 2000) if full else (300, 100)
    with tempfile.TemporaryDirectory(prefix="tipline-bench-") as folder, stack.start(Path(folder)) as house:
        known = house.company()
        acknowledged, taken = _take_reports(house, known, reports)
        sent = _send_files(house, known, uploads)
        there = {number for (number,) in house.rows(_WAY_ON)}
        sound = acknowledged <= there and len(acknowledged) == reports
        peer = Peer(_PEER_NAME, _plain_rows(house, reports).rate.ours)
        yield from _figures(Series("intake", sound), taken, sent, peer)


def _figures(series: Series, taken: _Timed, sent: _Timed, peer: Peer) -> Iterator[Figure]:
    yield series.figure("parse, validate and typed values of 3 kB (to be under 0.4)", "ms", parsing.measure())
    yield series.figure("submit and finish", "reports/s", taken.rate, peer=peer)
    yield series.figure("wait for submit and finish, median", "ms", taken.wait(0.5))
    yield series.figure("wait for submit and finish, 99 of 100", "ms", taken.wait(0.99))
    yield series.figure(f"upload of {FILE_BYTES // 1000} kB", "files/s", sent.rate)
    yield series.figure(f"wait for upload of {FILE_BYTES // 1000} kB, 99 of 100", "ms", sent.wait(0.99))


def _crowd(count: int, member: Callable[[Callable[[], int | None]], list[float]]) -> _Timed:
    """Let WORKERS threads share `count` turns; `member` takes turns until it is given None."""
    turns, lock = iter(range(count)), threading.Lock()
    waits: list[float] = []

    def turn() -> int | None:
        with lock:
            return next(turns, None)

    def work() -> None:
        own = member(turn)
        with lock:
            waits.extend(own)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _Timed(waits, time.perf_counter() - begun)


def _take_reports(house: stack.Stack, known: stack.Credential, count: int) -> tuple[set[int], _Timed]:
    acknowledged: set[int] = set()

    def member(turn: Callable[[], int | None]) -> list[float]:
        waits = []
        with EspClient(house.port("esp_api"), known.username, known.secret) as client:
            client.status()  # the credential's slow check is not part of the figure
            while (number := turn()) is not None:
                begun = time.perf_counter()
                opened = client.submit(report_xml(f"bench{number}"))
                if opened.ok and client.finish(opened.report).ok:
                    waits.append(time.perf_counter() - begun)
                    acknowledged.add(opened.report)
        return waits

    return acknowledged, _crowd(count, member)


def _send_files(house: stack.Stack, known: stack.Credential, count: int) -> _Timed:
    def member(turn: Callable[[], int | None]) -> list[float]:
        waits = []
        with EspClient(house.port("esp_api"), known.username, known.secret) as client:
            report = client.submit(report_xml("uploads")).report
            while (number := turn()) is not None:
                content = number.to_bytes(8, "big") * (FILE_BYTES // 8)
                begun = time.perf_counter()
                if client.upload(report, content).ok:
                    waits.append(time.perf_counter() - begun)
            client.retract(report)
        return waits

    return _crowd(count, member)


def _plain_rows(house: stack.Stack, count: int) -> _Timed:
    """The floor: what the database itself commits, with nothing of ours in between."""
    house.rows("CREATE TABLE IF NOT EXISTS bench_peer (id bigserial PRIMARY KEY, raw bytea NOT NULL)")

    def member(turn: Callable[[], int | None]) -> list[float]:
        waits = []
        with psycopg.connect(house.database_url(), autocommit=True) as connection:
            while (number := turn()) is not None:
                begun = time.perf_counter()
                connection.execute("INSERT INTO bench_peer (raw) VALUES (%s)", [report_xml(f"peer{number}")])
                waits.append(time.perf_counter() - begun)
        return waits

    timed = _crowd(count, member)
    house.rows("DROP TABLE bench_peer")
    return timed
