"""Gathers places and the directory's rows for the rules, and keeps what they or a person chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.domain.findings import BestPlace, LinkFound
from tipline.domain.report import PersonRole, ReportHead
from tipline.domain.states import ReportState, has_reached
from tipline.domain.steps import Advance
from tipline.reference.directory import queries as directory
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.stages.routing.models import RoutedAgency, RoutingDecision
from tipline.stages.routing.queries import find_routing, list_recipients
from tipline.stages.routing.rules import (
    LEAST_WEIGHT,
    TERRITORIES,
    Facts,
    Option,
    Part,
    PlaceToRoute,
    Recipient,
    Side,
    count_primaries,
    decide,
    finding,
)

__all__ = ["TAKES", "choose_recipients", "decide", "gather", "save"]

TAKES = ReportState.TRIAGED
BY = system("routing")
FEDERAL, ABROAD = "fbi", "hsi"
MOST_LINKED = 50


def gather(head: ReportHead) -> Facts:
    """This function will read the best places of a report and of those linked with it."""
    found = [_place(body, 0) for body in _best_places(head.id)]
    for report_id, number in _linked(head.id):
        found += [_place(body, number) for body in _best_places(report_id)]
    chosen = find_routing(head.id)
    return Facts(
        places=tuple(found),
        federal=_option_of(FEDERAL),
        abroad=_option_of(ABROAD),
        chosen=chosen.recipients if chosen and chosen.by_person else (),
    )


def _best_places(report_id: int) -> tuple[BestPlace, ...]:
    current = reports.current_findings(report_id, BestPlace.kind)
    return tuple(each.body for each in current if isinstance(each.body, BestPlace))


def _linked(report_id: int) -> list[tuple[int, int]]:
    """Ids and numbers of the reports that a strong tie links, the strongest first, each once."""
    links = [each.body for each in reports.current_findings(report_id, LinkFound.kind)]
    strong = [each for each in links if isinstance(each, LinkFound) and each.weight >= LEAST_WEIGHT]
    strong.sort(key=lambda each: (-each.weight, each.other_number))
    return list(dict.fromkeys((each.other_report_id, each.other_number) for each in strong))[:MOST_LINKED]


def _place(body: BestPlace, through: int) -> PlaceToRoute:
    inside = body.country == "US" and body.state not in TERRITORIES
    county = directory.task_force_of_county(body.county_fips) if inside and body.county_fips else None
    return PlaceToRoute(
        side=Side.SUSPECT if body.role == PersonRole.SUSPECT else Side.CHILD,
        country=body.country,
        state=body.state,
        county=body.county,
        confidence=body.confidence,
        through=through,
        by_county=_option(county) if county else None,
        by_state=tuple(
            Option(each.id, each.name, each.certainty, "the state's task force")
            for each in (directory.task_forces_of_state(body.state) if inside and body.state else ())
        ),
        by_country=tuple(_option(each) for each in directory.country_recipients(body.country)),
    )


def _option(found: directory.Assignment) -> Option:
    return Option(found.agency.id, found.agency.name, found.certainty, found.basis)


def _option_of(agency_id: str) -> Option:
    found = directory.find_agency(agency_id)
    if found is None:
        raise LookupError(f"the directory has no {agency_id}; load the reference data")
    return Option(found.id, found.name, found.certainty)


def save(head: ReportHead, result: Advance, now: datetime) -> None:
    """This function will keep the recipients, unless the same, or a person's choice, are kept."""
    kept = find_routing(head.id)
    if kept and (kept.by_person or kept.recipients == tuple(result.own)):
        return
    _keep(RoutingDecision(report_id=head.id, by=str(BY), at=now), result.own)


def _keep(decision: RoutingDecision, recipients: Sequence[Recipient]) -> None:
    decision.save()
    RoutedAgency.objects.bulk_create(
        RoutedAgency(
            decision=decision,
            agency_id=each.agency,
            agency_name=each.name,
            part=each.part,
            why=each.why,
            certainty=each.certainty,
            position=position,
        )
        for position, each in enumerate(recipients)
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's choice of recipients: which agency gets which part, and why."""

    parts: tuple[tuple[str, Part], ...]  # (agency id, part)
    reason: str


@transaction.atomic
def choose_recipients(*, report_id: int, choice: Choice, by: Actor, now: datetime) -> tuple[Recipient, ...]:
    """This function will set the recipients on a person's word, before the report is routed or after.

    Before, the rules keep the choice; after, it is late news. An agency that was chosen before and is not now
    keeps what it has: a recall is an act of its own.
    Raises Refusal: no reason, an agency unknown or named twice, or not exactly one primary.
    """
    recipients = _checked(choice, by)
    head = reports.load_head(report_id)
    if not has_reached(head.state, ReportState.SECURED) or head.state is ReportState.CLOSED:
        raise Refusal("wrong_state", "The recipients of this report cannot be chosen in its present state.")
    before = list_recipients(report_id)
    decision = RoutingDecision(report_id=report_id, by=str(by), by_person=True, reason=choice.reason.strip(), at=now)
    _keep(decision, recipients)
    if has_reached(head.state, ReportState.ROUTED):
        findings = [finding(each, now, by=str(by), tool="person") for each in recipients]
        record.append_findings(report_id=report_id, findings=findings, by=by, now=now)
    verb = "report.rerouted" if before else "report.routed"
    record.audit(by, verb, head.number, now, agencies=len(recipients), primary=recipients[0].agency)
    return recipients


def _checked(choice: Choice, by: Actor) -> tuple[Recipient, ...]:
    reason = choice.reason.strip()[:1000]
    if not reason:
        raise Refusal("reason_missing", "Say why these agencies.", field="reason")
    if len({agency for agency, _ in choice.parts}) != len(choice.parts):
        raise Refusal("agency_twice", "An agency is named twice.", field="agencies")
    found = []
    for agency_id, part in choice.parts:
        agency = directory.find_agency(agency_id)
        if agency is None:
            raise Refusal("no_agency", "One of the agencies is not in the directory.", field="agencies")
        found.append(Recipient(agency.id, agency.name, Part(part), f"Chosen by an analyst: {reason}", agency.certainty))
    if count_primaries(found) != 1:
        raise Refusal("one_primary", "Choose exactly one primary agency.", field="agencies")
    return tuple(sorted(found, key=lambda each: tuple(Part).index(each.part)))
