"""Counting one day: facts of its reports renewed batch by batch, looks grouped, countings made in SQL."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection

from tipline.domain.facts import Fact
from tipline.domain.gist import FileGist, Gist
from tipline.media.thresholds import PDQ_LEAST_QUALITY
from tipline.programs.statistics import looks
from tipline.programs.statistics.counts import COUNTINGS, insertion, kind_of
from tipline.programs.statistics.models import DayCount, Look, ReportFact
from tipline.programs.statistics.rules import Counted, count_report, digest_of, file_kind
from tipline.reports import counting as reports

_COUNTED = tuple(Counted.__dataclass_fields__)
_LISTS = dict.fromkeys(("countries", "flags", "recipients", "answers"), "jsonb")
_REPORT_TYPES = {
    "report_id": "bigint",
    "day": "date",
    **dict.fromkeys(_COUNTED, "text"),
    **_LISTS,
    "bundle": "uuid",
}
_FILE_TYPES = {
    "file_id": "bigint",
    "report_id": "bigint",
    "day": "date",
    "kind": "text",
    "digest": "uuid",
    "look": "bigint",
}
_CHUNK = 100_000


def renew_facts(day: date, agencies: Mapping[str, str]) -> int:
    """This function will bring the facts of a day's reports up to date and say how many it has.

    A purged report keeps the facts it had; what can lead back to its pictures goes.
    """
    number = 0
    for batch in reports.stream_gists(day):
        number += len(batch)
        _forget([gist.report_id for gist in batch if gist.purged])
        living = [gist for gist in batch if not gist.purged]
        _renew_reports(living, day, agencies)
        _renew_files(living, day)
    return number


def _forget(purged: Sequence[int]) -> None:
    if purged:
        Look.objects.filter(report_id__in=purged).delete()


def _renew_reports(batch: Sequence[Gist], day: date, agencies: Mapping[str, str]) -> None:
    rows = [_row(gist.report_id, day, count_report(gist, agencies)) for gist in batch]
    _upsert("statistics_reportfact", _REPORT_TYPES, rows)


def _row(report_id: int, day: date, counted: Counted) -> dict[str, Any]:
    return {"report_id": report_id, "day": day, **{name: getattr(counted, name) for name in _COUNTED}}


def take_over(rows: Iterable[tuple[date, Counted]]) -> tuple[int, set[date]]:
    """This function will add facts of reports that this house never held: their ids are below zero."""
    lowest = ReportFact.objects.order_by("report_id").values_list("report_id", flat=True).first() or 0
    start, taken, days = min(lowest, 0), 0, set()
    source = iter(rows)
    while batch := list(islice(source, reports.BATCH)):
        facts = [_row(start - taken - at, day, one) for at, (day, one) in enumerate(batch, start=1)]
        _upsert("statistics_reportfact", _REPORT_TYPES, facts)
        taken += len(batch)
        days |= {day for day, _ in batch}
    return taken, days


def _upsert(table: str, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    """One statement for a whole batch; a row that has not changed is not written again."""
    key, *others = types
    columns = ", ".join(types)
    typed = ", ".join(f"{name} {kind}" for name, kind in types.items())
    renewed = ", ".join(f"{name} = excluded.{name}" for name in others)
    old, new = (", ".join(f"{where}.{name}" for name in others) for where in (table, "excluded"))
    statement = (
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_to_recordset(%s::jsonb) AS given({typed}) "  # noqa: S608
        f"ON CONFLICT ({key}) DO UPDATE SET {renewed} WHERE ({old}) IS DISTINCT FROM ({new})"
    )  # names are this file's own
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(rows, default=str, ensure_ascii=False)])


def _renew_files(batch: Sequence[Gist], day: date) -> None:
    files = [file for gist in batch for file in gist.files]
    groups = _groups(files)
    rows = [
        {
            "file_id": file.id,
            "report_id": file.report_id,
            "day": day,
            "kind": file_kind(file),
            "digest": digest_of(file.sha256),
            "look": groups.get(bytes.fromhex(file.pdq)) if _has_look(file) else None,
        }
        for file in files
    ]
    _upsert("statistics_filefact", _FILE_TYPES, rows)


def _has_look(file: FileGist) -> bool:
    return len(file.pdq) == 64 and file.pdq_quality >= PDQ_LEAST_QUALITY and file_kind(file) == "image"


def _groups(files: Iterable[FileGist]) -> dict[bytes, int]:
    """The group of each fingerprint: of the first leader near it, else a new one that it leads."""
    firsts = {bytes.fromhex(file.pdq): file.report_id for file in reversed(list(files)) if _has_look(file)}
    firsts = dict(reversed(firsts.items()))  # in order of arrival
    if not firsts:
        return {}
    known = {bytes(pdq): group for pdq, group in Look.objects.filter(pdq__in=list(firsts)).values_list("pdq", "id")}
    new = [pdq for pdq in firsts if pdq not in known]
    known |= _near(new)
    alone = [pdq for pdq in new if pdq not in known]
    leads = looks.lead(alone)
    made = Look.objects.bulk_create(
        Look(pdq=pdq, report_id=firsts[pdq]) for at, pdq in enumerate(alone) if leads[at] == at
    )
    led = {bytes(row.pdq): row.id for row in made}
    return known | {pdq: led[alone[leads[at]]] for at, pdq in enumerate(alone)}


def _near(new: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for ids, words in looks.chunks(_leaders() if new else (), _CHUNK):
        waiting = [pdq for pdq in new if pdq not in found]
        if waiting:
            nearest = looks.nearest_first(looks.words_of(waiting), words)
            found |= {pdq: ids[at] for pdq, at in zip(waiting, nearest.tolist(), strict=True) if at >= 0}
    return found


def _leaders() -> Iterator[tuple[int, bytes]]:
    rows = Look.objects.order_by("id").values_list("id", "pdq").iterator(chunk_size=_CHUNK)
    return ((group, bytes(pdq)) for group, pdq in rows)


def count_days(days: Collection[date]) -> None:
    """This function will make countings of reports and files anew from their facts, each day's by itself."""
    kinds = [counting.kind for counting in COUNTINGS]
    DayCount.objects.filter(day__in=days, kind__in=kinds).delete()
    with connection.cursor() as cursor:
        for counting in COUNTINGS:
            cursor.execute(insertion(counting), [list(days)])


def count_others(day: date, facts: Iterable[Fact]) -> None:
    """This function will make a day's countings of what the other programmes tell; facts are read one by one."""
    numbers: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0])
    labels: dict[tuple[str, str], dict[str, str]] = {}
    for fact in facts:
        kind = kind_of(fact.kind, tuple(fact.labels))
        split = json.dumps(dict(sorted(fact.labels.items())), ensure_ascii=False)[:400]
        count = numbers[kind, split]
        # Where the amount is how many (files of a collection), it is the number; else it is a measure beside it.
        count[0] += fact.amount if fact.kind in AMOUNT_IS_NUMBER else 1
        count[1] += fact.amount
        labels[kind, split] = dict(fact.labels)
    own = {counting.kind for counting in COUNTINGS}
    DayCount.objects.filter(day=day).exclude(kind__in=own).delete()
    DayCount.objects.bulk_create(
        DayCount(day=day, kind=kind, split=split, labels=labels[kind, split], number=int(number), amount=amount)
        for (kind, split), (number, amount) in numbers.items()
    )


AMOUNT_IS_NUMBER = frozenset({"collection_files"})
