"""A viral event: many reports about one account at once, and one other report that must not wait behind them.

Everything that is measured is read from the database of a real house: when the other report reached its queue, how
old the audit's newest checkpoint got meanwhile, and how many findings and jobs the burst made.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import stack
from tests.esp_client import EspClient, report_xml

from tipline.figures.figure import Figure, Measured, Series

ABOUT = "a burst of reports about one account: another report, the clock and the database keep going"
SENDERS = 4
PATIENCE_SECONDS = 600.0
MOST_WAIT_SECONDS = 60.0  # for the other report, behind the whole burst
MOST_AUDIT_SECONDS = 60.0  # goal of the threat model for unsealed entries
_WAITED = """
SELECT extract(epoch FROM j.at - r.received_at) FROM reports_report r
JOIN reports_journalentry j ON j.report_id = r.id AND j.to_state = 'SCORED' WHERE r.number = %s
"""
_UNSEALED = """
SELECT coalesce(extract(epoch FROM now() - min(at)), 0) FROM audit_entry e
WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.entry_id = e.id)
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole run. `deadlocks` and `held` must be none."""

    reports: int
    waited_seconds: float
    audit_seconds: float
    findings: int
    deadlocks: int
    held: int
    seconds: float


def run(full: bool) -> Iterator[Figure]:
    """This function will make the run in a house of its own, in a temporary folder."""
    many = 500 if full else 100
    with tempfile.TemporaryDirectory(prefix="tipline-burst-") as folder, stack.start(Path(folder)) as house:
        found = strike(house, reports=many)
    sound = found.deadlocks == 0 and found.held == 0
    series = Series("burst", sound and found.waited_seconds <= MOST_WAIT_SECONDS)
    clocked = Series("burst", sound and found.audit_seconds <= MOST_AUDIT_SECONDS)
    yield series.figure("the other report waited", "s", Measured(found.waited_seconds, many, found.seconds))
    yield clocked.figure("oldest unsealed entry", "s", Measured(found.audit_seconds, many, found.seconds))
    yield series.figure("findings a report", "findings", Measured(found.findings / many, many, found.seconds))
    yield series.figure("reports walked", "reports/s", Measured(many / found.seconds, many, found.seconds))


def strike(house: stack.Stack, *, reports: int) -> Outcome:
    """This function will send the burst, then the other report, and watch until all have reached the queue."""
    begun = time.monotonic()
    crowd, other = house.company("Example Crowd"), house.company("Example Other")
    senders = [threading.Thread(target=_send, args=(house, crowd, reports // SENDERS)) for _ in range(SENDERS)]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join()
    number = _one(house, other, "somebody_else")
    oldest = _watch(house, begun)
    [(waited,)] = house.rows(_WAITED, number)
    return Outcome(
        reports=reports,
        waited_seconds=float(waited),
        audit_seconds=oldest,
        findings=house.rows("SELECT count(*) FROM reports_findingrow")[0][0],
        deadlocks=house.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0][0],
        held=house.rows("SELECT count(*) FROM reports_report WHERE hold_reason <> ''")[0][0],
        seconds=time.monotonic() - begun,
    )


def _send(house: stack.Stack, known: stack.Credential, many: int) -> None:
    with EspClient(house.port("esp_api"), known.username, known.secret) as client:
        for _ in range(many):
            _finish(client, "one_handle_for_all")


def _one(house: stack.Stack, known: stack.Credential, mark: str) -> int:
    with EspClient(house.port("esp_api"), known.username, known.secret) as client:
        return _finish(client, mark)


def _finish(client: EspClient, mark: str) -> int:
    opened = client.submit(report_xml(mark))
    assert opened.ok, opened
    assert client.finish(opened.report).ok
    return opened.report


def _watch(house: stack.Stack, begun: float) -> float:
    oldest = 0.0
    while True:
        oldest = max(oldest, float(house.rows(_UNSEALED)[0][0]))
        walking = house.rows("SELECT count(*) FROM reports_report WHERE state NOT IN ('SCORED', 'OPEN')")[0][0]
        untold = house.rows("SELECT count(*) FROM reports_news")[0][0]
        if not walking and not untold:
            return oldest
        if time.monotonic() - begun > PATIENCE_SECONDS:
            raise stack.StackFailed(f"{walking} reports still walk, {untold} news untold\n{house.logs()}")
        time.sleep(0.5)
