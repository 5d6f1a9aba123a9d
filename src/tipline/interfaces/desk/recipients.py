"""Who gets a report, who has it already, and who would get it as things stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tipline.domain.findings import Escalated
from tipline.domain.report import ReportHead
from tipline.domain.states import ReportState
from tipline.interfaces.desk import words
from tipline.interfaces.ui import names
from tipline.reports import queries as reports
from tipline.stages.referral import queries as referrals
from tipline.stages.routing import queries as routings
from tipline.stages.routing import service as routing
from tipline.stages.routing.rules import Recipient


@dataclass(frozen=True, slots=True)
class Getter:
    """An agency that gets, or would get, the report: why, how sure that it is the right one, whether it has it."""

    name: str
    part: str
    is_primary: bool
    whys: tuple[str, ...]
    certainty: str
    has: str


@dataclass(frozen=True, slots=True)
class Getters:
    """The recipients: chosen by whom, or as they would be chosen now."""

    title: str
    said: str
    agencies: tuple[Getter, ...]
    can_choose: bool


def load_getters(head: ReportHead) -> Getters | None:
    """This function will list who gets the report; before it is routed, who would get it as things stand."""
    if head.state in (ReportState.RECEIVED, ReportState.PURGED):
        return None
    can_choose = head.state is not ReportState.CLOSED
    has = {line.agency: words.REFERRAL_WORDS[line.state] for line in referrals.list_referrals(head.id)}
    chosen = routings.find_routing(head.id)
    if chosen:
        return Getters("Who gets it", _by(chosen), _getters(chosen.recipients, has), can_choose)
    if head.state is ReportState.CLOSED:
        return None
    found = _getters(_preview(head), has)
    if has:
        # An early referral: to say "would get it" of an agency that has it is not true.
        said = "Escalated: what is known is with some of them already, without a decision. A referral goes to all"
        return Getters("Who gets it", said, found, can_choose)
    if reports.current_findings(head.id, Escalated.kind):
        return Getters("Who gets it", "Escalated: they get what is known now, before any decision", found, can_choose)
    return Getters("Who would get it", "As things stand, if it is referred now", found, can_choose)


def _by(chosen: routings.RoutingLine) -> str:
    if not chosen.by_person:
        return "Chosen by the rules"
    return f"Chosen by {names.actor_name(chosen.by)}" + (f": {chosen.reason}" if chosen.reason else "")


def _preview(head: ReportHead) -> tuple[Recipient, ...]:
    """Who would get the report now; nothing is written."""
    found: tuple[Recipient, ...] = routing.decide(head, routing.gather(head), head.opened_at).own
    return found


def _getters(recipients: Sequence[Recipient], has: Mapping[str, str]) -> tuple[Getter, ...]:
    return tuple(
        Getter(
            name=one.name,
            part=names.PART_WORDS[one.part],
            is_primary=one.part == "PRIMARY",
            whys=tuple(one.why.splitlines()),
            certainty=one.certainty,
            has=f"has it, {has[one.agency]}" if one.agency in has else "",
        )
        for one in recipients
    )


def load_chosen(head: ReportHead) -> tuple[tuple[str, str], ...]:
    """This function will give (agency id, part) of the recipients chosen, or that would be chosen now."""
    chosen = routings.find_routing(head.id)
    return tuple((one.agency, str(one.part)) for one in (chosen.recipients if chosen else _preview(head)))
