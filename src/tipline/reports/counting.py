"""What statistics read of reports: codes and counts of a day, batch by batch, never a name or a word of anybody."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from tipline.domain.gist import FileGist, Gist
from tipline.reports.values import CHILD_AGES, ages_of

BATCH = 5_000
# Findings that say something countable; the bodies hold codes, places and agencies, never free text that is counted.
KINDS = ("best_place", "place_found", "judged", "recipient_chosen", "outcome_recorded", "escalated")


_IDS = """
SELECT id FROM reports_report
WHERE received_at >= %s AND received_at < %s AND environment = 'production' ORDER BY id
"""
_HEADS = """
SELECT id, received_at, source, incident_type, esp_name, batched, priority, state = 'PURGED'
FROM reports_report WHERE id = ANY(%s) ORDER BY id
"""
_HEAD = ("report_id", "received_at", "source", "incident_type", "esp_name", "batched", "priority", "purged")
_STATES = "SELECT report_id, to_state FROM reports_journalentry WHERE report_id = ANY(%s)"
_FINDINGS = """
SELECT f.report_id, f.kind, f.body::text FROM reports_currentfinding c
JOIN reports_findingrow f ON f.id = c.finding_id AND f.report_id = c.report_id
WHERE c.report_id = ANY(%s) AND c.kind = ANY(%s) ORDER BY f.id
"""
# Of the document the marks and the children's ages alone.
_MARKS = f"""
SELECT report_id, (document #> '{{incidentSummary,reportAnnotations}}')::text, {CHILD_AGES}
FROM reports_submission WHERE report_id = ANY(%s) AND part = 1
"""  # noqa: S608 - only constants
_FILES = """
SELECT f.id, f.report_id, f.sha256, f.media_type, coalesce(p.value, ''), coalesce(p.quality, 0),
  (f.details -> 'fileAnnotations')::text, coalesce((f.details -> 'potentialMeme')::text = 'true', false)
FROM reports_file f LEFT JOIN reports_fingerprint p ON p.file_id = f.id AND p.algorithm = 'pdq'
WHERE f.report_id = ANY(%s) ORDER BY f.id
"""
_CHANGED = """
SELECT DISTINCT (r.received_at AT TIME ZONE 'UTC')::date FROM {table} c JOIN reports_report r ON r.id = c.report_id
WHERE c.id > %s AND r.received_at IS NOT NULL AND r.environment = 'production'
"""
_NEWEST = "SELECT coalesce(max(id), %s) FROM {table} WHERE id > %s AND at <= %s"
TABLES = ("reports_findingrow", "reports_journalentry")


def day_span(day: date) -> tuple[datetime, datetime]:
    """This function will give the first moment of a UTC day and of the next one."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def stream_gists(day: date, *, batch: int = BATCH) -> Iterator[tuple[Gist, ...]]:
    """This function will read the reports received on a UTC day, a batch at a time; only ids are held for the day."""
    ids = [row[0] for row in _rows(_IDS, list(day_span(day)))]
    for start in range(0, len(ids), batch):
        yield _gists(ids[start : start + batch])


def _gists(ids: Sequence[int]) -> tuple[Gist, ...]:
    states, findings, files = _states(ids), _findings(ids), _files(ids)
    marks = {row[0]: row[1:] for row in _rows(_MARKS, [list(ids)])}
    nothing = (None, "[]", "[]")
    found = []
    for row in _rows(_HEADS, [list(ids)]):
        report_id = row[0]
        flags, *ages = marks.get(report_id, nothing)
        named: dict[str, Any] = dict(zip(_HEAD, row, strict=True))
        named |= {"states": frozenset(states[report_id]), "findings": tuple(findings[report_id])}
        named |= {"flags": _flags(flags), "child_ages": ages_of(*ages), "files": tuple(files[report_id])}
        found.append(Gist(**named))
    return tuple(found)


def _states(ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for report_id, state in _rows(_STATES, [list(ids)]):
        found[report_id].add(state)
    return found


def _findings(ids: Sequence[int]) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    found: dict[int, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for report_id, kind, body in _rows(_FINDINGS, [list(ids), list(KINDS)]):
        found[report_id].append((kind, _json(body)))
    return found


def _files(ids: Sequence[int]) -> dict[int, list[FileGist]]:
    found: dict[int, list[FileGist]] = defaultdict(list)
    for row in _rows(_FILES, [list(ids)]):
        flags = (*_flags(row[6]), *(("potentialMeme",) if row[7] else ()))
        file = FileGist(row[0], row[1], row[2], row[3], row[4], row[5], tuple(dict.fromkeys(flags)))
        found[file.report_id].append(file)
    return found


def _flags(held: Any) -> tuple[str, ...]:
    return tuple(sorted(name for name, value in (_json(held) or {}).items() if value is True))


def _json(held: Any) -> Any:
    return json.loads(held) if isinstance(held, str) else held


def newest_ids(since: Mapping[str, int], *, settled: datetime) -> dict[str, int]:
    """This function will give, of findings and of the journal, the newest id written before `settled`."""
    found = {}
    for table in TABLES:
        mark = since.get(table, 0)
        found[table] = int(_rows(_NEWEST.format(table=table), [mark, mark, settled])[0][0])
    return found


def list_changed_days(since: Mapping[str, int]) -> tuple[date, ...]:
    """This function will list the days of receipt of all reports that anything was written about after these ids."""
    days = {row[0] for table in TABLES for row in _rows(_CHANGED.format(table=table), [since.get(table, 0)])}
    return tuple(sorted(days))


def list_days(since: date, until: date) -> tuple[date, ...]:
    """This function will list the UTC days, both ends included, on which reports were received."""
    start, end = day_span(since)[0], day_span(until)[1]
    query = (
        "SELECT DISTINCT (received_at AT TIME ZONE 'UTC')::date FROM reports_report "
        "WHERE received_at >= %s AND received_at < %s AND environment = 'production' ORDER BY 1"
    )
    return tuple(row[0] for row in _rows(query, [start, end]))


def _rows(query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
