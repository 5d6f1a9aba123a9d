"""How long it takes to link one new report, beside millions that share its values more or less.

A house of its own is filled by set-based SQL: five identifiers a report, four of five of them nobody else's, the others
shared as in life: most by a few reports, some by tens of thousands. New reports draw from the same values. Each goes
through the real service: gather, decide and save, with every commit. The goal is that 99 of 100 take less than 50 ms.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tests import stack
from tests.bench import filling

from tipline.domain.identifiers import hash64
from tipline.domain.report import IdentifierKind
from tipline.figures.figure import Figure, Measured, Series

ABOUT = "linking one new report beside 100,000 others (full: 10 million, with 50 million identifiers): p50, p99, memory"
GOAL_MS = 50.0
SHARED = 0.2  # of identifiers; the popularity of the values they draw from falls with the cube of a random number
KINDS = ("EMAIL", "HANDLE", "IP", "DEVICE", "ESP_ACCOUNT")
PER_REPORT = len(KINDS)


@dataclass(frozen=True, slots=True)
class _Size:
    """How many reports are there, how many values they share, how many new ones are linked, a partition's width."""

    reports: int
    values: int
    linked: int
    width: int


FULL = _Size(reports=10_000_000, values=750_000, linked=2_000, width=1_048_576)
SMALL = _Size(reports=100_000, values=7_500, linked=200, width=65_536)

# `u` of a row and place: a number from 0 to 1 that is always the same.
_U = "((hashint8extended(id * 8 + {place}, {seed}) & 1073741823) / 1073741824.0)"
_SHARES = _U.format(place="place", seed=1) + f" < {SHARED}"
_WHICH = f"floor(%(values)s * power({_U.format(place='place', seed=2)}, 3))::bigint"
_FILL = (
    """
    INSERT INTO reports_report (id, number, source, state, priority, score, incident_type, headline, tags, esp_id,
      esp_name, environment, batched, product, lacks, quality, opened_at, changed_at, received_at, preserve_until,
      hold_reason, hold_detail, legal_hold)
    SELECT id, number, 'ESP_API', (ARRAY['CLOSED', 'MADE_AVAILABLE', 'SCORED'])[1 + id %% 3], 1 + id %% 4, id %% 100,
      'made up', 'made up ' || id, '[]', 1 + id %% 20, 'Example Chat', 'production', false, '', '[]', 50,
      w.at, w.at, w.at, w.at + interval '1 year', '', '', false
    FROM bench_number, LATERAL (SELECT now() - (%(top)s - id) * interval '1 second') AS w(at)
    WHERE id >= %(low)s AND id < %(high)s ORDER BY id
    """,
    f"""
    INSERT INTO reports_identifierrow (report_id, kind, role, value, raw, hash64, at, path)
    SELECT b.id, k.kind, 'SUSPECT', coalesce(v.value, md5(b.id::text || place)),
      coalesce(v.value, md5(b.id::text || place)), coalesce(v.hash, hashint8extended(b.id * 8 + place, 3)),
      now() - (%(top)s - b.id) * interval '1 second', '/report/personOrUserReported[1]'
    FROM (SELECT id, place, {_SHARES} AS shares, {_WHICH} AS which FROM bench_number, generate_series(1, 5) AS place
          WHERE id >= %(low)s AND id < %(high)s) AS b
    JOIN bench_kind k USING (place)
    LEFT JOIN bench_value v ON b.shares AND v.kind = k.kind AND v.which = b.which ORDER BY b.id
    """,
    f"""
    INSERT INTO linking_member (cluster_id, kind, report_id, facet, weight, why, since, by, left_by)
    SELECT 1 + which, 'SUSPECT', id, '', 85, 'The same device (reported person in both)', now(), 'system:linking', ''
    FROM (SELECT id, {_WHICH} AS which FROM bench_number, (SELECT 4 AS place) AS p
          WHERE id >= %(low)s AND id < %(high)s AND {_SHARES}) AS b
    """,
)
_CLUSTERS = """
INSERT INTO linking_cluster (id, kind, environment, top_id, size, name, owner, opened_at, changed_at)
SELECT one, 'SUSPECT', 'production', one, 0, '', '', now(), now() FROM generate_series(1, %s) AS one
"""
_SIZES = """
UPDATE linking_cluster c SET size = m.many FROM (SELECT cluster_id, count(*) AS many FROM linking_member GROUP BY 1) m
WHERE m.cluster_id = c.id
"""
_LINK = """
import random, resource, time
from datetime import timedelta
from django.db import transaction
from tests.bench.linking import value_of
from tipline.domain.actor import system
from tipline.domain.report import Source
from tipline.platform import clock
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.models import Report
from tipline.reports.values import Opening
from tipline.stages.linking import service as linking

BY, chance = system("test"), random.Random(7)

def drawn(kind, serial):
    if chance.random() >= 0.5:
        return f"nobody else {kind} {serial}"
    return value_of(kind, int(VALUES * chance.random() ** 3))

def made(serial, now):
    stamp = (now - timedelta(minutes=serial % 50)).isoformat(timespec="seconds")
    account = {
        "personOrUserReportedPerson": {"email": [{"#": drawn("EMAIL", serial)}]},
        "screenName": drawn("HANDLE", serial),
        "espIdentifier": drawn("ESP_ACCOUNT", serial),
        "ipCaptureEvent": [{"ipAddress": value_of("IP", int(VALUES * chance.random() ** 3)), "eventName": "Login",
                            "dateTime": stamp}],
        "deviceId": [{"idType": "IMEI", "idValue": drawn("DEVICE", serial)}],
    }
    document = {"incidentSummary": {"incidentType": "made up", "incidentDateTime": stamp},
                "personOrUserReported": [account]}
    opening = Opening(source=Source.ESP_API, raw=b"<report/>", media_type="text/xml", document=document, esp_id=7,
                      esp_name="Example Chat", environment="production")
    opened = record.open_report(opening=opening, by=BY, now=now)
    record.receive(report_id=opened.id, by=BY, now=now)
    Report.objects.filter(pk=opened.id).update(state="ENRICHED")
    return opened.id

def linked(report_id):
    head, now = reports.load_head(report_id), clock.now()
    begun = time.perf_counter(), time.process_time()
    result = linking.decide(head, linking.gather(head), now)
    with transaction.atomic():
        linking.save(head, result, now)
    return time.perf_counter() - begun[0], time.process_time() - begun[1], len(result.own)

ids = [made(serial, clock.now()) for serial in range(COUNT + WARM)]
spent = [linked(one) for one in ids][WARM:]
answer = [spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]
"""
_WARM = 40


def value_of(kind: str, which: int) -> str:
    """This function will give one of the values that reports share; handles in letters alone, addresses as such."""
    if kind == "IP":
        return f"2001:db8:{which >> 16:x}:{which & 0xFFFF:x}::1"
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(which))
    return f"{letters}.{kind.lower()}@example.com" if kind == "EMAIL" else f"{kind.lower()}.{letters}"


def run(full: bool) -> Iterator[Figure]:
    """This function will measure a house of its own, in a temporary folder: 25 GB of disk in full size."""
    size = FULL if full else SMALL
    settings = {"TIPLINE_PARTITION_REPORTS": str(size.width)}
    with (
        tempfile.TemporaryDirectory(prefix="tipline-linking-") as folder,
        stack.start(Path(folder) / "house", settings) as house,
        filling.asleep((house,)),
    ):
        stored = _fill(house, size)
        code = f"COUNT, WARM, VALUES = {size.linked}, {_WARM}, {size.values}\n{_LINK}"
        spent, memory = house.ask(code, seconds=3_600)
    yield from _figures(size, stored, spent, memory)


def _figures(size: _Size, stored: bool, spent: list[tuple[float, float, int]], memory: float) -> Iterator[Figure]:
    waits, used = sorted(one[0] for one in spent), sorted(one[1] for one in spent)
    p99 = waits[min(len(waits) - 1, len(waits) * 99 // 100)]
    tied = sum(1 for one in spent if one[2])
    series = Series("linking", stored and tied > len(spent) // 2)
    where = f"{size.reports / 1e6:g} M reports, {size.reports * PER_REPORT / 1e6:g} M identifiers"
    yield series.figure(
        f"one new report, median, {where}", "ms", Measured(1000 * waits[len(waits) // 2], len(waits), 0)
    )
    yield series.figure(f"one new report, p99, {where}", "ms", Measured(1000 * p99, len(waits), sum(waits)))
    rate, name = Measured(1 / p99, len(waits), sum(waits)), f"reports a second at that pace, {where}"
    yield series.figure(name, "reports/s", rate, at_least=1000 / GOAL_MS)
    mean = 1000 * sum(used) / len(used)
    yield series.figure(
        f"processor time of a report, the database's apart, {where}", "ms", Measured(mean, len(used), 0)
    )
    yield series.figure(f"memory of the process, {where}", "MB", Measured(memory, len(waits), 0))


def _fill(house: stack.Stack, size: _Size) -> bool:
    with psycopg.connect(house.database_url(), autocommit=True) as link:
        filling.prepare(link, house, size.reports, size.width)
        _prepare_values(link, size)
        filling.fill(house, size.reports, _FILL, values=size.values)
        link.execute(_SIZES)
        filling.settle(link, "bench_value", "bench_kind")
    return filling.is_filled(house, size.reports, size.reports * PER_REPORT)


def _prepare_values(link: psycopg.Connection, size: _Size) -> None:
    link.execute("CREATE UNLOGGED TABLE bench_kind (place int, kind text)")
    link.execute(
        "INSERT INTO bench_kind SELECT k, kind FROM unnest(%s::text[]) WITH ORDINALITY AS u(kind, k)", [[*KINDS]]
    )
    link.execute("CREATE UNLOGGED TABLE bench_value (kind text, which bigint, value text, hash bigint)")
    with link.cursor().copy("COPY bench_value FROM STDIN") as rows:
        for kind in KINDS:
            for which in range(size.values):
                value = value_of(kind, which)
                rows.write_row((kind, which, value, hash64(IdentifierKind(kind), value)))
    link.execute(_CLUSTERS, [size.values])
    link.execute("SELECT setval('linking_cluster_id_seq', %s)", [size.values])
    link.execute("CREATE UNIQUE INDEX ON bench_value (kind, which)")
    link.execute("ANALYZE bench_value")
