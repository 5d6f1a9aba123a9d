"""What is known from every report ever received: files by digest, and who stands in which report. Set-based."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from tipline.domain.identifiers import hash64
from tipline.domain.report import Identifier
from tipline.domain.states import UNFINISHED

_COLUMNS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256"}
_KNOWN = """
SELECT DISTINCT asked.row FROM unnest(%s::bigint[], %s::text[]) AS asked(row, value)
JOIN reports_file f ON f.{column} = asked.value
JOIN reports_report r ON r.id = f.report_id AND r.environment = 'production'
 AND r.state <> ALL(%s::text[])
"""
_SEEN = """
SELECT DISTINCT asked.row, r.id, r.number
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS asked(row, hash, kind, value)
JOIN reports_identifierrow i ON i.hash64 = asked.hash AND i.kind = asked.kind AND i.value = asked.value
JOIN reports_report r ON r.id = i.report_id AND r.environment = 'production'
 AND r.state <> ALL(%s::text[])
ORDER BY asked.row, r.id
"""


def find_known_files(asked: Sequence[tuple[int, str, str]]) -> set[tuple[int, str]]:
    """This function will tell which of many files came in a report before: (row, digest that agrees).

    asked: (row, MD5 | SHA1 | SHA256, lowercase hex); rows are the caller's numbers, several thousand a call.
    """
    found: set[tuple[int, str]] = set()
    for kind, column in _COLUMNS.items():
        wanted = [(row, value) for row, of_kind, value in asked if of_kind == kind]
        if wanted:
            rows, values = zip(*wanted, strict=True)
            with connection.cursor() as cursor:
                cursor.execute(_KNOWN.format(column=column), [list(rows), list(values), sorted(UNFINISHED)])
                found |= {(row, kind) for (row,) in cursor.fetchall()}
    return found


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
