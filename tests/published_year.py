"""A year of synthetic reports with the counts that were printed for 2023, brought in by COPY and counted.

tables = load(cursor, 36_210, days=365)  # a superuser's: COPY stops at row-level security
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from tipline.commands.simulate import printed_tables
from tipline.simulation.year import MadeUp, YearTables, reports_of, scaled_year

FIRST_ID = 5_000_000
_REPORT = """
COPY reports_report (id, number, source, state, priority, score, incident_type, headline, tags, esp_name, environment,
  batched, opened_at, changed_at, received_at, hold_reason, hold_detail, legal_hold) FROM STDIN
"""
_FINDING = "COPY reports_findingrow (id, report_id, kind, subject, body, version, by, tool, basis, at) FROM STDIN"
_CURRENT = "COPY reports_currentfinding (report_id, kind, subject, finding_id) FROM STDIN"
_JOURNAL = "COPY reports_journalentry (report_id, at, by, from_state, to_state, code) FROM STDIN"


def load(cursor: Any, total: int, *, days: int) -> YearTables:
    """This function will bring in the scaled year, on so many days, and return its tables."""
    tables = scaled_year(printed_tables(), total)
    made = list(reports_of(tables, days=days))
    _copy(cursor, _REPORT, (_report(one) for one in made))
    placed = [one for one in made if one.country]
    _copy(cursor, _FINDING, (_finding(one) for one in placed))
    _copy(cursor, _CURRENT, ((FIRST_ID + one.number, "best_place", "SUSPECT", FIRST_ID + one.number) for one in placed))
    _copy(
        cursor,
        _JOURNAL,
        ((FIRST_ID + one.number, one.received_at, "made", "OPEN", "RECEIVED", "finished") for one in made),
    )
    return tables


def _copy(cursor: Any, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    # Whole rows of our own making: checking each reference at the end takes minutes.
    cursor.execute("SET session_replication_role = replica")
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute("SET session_replication_role = origin")


def _report(one: MadeUp) -> tuple[object, ...]:
    at, source = one.received_at, "ESP_API" if one.esp else "PUBLIC_FORM"
    return (
        *(FIRST_ID + one.number, 9_000_000_000 + one.number, source, "RECEIVED", 4, 0, one.incident_type, "", "[]"),
        *(one.esp, "production", False, at - timedelta(seconds=5), at, at, "", "", False),
    )


def _finding(one: MadeUp) -> tuple[object, ...]:
    key = FIRST_ID + one.number
    body = json.dumps({"role": "SUSPECT", "country": one.country, "confidence": "likely"})
    return key, key, "best_place", "SUSPECT", body, 1, "made", "simulation", "", one.received_at
