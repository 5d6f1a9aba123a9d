"""Reads of the look-ups and of what people found by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Count

from tipline.stages.enrichment.models import EnrichmentClue, EnrichmentLookup, EnrichmentResearch


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


@dataclass(frozen=True, slots=True)
class ResearchLine:
    """One look-up by hand."""

    id: int
    at: datetime
    by: str
    query: str
    source: str
    address: str
    result: str
    capture_sha256: str
    capture_size: int
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_why: str


@dataclass(frozen=True, slots=True)
class ClueLine:
    """One clue that somebody saw or heard."""

    id: int
    at: datetime
    by: str
    kind: str
    seen_in: str
    says: str
    role: str
    country: str
    state: str
    city: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_why: str


def list_research(report_id: int) -> tuple[ResearchLine, ...]:
    """This function will list the look-ups by hand, the oldest first, captures unopened."""
    names = [field.name for field in fields(ResearchLine)]
    rows = EnrichmentResearch.objects.filter(report_id=report_id).order_by("id").values(*names)
    return tuple(ResearchLine(**row) for row in rows)


def list_clues(report_id: int) -> tuple[ClueLine, ...]:
    """This function will list the clues of a report, the oldest first."""
    names = [field.name for field in fields(ClueLine)]
    return tuple(
        ClueLine(**row) for row in EnrichmentClue.objects.filter(report_id=report_id).order_by("id").values(*names)
    )


@dataclass(frozen=True, slots=True)
class HintedPlace:
    """A place that clues name, and in how many reports."""

    country: str
    state: str
    city: str
    reports: int


def list_hinted_places(report_ids: Sequence[int], most: int) -> tuple[HintedPlace, ...]:
    """This function will list the places that the clues of many reports name, those of most reports first."""
    names = [field.name for field in fields(HintedPlace)]
    rows = (
        EnrichmentClue.objects.filter(report_id__in=report_ids, withdrawn_at=None)
        .exclude(country="", state="")
        .values("country", "state", "city")
        .annotate(reports=Count("report_id", distinct=True))
        .order_by("-reports", "country", "state", "city")
    )
    return tuple(HintedPlace(**row) for row in rows.values(*names)[:most])
