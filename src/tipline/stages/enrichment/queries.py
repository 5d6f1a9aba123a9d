"""Reads of the look-ups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.stages.enrichment.models import EnrichmentLookup


@dataclass(frozen=True, slots=True)
class LookupLine:
    """One look-up as evidence: who was asked what, on data of which day, and the answer."""

    role: str
    evidence: str
    value: str
    source: str
    data_date: str
    answered: bool
    answer: dict[str, Any]
    at: datetime


def list_lookups(report_id: int) -> tuple[LookupLine, ...]:
    """This function will list the look-ups of a report in the order in which they were made."""
    rows = EnrichmentLookup.objects.filter(report_id=report_id).order_by("id")
    return tuple(
        LookupLine(r.role, r.evidence, r.value, r.source, r.data_date, r.answered, r.answer, r.at) for r in rows
    )
