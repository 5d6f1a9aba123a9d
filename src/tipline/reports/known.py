"""What is known from every report ever received: files by digest, and who stands in which report. Set-based."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from tipline.domain.identifiers import hash64
from tipline.domain.report import Identifier
from tipline.domain.states import UNFINISHED
from tipline.platform.database.columns import COLUMN, column

_COLUMNS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256"}
# LATERAL and OFFSET 0: one look-up in the index for each value and each hit, and never all files for a few of them.
_KNOWN = f"""
SELECT DISTINCT asked.place FROM unnest({COLUMN}) WITH ORDINALITY AS asked(value, place)
CROSS JOIN LATERAL (SELECT report_id FROM reports_file WHERE {{name}} = asked.value OFFSET 0) AS f
CROSS JOIN LATERAL (
  SELECT FROM reports_report r
  WHERE r.id = f.report_id AND r.environment = 'production' AND r.state <> ALL(%s::text[]) OFFSET 0
) AS is_there
"""  # noqa: S608 - only constants
_SEEN = """
SELECT DISTINCT asked.row, r.id, r.number
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS asked(row, hash, kind, value)
JOIN reports_identifierrow i ON i.hash64 = asked.hash AND i.kind = asked.kind AND i.value = asked.value
JOIN reports_report r ON r.id = i.report_id AND r.environment = 'production' AND r.state <> ALL(%s::text[])
ORDER BY asked.row, r.id
"""


def find_known_files(values: Mapping[str, Sequence[tuple[int, str]]]) -> Iterator[tuple[int, str]]:
    """This function will tell which of many files came in a report before: (row, digest that agrees).

    values: (row, lowercase hex) by MD5 | SHA1 | SHA256; rows are the caller's numbers, several thousand a call.
    """
    for kind, name in _COLUMNS.items():
        if asked := values.get(kind):
            with connection.cursor() as cursor:
                cursor.execute(_KNOWN.format(name=name), [column([value for _, value in asked]), sorted(UNFINISHED)])
                yield from ((asked[place - 1][0], kind) for (place,) in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class SeenIn:
    """A report in which one of many identifiers stands."""

    row: int
    report_id: int
    number: int


def find_seen_many(asked: Sequence[tuple[int, Identifier]]) -> tuple[SeenIn, ...]:
    """This function will find the reports in which each of many identifiers stands; rows are the caller's numbers."""
    if not asked:
        return ()
    keys = [(row, hash64(one.kind, one.value), one.kind.value, one.value) for row, one in asked]
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [*(list(column) for column in zip(*keys, strict=True)), sorted(UNFINISHED)])
        return tuple(SeenIn(*row) for row in cursor.fetchall())
