"""kill -9 of web, worker, PostgreSQL's sessions and its postmaster, at random, amid a run of reports.

A sender writes each acknowledged `finish` into a journal and syncs it, then goes on; a killer strikes in between. At
the end every journal line is looked for in the database. A sender that was not answered asks again with the same key,
as real clients do, and takes "already finished" for the answer that was lost.

Negative controls: `check` is given the journal with one report that was never sent, and must miss it; and a house that
acknowledges before its commit is on the disk is struck the same way, and must lose reports.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests import stack
from tests.esp_client import EspClient, NotAnswered, report_xml

from tipline.figures.figure import Figure, Measured, Series

ABOUT = "kill -9 of web, worker, PostgreSQL's sessions and postmaster during a run of reports: none lost or doubled"
SENDERS = 4
WEB, WORKER, SESSION, POSTMASTER = "esp_api", "worker", "session", "postmaster"
VICTIMS = (WEB, WORKER, SESSION, POSTMASTER)
ALREADY_FINISHED = 5102
ANSWER_SECONDS = 180.0  # for one report, whatever is killed meanwhile
QUEUE_SECONDS = 120.0
WITH_FILE = 4  # one report in so many has a file
UNSAFE = {"TIPLINE_UNSAFE_COMMIT": "yes"}
_MOST_CONTROLS = 30
_AMID = 0.9  # of the kills, while reports are sent
_FOUND = """
SELECT r.number, r.state, r.hold_reason,
  (SELECT count(*) FROM reports_submission s WHERE s.report_id = r.id),
  (SELECT count(*) FROM reports_identifierrow i WHERE i.report_id = r.id),
  (SELECT count(*) FROM reports_file f WHERE f.report_id = r.id),
  (SELECT count(*) FROM reports_journalentry j WHERE j.report_id = r.id AND j.code = 'opened'),
  (SELECT count(*) FROM reports_journalentry j WHERE j.report_id = r.id AND j.code = 'finished'),
  (SELECT array_agg(a.verb) FROM audit_entry a WHERE a.object_kind = 'report' AND a.object_id = r.number::text)
FROM reports_report r WHERE r.number = ANY(%s)
"""
AUDIT = """
from tipline.platform import clock
from tipline.platform.audit.keyring import public_key
from tipline.platform.audit.notes import split_notes
from tipline.platform.audit.verification import verify
from tipline.platform.config import settings
notes, rest = split_notes(settings().witness.read_bytes())
report = verify(notes=notes, public=public_key(), now=clock.now())
answer = [report.ok, report.witnessed, [fault.where for fault in report.faults]]
"""


class Journal:
    """What the sender knows to be acknowledged, and with how many files; each line is on the disk before it goes on."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._path = path
        self._lock = threading.Lock()
        self.count = 0

    def note(self, report: int, files: int) -> None:
        """This function will write one acknowledged report down, durably."""
        with self._lock:
            os.write(self._handle, f"{report} {files}\n".encode())
            os.fsync(self._handle)
            self.count += 1

    def read(self) -> list[tuple[int, int]]:
        """This function will read back what was written: numbers, each with its count of files."""
        lines = (line.split() for line in self._path.read_text(encoding="ascii").splitlines())
        return [(int(number), int(files)) for number, files in lines]

    def close(self) -> None:
        """This function will close the file."""
        os.close(self._handle)


@dataclass(slots=True)
class Verdict:
    """What became of the acknowledged reports."""

    lost: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    halved: list[int] = field(default_factory=list)
    unaudited: list[int] = field(default_factory=list)
    not_queued: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with any of them."""
        return not (self.lost or self.doubled or self.halved or self.unaudited or self.not_queued)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole run. `strays` are reports in the database beyond those that were acknowledged."""

    acknowledged: int
    kills: Counter[tuple[str, bool]]  # of whom, and whether reports were still being sent
    seconds: float
    verdict: Verdict
    strays: int


def run(full: bool) -> Iterator[Figure]:
    """This function will make the run in a house of its own, and the control in another, in temporary folders."""
    reports, kills = (10_000, 200) if full else (200, 8)
    with tempfile.TemporaryDirectory(prefix="tipline-kill-") as folder, stack.start(Path(folder)) as house:
        outcome = strike(house, reports=reports, kills=kills)
        audited = house.ask(AUDIT, seconds=600)
    with tempfile.TemporaryDirectory(prefix="tipline-kill-") as folder, stack.start(Path(folder), UNSAFE) as house:
        control = lose(house)
    yield from _figures(outcome, control, reports, kills, whole_audit=audited[0])


def _figures(outcome: Outcome, control: Measured, reports: int, kills: int, *, whole_audit: bool) -> Iterator[Figure]:
    verdict, n, seconds = outcome.verdict, outcome.acknowledged, outcome.seconds
    series = Series("kill", sound=verdict.ok and not outcome.strays and whole_audit)
    struck = outcome.kills.total()
    yield series.figure("acknowledged", "reports", Measured(n, n, seconds), at_least=reports)
    yield series.figure("kills survived", "kills", Measured(struck, struck, seconds), at_least=kills)
    for victim in VICTIMS:
        theirs = outcome.kills[victim, True] + outcome.kills[victim, False]
        yield series.figure(f"of them of {victim}", "kills", Measured(theirs, struck, seconds))
    amid = sum(many for (_, is_sending), many in outcome.kills.items() if is_sending)
    yield series.figure(
        "of them while reports were sent", "kills", Measured(amid, struck, seconds), at_least=_AMID * kills
    )
    for name, wrong in (
        ("lost", len(verdict.lost)),
        ("doubled", len(verdict.doubled) + outcome.strays),
        ("half-written", len(verdict.halved)),
        ("without audit", len(verdict.unaudited)),
        ("not in their queue", len(verdict.not_queued)),
    ):
        yield series.figure(name, "reports", Measured(wrong, n, seconds))
    yield Series("kill").figure("lost by the control that does not await its commits", "reports", control, at_least=1)


def strike(house: stack.Stack, *, reports: int, kills: int) -> Outcome:
    """This function will send reports while killing, wait for the queue, and look for all of them."""
    begun = time.monotonic()
    journal = Journal(house.folder / "journal")
    known = house.company()
    done = threading.Event()
    struck: Counter[tuple[str, bool]] = Counter()
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
    house.await_database()
    verdict = await_queue(house, acknowledged)
    [(kept,)] = house.rows("SELECT count(*) FROM reports_report")
    numbers = {number for number, _ in acknowledged}
    return Outcome(len(numbers), struck, time.monotonic() - begun, verdict, int(kept) - len(numbers))


def lose(house: stack.Stack) -> Measured:
    """This function will strike the sessions of a house that acknowledges too early, until it has lost a report."""
    begun = time.monotonic()
    known = house.company()
    sent: list[tuple[int, int]] = []
    with EspClient(house.port("esp_api"), known.username, known.secret) as client:
        for number in range(_MOST_CONTROLS):
            sent.append(_one_report(client, number))
            _strike_one(house, SESSION, random.Random(number))
            house.await_database()
            if lost := check(house, sent).lost:
                return Measured(len(lost), len(sent), time.monotonic() - begun)
    return Measured(0, len(sent), time.monotonic() - begun)


def _kill(
    house: stack.Stack,
    kills: int,
    reports: int,
    journal: Journal,
    struck: Counter[tuple[str, bool]],
    done: threading.Event,
) -> None:
    """Strike each time that a share of the reports has come through; the rest, if any, when all are sent."""
    chance = random.Random(reports)
    for number in range(kills):
        due = reports * (number + 1) // (kills + 1)
        while journal.count < due and not done.is_set():
            time.sleep(0.01)
        time.sleep(chance.random() * 0.05)
        # Each once at least, then by chance; who is down, and waits to be started again, holds nobody up.
        alive = [one for one in VICTIMS if one not in {WEB, WORKER} or house.pid_of(one) is not None]
        victim = VICTIMS[number] if number < len(VICTIMS) else chance.choice(alive)
        is_sending = not done.is_set()
        _strike_one(house, victim, chance)
        struck[victim, is_sending] += 1


def _strike_one(house: stack.Stack, victim: str, chance: random.Random) -> None:
    if victim in {WEB, WORKER}:
        house.kill(victim)
        return
    deadline = time.monotonic() + stack.START_SECONDS
    while True:
        postmaster, sessions = house.postgres_pids()
        target = postmaster if victim == POSTMASTER else chance.choice(sessions or [0])
        if postmaster and target:
            with suppress(ProcessLookupError):  # a session may have ended in this moment: another is struck
                os.kill(target, signal.SIGKILL)
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"there is no {victim}")
        time.sleep(0.05)


def _send(house: stack.Stack, known: stack.Credential, numbers: range, journal: Journal) -> None:
    with EspClient(house.port("esp_api"), known.username, known.secret) as client:
        for number in numbers:
            journal.note(*_one_report(client, number))


def _one_report(client: EspClient, number: int) -> tuple[int, int]:
    """Open, fill and finish one report, each call as often as it takes; returns its number and count of files."""
    mark, files = f"kill{number}", int(number % WITH_FILE == 0)
    deadline = time.monotonic() + ANSWER_SECONDS
    report = uploaded = 0
    while time.monotonic() < deadline:
        with suppress(NotAnswered):
            report = report or _opened(client, mark)
            if report and uploaded < files:
                uploaded += client.upload(report, mark.encode() * 1000, key=mark).ok
            if report and uploaded == files:
                finished = client.finish(report)
                if finished.ok or finished.code == ALREADY_FINISHED:
                    return report, files
        time.sleep(0.1)
    raise TimeoutError(f"report {number} was not taken")


def _opened(client: EspClient, mark: str) -> int:
    answer = client.submit(report_xml(mark), key=mark)
    return answer.report if answer.ok else 0


def await_queue(house: stack.Stack, acknowledged: list[tuple[int, int]]) -> Verdict:
    """This function will give the worker time to bring all to their queue, then tell what is wrong."""
    deadline = time.monotonic() + QUEUE_SECONDS + len(acknowledged) / 5
    while True:
        verdict = check(house, acknowledged)
        if verdict.ok or time.monotonic() > deadline or verdict.lost:
            return verdict
        time.sleep(0.5 + len(acknowledged) / 2000)


def check(house: stack.Stack, acknowledged: list[tuple[int, int]]) -> Verdict:
    """This function will compare the journal with the database."""
    found: dict[int, list[tuple[str, str, int, int, int, int, int, list[str] | None]]] = {}
    for number, *rest in house.rows(_FOUND, [number for number, _ in acknowledged]):
        found.setdefault(number, []).append((*rest,))
    times = Counter(number for number, _ in acknowledged)
    verdict = Verdict()
    for number, expected in acknowledged:
        rows = found.get(number, [])
        if not rows:
            verdict.lost.append(number)
            continue
        state, hold, submissions, identifiers, files, opened, finished, verbs = rows[0]
        audited = Counter(verbs or ())
        if len(rows) > 1 or times[number] > 1 or max(submissions, opened, finished, audited["report.received"]) > 1:
            verdict.doubled.append(number)
        if 0 in {submissions, identifiers, opened, finished} or files != expected:
            verdict.halved.append(number)
        if not (audited["report.opened"] and audited["report.received"]):
            verdict.unaudited.append(number)
        if state != "SCORED":
            verdict.not_queued.append((number, state, hold))
    return verdict
