"""Comparing files with series, hash lists and reports: several thousand at a time, each by all its fingerprints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Max

from tipline.media.hamming import Words, find_near, pack
from tipline.programs.identification.formats.rows import MD5, PDNA, PDQ, SHA1, SHA256, SeizedFile
from tipline.programs.identification.models import SeriesPrint
from tipline.programs.identification.rules import NOTHING, STATUS_IDENTIFIED, Agreement, Answer, answer_of
from tipline.reference.hashlists import queries as hashlists
from tipline.reference.hashlists.values import PDQ_LEAST_QUALITY, PDQ_RADIUS, Print
from tipline.reports import known

_EQUAL = """
SELECT DISTINCT asked.row, p.series_id, p.type, s.status
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS asked(row, type, value)
JOIN identification_seriesprint p ON p.type = asked.type AND p.value = asked.value
JOIN identification_series s ON s.id = p.series_id
"""


def prints_of(file: SeizedFile) -> list[Print]:
    """This function will list the fingerprints of a file, the surest first."""
    given = ((SHA256, file.sha256), (SHA1, file.sha1), (MD5, file.md5), (PDNA, file.photodna))
    found = [Print(kind, value) for kind, value in given if value]
    return [*found, Print(PDQ, file.pdq, file.pdq_quality)] if file.pdq else found


def compare(files: Mapping[int, SeizedFile]) -> dict[int, Answer]:
    """This function will say of each file what it agrees with; rows are the caller's numbers."""
    prints = {row: prints_of(file) for row, file in files.items()}
    found: dict[int, list[Agreement]] = defaultdict(list)
    for row, agreement in _series(prints):
        found[row].append(agreement)
    for row, matches in hashlists.look_up_many(prints).items():
        found[row] += [Agreement("list", one.how, one.distance, one.list_slug) for one in matches]
    asked = [(row, one.type, one.value) for row, listed in prints.items() for one in listed if one.type != PDQ]
    for row, how in known.find_known_files(asked):
        found[row].append(Agreement("report", how))
    return {row: answer_of(found[row]) if row in found else NOTHING for row in files}


def _series(prints: Mapping[int, Sequence[Print]]) -> Iterable[tuple[int, Agreement]]:
    asked = [(row, one.type, one.value) for row, listed in prints.items() for one in listed if one.type != PDQ]
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(_EQUAL, [list(column) for column in zip(*asked, strict=True)])
            for row, series, how, status in cursor.fetchall():
                yield row, Agreement("series", how, series=series, is_identified=status == STATUS_IDENTIFIED)
    near = [(row, one.value) for row, listed in prints.items() for one in listed if _is_comparable(one)]
    packed = _current() if near else None
    for row, value in near if packed else ():
        for column, distance in find_near(value, packed.words, PDQ_RADIUS):  # type: ignore[union-attr]
            series, status = packed.series[column]  # type: ignore[union-attr]
            yield row, Agreement("series", PDQ, distance, series=series, is_identified=status == STATUS_IDENTIFIED)


def _is_comparable(one: Print) -> bool:
    return one.type == PDQ and one.quality >= PDQ_LEAST_QUALITY


@dataclass(frozen=True, slots=True)
class _Packed:
    """The loosely comparable fingerprints of all series, and of which edition."""

    edition: tuple[object, ...]
    words: Words
    series: tuple[tuple[int, str], ...]


_held: list[_Packed] = []


def _current() -> _Packed:
    rows = SeriesPrint.objects.filter(type=PDQ, quality__gte=PDQ_LEAST_QUALITY)
    counted = rows.aggregate(count=Count("id"), last=Max("id"), changed=Max("series__changed_at"))
    edition = tuple(counted.values())
    if not _held or _held[0].edition != edition:
        found = list(rows.order_by("id").values_list("value", "series_id", "series__status"))
        series = tuple((number, status) for _, number, status in found)
        _held[:] = [_Packed(edition, pack([value for value, *_ in found]), series)]
    return _held[0]
