"""Scores reports and keeps people's decisions about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.cybertip import reading
from tipline.domain.errors import Refusal
from tipline.domain.findings import BestPlace, FileKnown, Finding, Judged, LinkFound, OutcomeRecorded, RingFound
from tipline.domain.report import CHILD_ROLES, Document, ReportHead
from tipline.domain.states import Disposition, ReportState, has_reached
from tipline.domain.steps import Advance
from tipline.domain.vocabulary import REASON_BY_CODE
from tipline.platform import jobs
from tipline.platform.config import settings
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.stages.triage import keeping, rescoring, rules, rulesets
from tipline.stages.triage.features import features_of
from tipline.stages.triage.models import Decision
from tipline.stages.triage.rules import Facts, advance_of, score_features

__all__ = ["TAKES", "apply_decision", "decide", "decide_report", "gather", "rescore", "save", "undo_decision"]

TAKES = ReportState.LINKED
BY = system("triage")
APPLY = "tipline.pipeline.apply_decision"


def child_age(document: Document) -> int | None:
    """This function will give the age of the youngest child that the document names."""
    ages = [person.age for person in reading.persons(document) if person.role in CHILD_ROLES and person.age is not None]
    return min(ages, default=None)


def gather(head: ReportHead) -> Facts:
    """This function will read what the rules look at."""
    document, *later = reports.load_parts(head.id)
    current = reports.current_findings(head.id)
    return Facts(
        document=document,
        answers=reports.load_answers(head.id),
        files=reports.list_files(head.id),
        links=tuple(found.body for found in current if isinstance(found.body, LinkFound)),
        places=tuple(found.body for found in current if isinstance(found.body, BestPlace)),
        child_age=child_age(document),
        known=tuple(found.body for found in current if isinstance(found.body, FileKnown)),
        escalated=any(found.kind == "escalated" for found in current),
        later=tuple(later),
        ring=next((found.body for found in current if isinstance(found.body, RingFound)), None),
        received_at=head.received_at or head.opened_at,
        report_id=head.id,
    )


def decide(head: ReportHead, facts: Facts, now: datetime) -> Advance:
    """This function will score the report by the rules that count now, and put it into the queue."""
    return rules.decide(head, facts, now, rulesets.current())


def save(head: ReportHead, result: Advance, now: datetime) -> None:
    """This function will keep the features beside the score, and draw the report or not; the score is a finding."""
    found, scored = result.own
    # Two jobs may walk one report: the second waits here, and finds what the first kept.
    record.lock_reports(report_ids=(head.id,))
    keeping.keep(head, found, scored, now)


def rescore(*, report_id: int, now: datetime) -> None:
    """This function will score a report again after late news, where it has been scored before."""
    head = reports.load_head(report_id)
    if not has_reached(head.state, ReportState.SCORED) or head.state is ReportState.CLOSED:
        return
    found = features_of(gather(head))
    scored = score_features(found, rulesets.current())
    known = reports.current_findings(report_id, "scored")
    if known and known[-1].body == scored:
        return
    with transaction.atomic():
        record.rescore(report_id=report_id, result=advance_of(found, scored, now), now=now)
        keeping.keep(head, found, scored, now)


def rescore_waiting(*, run_id: int, now: datetime) -> bool:
    """This function will score the next piece of the queue again by the rules that count; True where there is more."""
    return rescoring.rescore_some(run_id=run_id, renew=lambda one: rescore(report_id=one, now=now), now=now)


def take_answer(*, report_id: int, now: datetime) -> None:
    """This function will set what agencies say beside the score."""
    bodies = [found.body for found in reports.current_findings(report_id, OutcomeRecorded.kind)]
    told = [body for body in bodies if isinstance(body, OutcomeRecorded)]
    if told:
        with transaction.atomic():
            keeping.note_answer(report_id=report_id, found=any(map(_found_somebody, told)), now=now)


def _found_somebody(outcome: OutcomeRecorded) -> bool:
    return bool(outcome.child_identified) or outcome.case_status in ("arrest", "conviction")


def watch_clocks(now: datetime) -> int:
    """This function will mark reports that nobody looked at, or that no agency has, in the time of their class."""
    return keeping.mark_late(rulesets.current(), now)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an analyst decides: a disposition, a reason of the vocabulary, and a note in own words."""

    disposition: Disposition
    reason: str
    note: str = ""


@transaction.atomic
def decide_report(*, report_id: int, judgement: Judgement, by: Actor, now: datetime) -> int:
    """This function will keep a decision, pending until the undo window ends, and return its id.

    Raises Refusal `wrong_reason`, `wrong_state`, `already_decided` or `not_a_person`.
    """
    if by.kind is not ActorKind.USER:
        raise Refusal("not_a_person", "A person decides about a report.")
    reason = REASON_BY_CODE.get(judgement.reason)
    if reason is None or reason.disposition != judgement.disposition:
        raise Refusal("wrong_reason", "Choose a reason that fits the decision.", field="reason")
    head = reports.load_head(report_id)
    if head.state is not ReportState.SCORED:
        raise Refusal("wrong_state", "This report does not wait for a decision.")
    pending = _keep(report_id, judgement, by, now)
    record.audit(by, "report.decided", head.number, now, disposition=judgement.disposition, reason=judgement.reason)
    jobs.defer(APPLY, schedule_at=pending.effective_at, decision_id=pending.id)
    return pending.id


def _keep(report_id: int, judgement: Judgement, by: Actor, now: datetime) -> Decision:
    try:
        with transaction.atomic():
            return Decision.objects.create(
                report_id=report_id,
                disposition=judgement.disposition,
                reason=judgement.reason,
                note=judgement.note[:2000],
                by=by.ident,
                made_at=now,
                effective_at=now + timedelta(seconds=settings().undo_window_seconds),
            )
    except IntegrityError as error:
        raise Refusal("already_decided", "Somebody decided about this report a moment ago.") from error


@transaction.atomic
def undo_decision(*, report_id: int, by: Actor, now: datetime, why: str = "") -> None:
    """This function will take a pending decision back. Raises Refusal `nothing_to_undo` after its window."""
    pending = Decision.objects.filter(report_id=report_id, undone_at=None, applied_at=None, effective_at__gt=now)
    undone = pending.update(undone_at=now, undone_by=by.ident, undone_why=why.strip()[:300])
    if not undone:
        raise Refusal("nothing_to_undo", "The time to undo is over. A change of mind is late news now.")
    record.audit(by, "report.undone", reports.load_head(report_id).number, now)


@transaction.atomic
def apply_decision(*, decision_id: int, now: datetime) -> bool:
    """This function will let a decision count once its window has ended; harmless when called twice."""
    decision = Decision.objects.select_for_update().get(pk=decision_id)
    if decision.undone_at or decision.applied_at or decision.effective_at > now:
        return False
    by = Actor(ActorKind.USER, decision.by)
    judged = Judged(decision.disposition, decision.reason, decision.note)
    finding = Finding("", judged, by=str(by), tool="person", at=decision.made_at)
    result = Advance(to_state=ReportState.TRIAGED, findings=(finding,), code="judged")
    moved = record.advance(report_id=decision.report_id, result=result, by=by, now=now, from_state=ReportState.SCORED)
    if moved:
        decision.applied_at = now
        decision.save(update_fields=["applied_at"])
        told = {"disposition": decision.disposition, "reason": decision.reason}
        keeping.note_decided(report_id=decision.report_id, **told, now=now)
    return moved
