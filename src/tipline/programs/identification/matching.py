"""Comparing files with series, hash lists and reports: several thousand at a time, each by all its fingerprints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Max

from tipline.media.kernels import Near
from tipline.media.thresholds import PDQ_LEAST_QUALITY, PDQ_RADIUS
from tipline.platform.database.columns import COLUMN, column
from tipline.programs.identification.formats.rows import MD5, PDNA, PDQ, SHA1, SHA256, SeizedFile
from tipline.programs.identification.models import SeriesPrint
from tipline.programs.identification.rules import NOTHING, STATUS_IDENTIFIED, Agreement, Answer, answer_of
from tipline.reference.hashlists import queries as hashlists
from tipline.reference.hashlists.values import Print
from tipline.reports import known

# OFFSET 0: one look-up in the index for each value, whatever the planner thinks of the shelf.
_EQUAL = f"""
SELECT DISTINCT asked.place, p.series_id, (SELECT status FROM identification_series s WHERE s.id = p.series_id)
FROM unnest({COLUMN}) WITH ORDINALITY AS asked(value, place)
CROSS JOIN LATERAL (
  SELECT series_id FROM identification_seriesprint WHERE type = %s AND value = asked.value OFFSET 0
) AS p
"""  # noqa: S608 - only constants
_Values = Mapping[str, Sequence[tuple[int, str]]]


def prints_of(file: SeizedFile) -> list[Print]:
    """This function will list the fingerprints of a file, the surest first."""
    given = ((SHA256, file.sha256), (SHA1, file.sha1), (MD5, file.md5), (PDNA, file.photodna))
    found = [Print(kind, value) for kind, value in given if value]
    return [*found, Print(PDQ, file.pdq, file.pdq_quality)] if file.pdq else found


def compare(files: Mapping[int, SeizedFile]) -> dict[int, Answer]:
    """This function will say of each file what it agrees with; rows are the caller's numbers."""
    values = _values_of(files)
    found: dict[int, list[Agreement]] = defaultdict(list)
    for row, agreement in (*_equal(values), *_near(values[PDQ])):
        found[row].append(agreement)
    for row, matches in hashlists.look_up_values(values).items():
        found[row] += [Agreement("list", one.how, one.distance, one.list_slug) for one in matches]
    for row, how in known.find_known_files(values):
        found[row].append(Agreement("report", how))
    return {row: answer_of(found[row]) if row in found else NOTHING for row in files}


def _values_of(files: Mapping[int, SeizedFile]) -> _Values:
    """The fingerprints by kind, and of PDQ those that may be compared loosely."""
    listed = files.items()
    return {
        SHA256: [(row, file.sha256) for row, file in listed if file.sha256],
        SHA1: [(row, file.sha1) for row, file in listed if file.sha1],
        MD5: [(row, file.md5) for row, file in listed if file.md5],
        PDNA: [(row, file.photodna) for row, file in listed if file.photodna],
        PDQ: [(row, file.pdq) for row, file in listed if file.pdq and file.pdq_quality >= PDQ_LEAST_QUALITY],
    }


def _equal(values: _Values) -> Iterator[tuple[int, Agreement]]:
    for kind, asked in values.items():
        if not asked or kind == PDQ:
            continue
        with connection.cursor() as cursor:
            cursor.execute(_EQUAL, [column([value for _, value in asked]), kind])
            for place, series, status in cursor.fetchall():
                is_identified = status == STATUS_IDENTIFIED
                yield asked[place - 1][0], Agreement("series", kind, series=series, is_identified=is_identified)


def _near(asked: Sequence[tuple[int, str]]) -> Iterator[tuple[int, Agreement]]:
    if not asked:
        return
    packed = _current()
    near = {value: packed.hashes.scan(bytes.fromhex(value), PDQ_RADIUS) for value in {value for _, value in asked}}
    for row, value in asked:
        for at, distance in near[value]:
            series, status = packed.series[at]
            yield row, Agreement("series", PDQ, distance, series=series, is_identified=status == STATUS_IDENTIFIED)


@dataclass(frozen=True, slots=True)
class _Packed:
    """The loosely comparable fingerprints of all series, and of which edition."""

    edition: tuple[object, ...]
    hashes: Near
    series: tuple[tuple[int, str], ...]


_held: list[_Packed] = []


def _current() -> _Packed:
    rows = SeriesPrint.objects.filter(type=PDQ, quality__gte=PDQ_LEAST_QUALITY)
    counted = rows.aggregate(count=Count("id"), last=Max("id"), changed=Max("series__changed_at"))
    edition = tuple(counted.values())
    if not _held or _held[0].edition != edition:
        found = list(rows.order_by("id").values_list("value", "series_id", "series__status"))
        series = tuple((number, status) for _, number, status in found)
        _held[:] = [_Packed(edition, Near(bytes.fromhex("".join(value for value, *_ in found)), ()), series)]
    return _held[0]
