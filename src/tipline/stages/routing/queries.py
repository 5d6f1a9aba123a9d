"""Reads of the recipients of a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tipline.stages.routing.models import RoutedAgency, RoutingDecision
from tipline.stages.routing.rules import Part, Recipient


@dataclass(frozen=True, slots=True)
class RoutingLine:
    """The decision that counts: who made it, when, on what ground, and its recipients."""

    by: str
    by_person: bool
    reason: str
    at: datetime
    recipients: tuple[Recipient, ...]


def _line(row: RoutingDecision) -> RoutingLine:
    agencies = RoutedAgency.objects.filter(decision=row).order_by("position")
    recipients = tuple(Recipient(a.agency_id, a.agency_name, Part(a.part), a.why, a.certainty) for a in agencies)
    return RoutingLine(row.by, row.by_person, row.reason, row.at, recipients)


def find_routing(report_id: int) -> RoutingLine | None:
    """This function will find the decision about recipients that counts."""
    row = RoutingDecision.objects.filter(report_id=report_id).order_by("-id").first()
    return _line(row) if row else None


def list_recipients(report_id: int) -> tuple[Recipient, ...]:
    """This function will list the recipients of a report, the primary one first; none before it is routed."""
    found = find_routing(report_id)
    return found.recipients if found else ()


def list_routings(report_id: int) -> tuple[RoutingLine, ...]:
    """This function will list every decision about a report's recipients, the latest first."""
    return tuple(_line(row) for row in RoutingDecision.objects.filter(report_id=report_id).order_by("-id"))
