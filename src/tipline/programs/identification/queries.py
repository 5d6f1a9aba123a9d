"""Reads of collections and counts. In the portal row-level security shows an agency its own alone; no read leans on it
alone where it is given the agency.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from tipline.domain.facts import Fact
from tipline.programs.identification import rules
from tipline.programs.identification.formats.rows import SeizedFile
from tipline.programs.identification.models import (
    Collection,
    CollectionEvent,
    Decision,
    IdentifiedCount,
    RowProblem,
    SeizedRow,
    Series,
)
from tipline.programs.identification.values import (
    AnswerLine,
    AnswerPage,
    CollectionLine,
    CountLine,
    EventLine,
    FoundLater,
    ProblemLine,
    SeriesGroup,
    SeriesShown,
)

FOUND_LATER = "FOUND_LATER"  # an act: a series that came later agrees with files of a collection
REJECTED_SOURCE = "rejected"  # an analyst said that these files are not of the series after all
_LINE = tuple(field.name for field in fields(CollectionLine))
_SHOWN = tuple(field.name for field in fields(SeriesShown))
_FILE = ("md5", "sha1", "sha256", "pdq", "pdq_quality", "photodna", "size", "media_id", "category")
_SAID = ("row", "found", "how", "distance", "source", "series_id")


def _line(row: Collection) -> CollectionLine:
    return CollectionLine(**{name: getattr(row, name) for name in _LINE})


def list_collections(
    *, agency: str = "", kind: str = "", offset: int = 0, size: int = 50
) -> tuple[tuple[CollectionLine, ...], int]:
    """This function will list collections, newest first, and how many there are: an agency's, or for the desk all.

    Quick checks are listed only where they are asked for.
    """
    rows = Collection.objects.only(*_LINE).order_by("-id")
    rows = rows.filter(kind=kind) if kind else rows.exclude(kind=rules.QUICK)
    rows = rows.filter(agency=agency) if agency else rows
    return tuple(_line(row) for row in rows[offset : offset + size]), rows.count()


def count_to_judge() -> int:
    """This function will count the collections that wait for an analyst."""
    return Collection.objects.filter(state="READ").exclude(kind=rules.QUICK).count()


def find_collection(collection_id: int, *, agency: str = "") -> CollectionLine | None:
    """This function will find a collection: an agency's own, or for the desk any."""
    rows = Collection.objects.only(*_LINE).filter(pk=collection_id)
    row = (rows.filter(agency=agency) if agency else rows).first()
    return _line(row) if row else None


def is_identified(series_id: int) -> bool:
    """This function will tell whether the child of a series is identified."""
    return Series.objects.filter(pk=series_id, status=rules.STATUS_IDENTIFIED).exists()


def shown_series(ids: set[int]) -> dict[int, SeriesShown]:
    """This function will load what an agency may know of some series."""
    return {row[0]: SeriesShown(*row) for row in Series.objects.filter(pk__in=ids).values_list(*_SHOWN)}


def list_answers(collection_id: int, *, found: str = "", after: int = 0, size: int = 100) -> AnswerPage:
    """This function will list a collection's files in the order of the file, of one class where it is given."""
    rows = SeizedRow.objects.filter(collection_id=collection_id)
    rows = rows.filter(found=found) if found else rows
    listed = _answers(rows.filter(row__gt=after).order_by("row")[: size + 1])
    more = listed[size - 1].row if len(listed) > size else None
    return AnswerPage(tuple(listed[:size]), rows.count(), more)


def _answers(rows: QuerySet[SeizedRow]) -> list[AnswerLine]:
    listed = list(rows.values(*_FILE, *_SAID))
    series = shown_series({one["series_id"] for one in listed if one["series_id"]})
    return [_answer(one, series) for one in listed]


def _answer(one: dict[str, Any], series: dict[int, SeriesShown]) -> AnswerLine:
    of = series.get(one["series_id"]) if one["source"] != REJECTED_SOURCE else None
    file = SeizedFile(
        **{name: one[name] for name in _FILE},
        series=of.name if of else "",
        victim_identified=True if one["found"] == rules.IDENTIFIED else None,
        is_distributed=of.is_distributed if of else None,
    )
    said = {name: one[name] for name in _SAID if name != "series_id"}
    return AnswerLine(file=file, series=of, **said)


def stream_answers(collection_id: int, *, found: str = "", size: int = 2000) -> Iterator[AnswerLine]:
    """This function will yield all of a collection's files in the order of the file, some thousands in memory."""
    after: int | None = 0
    while after is not None:
        page = list_answers_quickly(collection_id, found=found, after=after, size=size)
        yield from page
        after = page[-1].row if len(page) == size else None


def list_answers_quickly(collection_id: int, *, found: str, after: int, size: int) -> list[AnswerLine]:
    """This function will list some files without counting them all."""
    rows = SeizedRow.objects.filter(collection_id=collection_id, row__gt=after)
    return _answers((rows.filter(found=found) if found else rows).order_by("row")[:size])


def list_problems(collection_id: int, *, size: int = 100) -> tuple[ProblemLine, ...]:
    """This function will list what was wrong with rows, in the order of the file."""
    rows = RowProblem.objects.filter(collection_id=collection_id).order_by("row", "id")[:size]
    return tuple(ProblemLine(row.row, row.field, row.sentence) for row in rows)


def list_events(collection_id: int) -> tuple[EventLine, ...]:
    """This function will list a collection's chain of custody, oldest first."""
    rows = CollectionEvent.objects.filter(collection_id=collection_id).order_by("id")
    return tuple(EventLine(row.at, row.by, row.act, row.detail) for row in rows)


def list_found_later(*, agency: str, since: datetime) -> tuple[FoundLater, ...]:
    """This function will list what was found in an agency's collections after they were answered, newest first."""
    rows = CollectionEvent.objects.filter(agency=agency, act=FOUND_LATER, at__gte=since).order_by("-id")[:20]
    named = rows.values_list("collection_id", "collection__case_number", "at", "detail")
    return tuple(FoundLater(*row) for row in named)


def list_series_found(collection_id: int) -> tuple[tuple[SeriesShown, int], ...]:
    """This function will list the series of a collection with how many files each, most files first."""
    rows = SeizedRow.objects.filter(collection_id=collection_id, series__isnull=False).exclude(source=REJECTED_SOURCE)
    counts = dict(rows.order_by().values_list("series_id").annotate(count=Count("id")))
    series = shown_series(set(counts))
    return tuple((series[number], counts[number]) for number in sorted(counts, key=lambda one: (-counts[one], one)))


def list_groups(collection_id: int) -> tuple[SeriesGroup, ...]:
    """This function will list the series of a collection with what an analyst last said of each. For the desk."""
    rows = SeizedRow.objects.filter(collection_id=collection_id, series__isnull=False)
    counts = dict(rows.order_by().values_list("series_id").annotate(count=Count("id")))
    how: dict[int, set[str]] = {}
    for number, kind in rows.order_by().values_list("series_id", "how").distinct():
        how.setdefault(number, set()).add(kind)
    last = {one.series_id: one for one in Decision.objects.filter(collection_id=collection_id, row=None).order_by("id")}
    # Where files were found later, nobody has said anything of them yet.
    said = {number: one for number, one in last.items() if number in counts and one.files == counts[number]}
    wishes = dict(Series.objects.filter(pk__in=counts).values_list("id", "notification"))
    series = shown_series(set(counts))
    return tuple(
        SeriesGroup(
            series=series[number],
            files=counts[number],
            verdict=said[number].verdict if number in said else "",
            reviewer=said[number].reviewer if number in said else "",
            at=said[number].at if number in said else None,
            notification=rules.NOTIFICATIONS.get(wishes[number], ""),
            how=tuple(sorted(how.get(number, ()))),
        )
        for number in sorted(counts, key=lambda one: (-counts[one], one))
    )


def list_counts() -> tuple[CountLine, ...]:
    """This function will list how many children were identified, as said at each date, newest first."""
    rows = IdentifiedCount.objects.order_by("-as_of", "-id")
    return tuple(CountLine(row.value, row.as_of, row.source, row.certainty) for row in rows)


def list_facts(*, day: date) -> Iterator[Fact]:
    """This function will tell what of a day may be counted: collections, their files by class, children identified."""
    begin = datetime.combine(day, time.min, UTC)
    within = (begin, begin + timedelta(days=1))
    for agency, kind, at in (
        Collection.objects.filter(received_at__gte=within[0], received_at__lt=within[1])
        .order_by("id")
        .values_list("agency", "kind", "received_at")
    ):
        yield Fact("collection_received", at, {"agency": agency, "kind": kind})
    read = Collection.objects.filter(read_at__gte=within[0], read_at__lt=within[1]).order_by("id")
    for row in read.exclude(kind=rules.QUICK):
        for found in ("identified", "recognised", "unrecognised"):
            if getattr(row, found) and row.read_at:
                yield Fact("collection_files", row.read_at, {"class": found}, getattr(row, found))
    known = Series.objects.filter(identified_at__gte=within[0], identified_at__lt=within[1]).order_by("id")
    for one in known:
        labels = {name: getattr(one, name) for name in ("relationship", "age_band", "sex", "country")}
        yield Fact("child_identified", one.identified_at or begin, labels)
