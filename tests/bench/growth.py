"""Whether a house with millions of reports works as fast as an empty one.

Two houses stand side by side, one of them filled; both are asked the same in turns, so that whatever else the machine
does falls on both. Beside the rates the processor time of each house is read, which other work does not change. The
filled rows are as many and as spread as in life, with numbers and keys like real ones, and shorter in what no index
holds (bodies, documents): what an insert costs does not hang on it. The workers sleep meanwhile.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from tests import load, stack
from tests.bench import filling
from tests.load import Order

from tipline.figures.figure import Figure, Measured, Peer, Series

ABOUT = "the rates of an empty house and of one with 3 million reports and 30 million identifiers, side by side"
_TICKS = os.sysconf("SC_CLK_TCK")
PER_REPORT = 10
AT_LEAST = 0.85
_FILL = (
    """
    INSERT INTO reports_report (id, number, source, state, priority, score, incident_type, headline, tags, esp_id,
      esp_name, environment, batched, product, lacks, quality, opened_at, changed_at, received_at, preserve_until,
      hold_reason, hold_detail, legal_hold)
    SELECT id, number, 'ESP_API', (ARRAY['CLOSED', 'MADE_AVAILABLE', 'SCORED'])[1 + id %% 3], 1 + id %% 4, id %% 100,
      'Child Sex Trafficking', 'made up ' || id, '[]', 1 + id %% 20, 'Example Chat', 'production', false,
      'Example Chat', '[]', id %% 100, w.at, w.at, w.at, w.at + interval '1 year', '', '', false
    FROM bench_number, LATERAL (SELECT now() - (%(top)s - id) * interval '1 second') AS w(at)
    WHERE id >= %(low)s AND id < %(high)s ORDER BY id
    """,
    """
    INSERT INTO reports_submission (report_id, part, media_type, raw_sha256, raw_sealed, document, answers, at)
    SELECT id, 1, 'text/xml; charset=utf-8', encode(sha256(number::text::bytea), 'hex'),
      sha256(id::text::bytea), '{"incidentSummary": {"incidentType": "made up"}}', '{}', now()
    FROM bench_number WHERE id >= %(low)s AND id < %(high)s ORDER BY id
    """,
    """
    INSERT INTO reports_journalentry (report_id, at, by, from_state, to_state, code)
    SELECT id, now(), 'system:growth', '', state, 'made_up'
    FROM bench_number, unnest(ARRAY['OPEN', 'RECEIVED', 'SECURED', 'ENRICHED', 'LINKED', 'SCORED']) AS state
    WHERE id >= %(low)s AND id < %(high)s ORDER BY id
    """,
    """
    INSERT INTO reports_identifierrow (report_id, kind, role, value, raw, hash64, at, path)
    SELECT id, (ARRAY['EMAIL', 'HANDLE', 'IP', 'URL', 'ESP_ACCOUNT'])[1 + place %% 5], 'SUSPECT', value, value,
      ((random() - 0.5) * 1.8e19)::bigint, now(), 'personOrUserReported/email'
    FROM bench_number, generate_series(1, %(each)s) AS place, LATERAL (SELECT md5(id::text || place)) AS v(value)
    WHERE id >= %(low)s AND id < %(high)s ORDER BY id
    """,
    """
    INSERT INTO reports_file (report_id, file_id, position, incoming_name, size, md5, sha1, sha256, upload_name,
      original_name, details_sha256, received_at, media_type, decode_outcome)
    SELECT id, md5('f' || number), 1, '', 200000, md5(number::text), left(digest, 40), digest, 'p.png', 'p.png', '',
      now(), 'image/png', ''
    FROM bench_number, LATERAL (SELECT encode(sha256(number::text::bytea), 'hex')) AS d(digest)
    WHERE id >= %(low)s AND id < %(high)s ORDER BY id
    """,
    """
    INSERT INTO audit_entry (entry, at, actor_kind, actor_ident, agency, verb, object_kind, object_id, outcome,
      canonical)
    SELECT md5(verb || id), now(), 'esp', 'esp-' || id %% 20, '', verb, 'report', number::text, 'done',
      convert_to(repeat('made up ', 45), 'UTF8')
    FROM bench_number, unnest(ARRAY['report.opened', 'report.received', 'file.received', 'report.moved']) AS verb
    WHERE id >= %(low)s AND id < %(high)s ORDER BY id
    """,
)
# Linking's own way to what a report's identifiers are seen in, and a door's to a report by its number.
_LOOK = """
import time
from tipline.reports import queries as reports
from tipline.stages.linking import service as linking

def spent(act, things):
    found = []
    for thing in things:
        begun = time.perf_counter()
        act(thing)
        found.append(time.perf_counter() - begun)
    return found

heads = [reports.find_head(number) for number in NUMBERS]
for head in heads:
    linking.gather(head)
answer = [spent(linking.gather, heads), spent(reports.find_life, NUMBERS)]
"""


@dataclass(frozen=True, slots=True)
class _Size:
    """How much is filled in and asked. `width` is how many reports a partition holds."""

    reports: int
    rounds: int
    submits: int
    conversations: int
    looks: int
    width: int


# The newest partition is nearly full with 3.1 million: the worst moment for it.
FULL = _Size(reports=3_100_000, rounds=6, submits=4_000, conversations=400, looks=200, width=262_144)
SMALL = _Size(reports=30_000, rounds=2, submits=300, conversations=20, looks=20, width=10_000)


@dataclass(slots=True)
class _Asked:
    """What came of asking one house: how many were taken, in how many seconds, with how much processor time."""

    reports: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    numbers: list[int] = field(default_factory=list)

    @property
    def rate(self) -> Measured:
        """Reports a second."""
        return Measured(self.reports / self.seconds, self.reports, self.seconds)

    @property
    def thrift(self) -> Measured:
        """Reports for each second of processor time."""
        return Measured(self.reports / self.processor, self.reports, self.seconds)


def run(full: bool) -> Iterator[Figure]:
    """This function will measure two houses of its own, in a temporary folder."""
    size = FULL if full else SMALL
    settings = {"TIPLINE_PARTITION_REPORTS": str(size.width)}
    with (
        tempfile.TemporaryDirectory(prefix="tipline-growth-") as folder,
        stack.start(Path(folder) / "empty", settings) as empty,
        stack.start(Path(folder) / "filled", settings) as filled,
    ):
        orders = [_order(house) for house in (empty, filled)]
        with filling.asleep((empty, filled)):
            stored = _fill(filled, size)
            asked = {script: [_Asked(), _Asked()] for script in ("submit", "conversation")}
            for turn in range(size.rounds):
                for script, both in asked.items():
                    count = size.submits if script == "submit" else size.conversations
                    for which in (0, 1) if turn % 2 == 0 else (1, 0):
                        _ask((empty, filled)[which], orders[which], script, count, turn, both[which])
            talked = zip((empty, filled), asked["conversation"], strict=True)
            looks = [_look(house, one, size.looks) for house, one in talked]
        yield from _figures(Series("growth", stored and _all_taken(asked, size)), asked, looks)


def _order(house: stack.Stack) -> Order:
    known = house.company()
    order = Order(house.port("esp_api"), known.username, known.secret, 50)
    load.drive(order)  # caches, plans and log-in
    return order


def _fill(house: stack.Stack, size: _Size) -> bool:
    with psycopg.connect(house.database_url(), autocommit=True) as link:
        filling.prepare(link, house, size.reports, size.width)
        filling.fill(house, size.reports, _FILL, each=PER_REPORT)
        link.execute("ALTER SYSTEM RESET max_wal_size")
        link.execute("SELECT pg_reload_conf()")
        filling.settle(link)
    return filling.is_filled(house, size.reports, size.reports * PER_REPORT)


def _ask(house: stack.Stack, order: Order, script: str, count: int, turn: int, into: _Asked) -> None:
    before = _processor_time(house)
    seed = 100 + turn * 2 + (script == "submit")
    result = load.drive(Order(order.port, order.username, order.secret, count, script, seed=seed))
    into.processor += _processor_time(house) - before
    into.reports += len(result.numbers)
    into.seconds += result.seconds
    into.numbers += result.numbers


def _processor_time(house: stack.Stack) -> float:
    """Seconds that the house's processes, those of its database among them, have spent; ended ones through parents."""
    parents, spent = {}, {}
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
        except OSError:
            continue
        if fields:
            parents[int(entry.name)] = int(fields[1])
            spent[int(entry.name)] = sum(map(int, fields[11:15]))
    return sum(ticks for pid, ticks in spent.items() if _descends(pid, house.process.pid, parents)) / _TICKS


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid > 1 and pid != root:
        pid = parents.get(pid, 0)
    return pid == root


def _look(house: stack.Stack, asked: _Asked, count: int) -> list[Measured]:
    linked, found = house.ask(f"NUMBERS = {asked.numbers[-count:]}\n{_LOOK}", seconds=300)
    return [Measured(1 / statistics.median(waits), len(waits), sum(waits)) for waits in (linked, found)]


def _all_taken(asked: dict[str, list[_Asked]], size: _Size) -> bool:
    wanted = {"submit": size.submits * size.rounds, "conversation": size.conversations * size.rounds}
    return all(one.reports == wanted[script] for script, both in asked.items() for one in both)


def _figures(series: Series, asked: dict[str, list[_Asked]], looks: list[list[Measured]]) -> Iterator[Figure]:
    names = {"submit": "submit of 3 KB", "conversation": "submit, upload of 200 kB, fileinfo, finish"}
    for script, (empty, filled) in asked.items():
        name = f"{names[script]}, filled"
        peer = Peer("the empty house, in turns", empty.rate.ours)
        yield series.figure(name, "reports/s", filled.rate, peer=peer, at_least=AT_LEAST)
        peer = Peer("the empty house, in turns", empty.thrift.ours)
        yield series.figure(f"{name}, of processor time", "reports/s", filled.thrift, peer=peer, at_least=AT_LEAST)
    kinds = ("all that a report shares (linking)", "a report by its number")
    for kind, before, after in zip(kinds, *looks, strict=True):
        peer = Peer("the empty house", before.ours)
        yield series.figure(f"look-up of {kind}, filled", "look-ups/s", after, peer=peer)
