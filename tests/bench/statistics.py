"""How fast a year is counted and published: the goal is a day of 100,000 reports within minutes, in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from tests import stack
from tests.published_year import load

from tipline.figures.figure import Figure, Measured, Series

ABOUT = "reports of a year counted a second, with the counts printed for 2023, and a snapshot published"
_COUNT = """
import resource, time
from datetime import date
from tipline.domain.actor import system
from tipline.platform import clock
from tipline.programs.statistics import queries, service
from django.db import transaction
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.monotonic()
counted = service.recount(since=date(2023, 1, 1), until=date(2023, 12, 31), now=clock.now())
seconds = time.monotonic() - start
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
tables_now = queries.count_tables(year=2023, through=date(2023, 12, 31))
by_esp = next(one for one in tables_now if one.table.id == "reports_by_esp")
found = {row: number for (row, _), number in by_esp.counts.items()}
start = time.monotonic()
with transaction.atomic():
    service.publish_snapshot(year=2023, through=date(2023, 12, 31), note="Bench.", by=system("bench"), now=clock.now())
answer = [seconds, sum(counted.values()), found, grown, time.monotonic() - start]
"""


def run(full: bool) -> Iterator[Figure]:
    """This function will bring a synthetic year into a house of its own, count every day of it, and publish it."""
    total, days = (36_210, 365) if full else (3_621, 60)
    with tempfile.TemporaryDirectory(prefix="tipline-statistics-") as folder, stack.start(Path(folder)) as house:
        with psycopg.connect(house.database_url()) as connection, connection.cursor() as cursor:
            tables = load(cursor, total, days=days)
        seconds, reports, found, grown, publishing = house.ask(_COUNT, seconds=900)
    same = found == {name: number for name, number in tables.by_esp.items() if number}
    series = Series("statistics", same and reports == total)
    yield series.figure("counted", "reports/s", Measured(reports / seconds, reports, seconds))
    yield series.figure("memory grown by", "MiB", Measured(grown, reports, seconds))
    yield series.figure("snapshot published in", "s", Measured(publishing, 1, publishing))
