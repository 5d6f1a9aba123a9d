"""Reads: what was counted, what may be published of it, and what was published."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from tipline.domain.errors import Refusal
from tipline.programs.statistics.counts import COUNTINGS, OF_PERIOD, kind_of
from tipline.programs.statistics.models import CountedDay, DayCount, Snapshot, Withheld
from tipline.programs.statistics.publication import Counted, Earlier, Publication, publish
from tipline.programs.statistics.rules import FLAGS
from tipline.programs.statistics.tables import MONTH, TABLES, Table

_HEAD = ("number", "year", "through", "published_at", "revises", "note", "edition", "digest")


@dataclass(frozen=True, slots=True)
class SnapshotHead:
    """One publication without its tables."""

    number: int
    year: int
    through: date
    published_at: datetime
    revises: int | None
    note: str
    edition: int
    digest: str


@dataclass(frozen=True, slots=True)
class Published:
    """One publication with its tables, as they were published."""

    head: SnapshotHead
    content: Mapping[str, Any]

    def table(self, table_id: str) -> Mapping[str, Any] | None:
        """This function will find one of its tables."""
        return next((table for table in self.content["tables"] if table["id"] == table_id), None)


@dataclass(frozen=True, slots=True)
class DayLine:
    """One counted day: how many reports, urgent ones, files; when counted."""

    day: date
    reports: int
    urgent: int
    files: int
    counted_at: datetime


def list_snapshots() -> tuple[SnapshotHead, ...]:
    """This function will list the publications, newest first."""
    return tuple(SnapshotHead(*row) for row in Snapshot.objects.order_by("-number").values_list(*_HEAD))


def find_snapshot(number: int | None = None, *, year: int | None = None) -> Published | None:
    """This function will find a publication by its number, else the newest one (of a year)."""
    rows = Snapshot.objects.order_by("-number")
    if number is not None:
        rows = rows.filter(number=number)
    if year is not None:
        rows = rows.filter(year=year)
    found = rows.values_list(*_HEAD, "content").first()
    return Published(SnapshotHead(*found[:-1]), found[-1]) if found else None


def preview(*, year: int, through: date) -> Publication:
    """This function will work out what a snapshot of a year would say now, and withhold.

    Raises Refusal `other_year` where the last day is of another year.
    """
    return publish(count_tables(year=year, through=through), _earlier(year))


def count_tables(*, year: int, through: date) -> tuple[Counted, ...]:
    """This function will read every table's true counts. Raises Refusal `other_year`."""
    if through.year != year:
        raise Refusal("other_year", "The last day must be of the year that is published.", field="through")
    start = date(year, 1, 1)
    return tuple(Counted(table, *_read(table, start, through)) for table in TABLES)


def _earlier(year: int) -> tuple[Earlier, ...]:
    rows = Snapshot.objects.filter(year=year).order_by("number")
    return tuple(
        Earlier(content, dict(Withheld.objects.filter(number=number).values_list("key", "value")))
        for number, content in rows.values_list("number", "content")
    )


def _read(table: Table, start: date, through: date) -> tuple[dict[tuple[str, str], int], float | None]:
    if table.counts in OF_PERIOD:
        return _read_period(OF_PERIOD[table.counts], start, through, known=frozenset(table.rows.words)), None
    names = tuple(line.name for line in (table.rows, table.cols) if line is not None)
    found: dict[tuple[str, str], int] = defaultdict(int)
    amount = 0.0
    for labels, month, number, summed in _sums(_kind(table), start, through):
        held = {**labels, MONTH: month}
        # Flags are kept as values of one line; a filter names the flag itself.
        if all(held.get("flag") == name if name in FLAGS else held.get(name) == value for name, value in table.where):
            pair = (str(held.get(names[0], "")), str(held.get(names[1], "")) if len(names) > 1 else "")
            found[pair] += number
            amount += summed
    total = sum(found.values())
    return dict(found), amount / total if total else None


def _kind(table: Table) -> str:
    """The counting that a table is read from: for the other programmes, any split of their facts."""
    lines = [line.name for line in (table.rows, table.cols) if line is not None and line.name != MONTH]
    lines += ["flag" if name in FLAGS else name for name, _ in table.where]
    kinds = [counting.kind for counting in COUNTINGS if counting.counts == table.counts]
    if not kinds:
        return f"{table.counts}:"
    wanted = kind_of(table.counts, tuple(dict.fromkeys(lines)))
    if wanted in kinds:
        return wanted
    # A month is no label: any counting of these reports that has the other lines will do.
    return next(kind for kind in kinds if set(lines) <= set(kind.partition(":")[2].split("+")))


_SUMS = """
SELECT labels::text, to_char(day, 'MM'), sum(number)::bigint, sum(amount) FROM statistics_daycount
WHERE {match} AND day BETWEEN %s AND %s GROUP BY 1, 2
"""


def _sums(kind: str, start: date, through: date) -> list[tuple[dict[str, str], str, int, float]]:
    is_prefix = kind.endswith(":")
    match = "kind LIKE %s" if is_prefix else "kind = %s"
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(match=match), [f"{kind}%" if is_prefix else kind, start, through])
        return [(json.loads(row[0]), row[1], int(row[2]), float(row[3])) for row in cursor.fetchall()]


def _read_period(query: str, start: date, through: date, known: frozenset[str]) -> dict[tuple[str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [start, through] * (query.count("%s") // 2))
        return {(row[0], row[1]): int(row[2]) for row in cursor.fetchall() if row[0] in known}


def list_days(since: date, until: date) -> tuple[DayLine, ...]:
    """This function will list the counted days, newest first. For the desk: true figures, small ones too."""
    counts: dict[tuple[date, str], int] = defaultdict(int)
    kinds = ("reports:priority", "files:kind")
    rows = DayCount.objects.filter(day__range=(since, until), kind__in=kinds)
    for day, kind, labels, number in rows.values_list("day", "kind", "labels", "number"):
        counts[day, kind] += number
        if labels.get("priority") == "urgent":
            counts[day, "urgent"] += number
    return tuple(
        DayLine(row.day, row.reports, counts[row.day, "urgent"], counts[row.day, "files:kind"], row.counted_at)
        for row in CountedDay.objects.filter(day__range=(since, until)).order_by("-day")
    )


def count_by(kind: str, line: str, since: date, until: date) -> dict[str, int]:
    """This function will sum one counting along one of its lines over some days, for the desk; largest first."""
    found: dict[str, int] = defaultdict(int)
    rows = DayCount.objects.filter(day__range=(since, until), kind=kind).values_list("labels", "number")
    for labels, number in rows:
        found[labels.get(line, "")] += number
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
