"""Reads of decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from tipline.stages.triage.models import Decision


@dataclass(frozen=True, slots=True)
class Pending:
    """A decision that can still be undone, or waits to be applied."""

    disposition: str
    reason: str
    by: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision as it was made, and what became of it: it counts, waits, or was taken back."""

    disposition: str
    reason: str
    note: str
    by: str
    made_at: datetime
    undone_at: datetime | None
    undone_by: str
    undone_why: str


def list_decisions(report_id: int) -> tuple[DecisionLine, ...]:
    """This function will list every decision about a report, those taken back too, oldest first."""
    columns = [each.name for each in fields(DecisionLine)]
    rows = Decision.objects.filter(report_id=report_id).order_by("id").values_list(*columns)
    return tuple(DecisionLine(*row) for row in rows)


def find_pending(report_id: int) -> Pending | None:
    """This function will find the pending decision about a report."""
    row = Decision.objects.filter(report_id=report_id, undone_at=None, applied_at=None).first()
    return Pending(row.disposition, row.reason, row.by, row.effective_at) if row else None


def list_pending(report_ids: Sequence[int]) -> dict[int, Pending]:
    """This function will find the pending decisions about several reports, by report id."""
    rows = Decision.objects.filter(report_id__in=list(report_ids), undone_at=None, applied_at=None)
    return {row.report_id: Pending(row.disposition, row.reason, row.by, row.effective_at) for row in rows}


def list_due(now: datetime, most: int = 200) -> tuple[int, ...]:
    """This function will list decisions whose window has ended and that were not applied."""
    rows = Decision.objects.filter(undone_at=None, applied_at=None, effective_at__lte=now).order_by("id")
    return tuple(rows.values_list("id", flat=True)[:most])
