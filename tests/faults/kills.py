"""kill -9 of worker and API amid a run of reports: what was acknowledged is there, once, and walks on.

A sender writes each acknowledged `finish` into a journal and syncs it, then goes on; a killer strikes in
between. At the end every journal line is looked for in the database. A sender whose `finish` was not
answered asks again, as real clients do, and takes "already finished" for the answer that was lost.

Negative control: `check` is given the journal with one report that was never sent, and must miss it.
"""

from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import stack
from tests.esp_client import EspClient, NotAnswered, report_xml

from tipline.figures.figure import Figure, Measured, Series

ABOUT = "kill -9 of worker and API during a run of reports: none lost, none doubled, all reach their queue"
SENDERS = 4
VICTIMS = ("esp_api", "worker")
ALREADY_FINISHED = 5102
PATIENCE_SECONDS = 120.0
_FOUND = """
SELECT r.number, r.state, r.hold_reason,
  (SELECT count(*) FROM reports_submission s WHERE s.report_id = r.id),
  (SELECT count(*) FROM audit_entry a WHERE a.object_kind = 'report' AND a.object_id = r.number::text
     AND a.verb = 'report.received')
FROM reports_report r WHERE r.number = ANY(%s)
"""


class Journal:
    """What the sender knows to be acknowledged; each line is on the disk before the sender goes on."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._path = path
        self._lock = threading.Lock()

    def note(self, report: int) -> None:
        """This function will write one acknowledged report down, durably."""
        with self._lock:
            os.write(self._handle, f"{report}\n".encode())
            os.fsync(self._handle)

    def read(self) -> list[int]:
        """This function will read back what was written."""
        return [int(line) for line in self._path.read_text(encoding="ascii").split()]

    def close(self) -> None:
        """This function will close the file."""
        os.close(self._handle)


@dataclass(slots=True)
class Verdict:
    """What became of the acknowledged reports."""

    lost: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    unaudited: list[int] = field(default_factory=list)
    not_queued: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with any of them."""
        return not (self.lost or self.doubled or self.unaudited or self.not_queued)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole run."""

    acknowledged: int
    kills: int
    seconds: float
    verdict: Verdict


def run(full: bool) -> Iterator[Figure]:
    """This function will make the run in a house of its own, in a temporary folder."""
    reports, kills = (1000, 20) if full else (200, 8)
    with tempfile.TemporaryDirectory(prefix="tipline-kills-") as folder, stack.start(Path(folder)) as house:
        outcome = strike(house, reports=reports, kills=kills)
    series = Series("kills", sound=outcome.verdict.ok)
    verdict, n, seconds = outcome.verdict, outcome.acknowledged, outcome.seconds
    yield series.figure("acknowledged", "reports", Measured(n, n, seconds), at_least=reports)
    yield series.figure("kills survived", "kills", Measured(outcome.kills, outcome.kills, seconds), at_least=kills)
    for name, wrong in (
        ("lost", verdict.lost),
        ("doubled", verdict.doubled),
        ("without audit", verdict.unaudited),
        ("not in their queue", verdict.not_queued),
    ):
        yield series.figure(name, "reports", Measured(len(wrong), n, seconds))


def strike(house: stack.Stack, *, reports: int, kills: int) -> Outcome:
    """This function will send reports while killing, wait for the queue, and look for all of them."""
    begun = time.monotonic()
    journal = Journal(house.folder / "journal")
    known = house.company()
    done = threading.Event()
    struck: list[str] = []
    senders = [
        threading.Thread(target=_send, args=(house, known, range(first, reports, SENDERS), journal))
        for first in range(SENDERS)
    ]
    killer = threading.Thread(target=_kill, args=(house, kills, reports, journal, struck, done))
    for thread in (*senders, killer):
        thread.start()
    for thread in senders:
        thread.join()
    done.set()
    killer.join()
    acknowledged = journal.read()
    journal.close()
    verdict = await_queue(house, acknowledged)
    return Outcome(len(set(acknowledged)), len(struck), time.monotonic() - begun, verdict)


def _kill(
    house: stack.Stack, kills: int, reports: int, journal: Journal, struck: list[str], done: threading.Event
) -> None:
    """Strike in turn, each time that a share of the reports has come through; the rest when all are sent."""
    chance = random.Random(reports)
    for number in range(kills):
        due = reports * (number + 1) // (kills + 1)
        while len(journal.read()) < due and not done.is_set():
            time.sleep(0.01)
        time.sleep(chance.random() * 0.05)
        house.kill(VICTIMS[number % len(VICTIMS)])
        struck.append(VICTIMS[number % len(VICTIMS)])


def _send(house: stack.Stack, known: stack.Credential, numbers: range, journal: Journal) -> None:
    with EspClient(house.port("esp_api"), known.username, known.secret) as client:
        for number in numbers:
            journal.note(_one_report(client, number))


def _one_report(client: EspClient, number: int) -> int:
    """Open and finish one report, as often as it takes; an unanswered submit leaves an open report behind."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    report = 0
    while time.monotonic() < deadline:
        try:
            report = report or _opened(client, number)
            finished = client.finish(report) if report else None
        except NotAnswered:
            finished = None
        if finished and (finished.ok or finished.code == ALREADY_FINISHED):
            return report
        time.sleep(0.1)
    raise TimeoutError(f"report {number} was not taken")


def _opened(client: EspClient, number: int) -> int:
    answer = client.submit(report_xml(f"kills{number}"))
    return answer.report if answer.ok else 0


def await_queue(house: stack.Stack, acknowledged: list[int]) -> Verdict:
    """This function will give the worker time to bring all to their queue, then tell what is wrong."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        verdict = check(house, acknowledged)
        if verdict.ok or time.monotonic() > deadline or verdict.lost:
            return verdict
        time.sleep(0.5)


def check(house: stack.Stack, acknowledged: list[int]) -> Verdict:
    """This function will compare the journal with the database."""
    found: dict[int, list[tuple[int, str, str, int, int]]] = {}
    for row in house.rows(_FOUND, acknowledged):
        found.setdefault(row[0], []).append(row)
    verdict = Verdict()
    for number in acknowledged:
        rows = found.get(number, [])
        if not rows:
            verdict.lost.append(number)
            continue
        _, state, hold, submissions, received = rows[0]
        if len(rows) > 1 or submissions != 1 or received > 1 or acknowledged.count(number) > 1:
            verdict.doubled.append(number)
        if received == 0:
            verdict.unaudited.append(number)
        if state != "SCORED":
            verdict.not_queued.append((number, state, hold))
    return verdict
