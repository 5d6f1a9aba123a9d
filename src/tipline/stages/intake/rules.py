"""What intake decides: what a sender may still do with a report, and what a reporter is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.errors import Refusal
from tipline.domain.findings import Body, Judged, OutcomeRecorded, ReferralMade
from tipline.domain.states import Disposition, ReportState, has_reached
from tipline.domain.statutes import LAPSE_AFTER_CHANGE, LAPSE_AFTER_OPEN

NO_SUCH_REPORT = "no_such_report"
NO_SUCH_FILE = "no_such_file"
RETRACTED = "retracted"
FINISHED = "finished"


class Overloaded(Exception):
    """More waits than can be served soon. Nothing was done; the sender should come back."""


# What a reporter reads; the code is what is kept. Plain words, and nothing that names a person, a place or an
# agency.
STATUS = {
    "received": "We have your report. A person will read it.",
    "looked_at": "People have read your report and are deciding who can help best.",
    "with_police": "We told the police.",
    "acted": "The police are looking into it.",
    "arrest": "The police acted on it. Somebody was arrested.",
    "closed": "We have read your report and closed it. You can still tell us more.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the door knows of a report: who sent it into which environment, and where it stands."""

    esp_id: int | None
    environment: str
    state: ReportState
    opened_at: datetime
    changed_at: datetime


def is_overdue(standing: Standing, now: datetime) -> bool:
    """This function will tell whether an open report's time is over. Source: reporting API, section 5."""
    return standing.opened_at + LAPSE_AFTER_OPEN < now and standing.changed_at + LAPSE_AFTER_CHANGE < now


def require_open(standing: Standing | None, *, esp_id: int, environment: str, now: datetime) -> None:
    """This function will refuse an act on a report that is not the sender's, or not open any more.

    Raises Refusal `no_such_report` (the same for an unknown and for somebody else's), `retracted` or
    `finished`.
    """
    if standing is None or standing.esp_id != esp_id or standing.environment != environment:
        raise no_such_report()
    state = standing.state
    if state is ReportState.RETRACTED:
        raise Refusal(RETRACTED, "The report was retracted.", field="id")
    if state in {ReportState.LAPSED, ReportState.PURGED} or (state is ReportState.OPEN and is_overdue(standing, now)):
        raise no_such_report()
    if state is not ReportState.OPEN:
        raise Refusal(FINISHED, "The report was finished before.", field="id")


def no_such_report() -> Refusal:
    """This function will make the one answer for reports that do not exist for this sender."""
    return Refusal(NO_SUCH_REPORT, "There is no such report.", field="id")


def status_for(state: ReportState, findings: Iterable[Body]) -> str:
    """This function will choose what the reporter is told, by where the report stands and what came of it."""
    bodies = tuple(findings)
    outcomes = {body.case_status for body in bodies if isinstance(body, OutcomeRecorded)}
    if outcomes & {"arrest", "conviction"}:
        return "arrest"
    if outcomes & {"ongoing", "referred_onward"}:
        return "acted"
    told = any(isinstance(body, ReferralMade) for body in bodies)
    if told or (has_reached(state, ReportState.MADE_AVAILABLE) and state is not ReportState.CLOSED):
        return "with_police"
    if state is ReportState.CLOSED or _is_out_of_scope(bodies):
        return "closed"
    return "looked_at" if has_reached(state, ReportState.TRIAGED) else "received"


def _is_out_of_scope(bodies: tuple[Body, ...]) -> bool:
    return any(isinstance(body, Judged) and body.disposition == Disposition.OUT_OF_SCOPE for body in bodies)
