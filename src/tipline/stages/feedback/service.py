"""Takes answers and contact lists in at the portal; the worker makes findings of them and closes what is answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import Actor, system
from tipline.domain.contacts import Contact, is_marked_child, read_contacts
from tipline.domain.errors import Refusal
from tipline.domain.findings import ContactsSeized, Finding, OutcomeRecorded, RecipientChosen
from tipline.domain.referral import Part, ReferralRef
from tipline.domain.report import Identifier, IdentifierKind, PersonRole
from tipline.domain.states import ReportState, has_reached
from tipline.domain.steps import Advance
from tipline.platform import jobs
from tipline.platform.audit.service import Act
from tipline.platform.audit.service import record as audit
from tipline.platform.vault.fields import seal_field
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports import sightings
from tipline.stages.feedback.models import ContactList, ContactRow, EspNews, Outcome
from tipline.stages.feedback.queries import NOTE
from tipline.stages.feedback.rules import FINAL, WAITING_TIME, OutcomeAnswer, check_answer

BY = system("feedback")
TOOL = "feedback 1"
TAKE_OUTCOME = "tipline.pipeline.take_outcome"
TAKE_CONTACTS = "tipline.pipeline.take_contacts"


def _check_may_answer(referral: ReferralRef, by: Actor) -> None:
    if referral.agency != by.agency:
        raise Refusal("no_such_referral", "There is no such report in your inbox.")
    if referral.part is Part.EXISTENCE_ONLY:
        raise Refusal("not_yours", "The agency that has this report answers for it.")


def _act(verb: str, about: ReferralRef, by: Actor, now: datetime, **details: str | int) -> None:
    audit(
        Act(
            at=now,
            actor=by,
            verb=verb,
            object_kind="referral",
            object_id=str(about.id),
            details={"report": about.report_number, **details},
        )
    )


@transaction.atomic
def record_outcome(*, referral: ReferralRef, answer: OutcomeAnswer, by: Actor, now: datetime) -> int:
    """This function will keep what an agency says came of a report, and return the answer's id.

    Runs in the portal. A later answer counts instead of an earlier one; both are kept.
    Raises Refusal, with the field that has to change.
    """
    _check_may_answer(referral, by)
    check_answer(answer)
    row = Outcome.objects.create(
        referral_id=referral.id,
        report_id=referral.report_id,
        report_number=referral.report_number,
        agency=referral.agency,
        case_status=answer.case_status,
        child_identified=answer.child_identified,
        further_victims=answer.further_victims,
        closing_reason=answer.closing_reason,
        self_produced=answer.self_produced,
        useful=answer.useful,
        not_useful_reason=answer.not_useful_reason,
        note_sealed=_note(referral, answer.note),
        by=by.ident,
        at=now,
    )
    useful = answer.useful or "not_said"
    _act("referral.answered", referral, by, now, agency=referral.agency, status=answer.case_status, useful=useful)
    jobs.defer(TAKE_OUTCOME, outcome_id=row.id)
    return row.id


def _note(referral: ReferralRef, words: str) -> bytes | None:
    return seal_field(words.strip()[:4000].encode(), NOTE.format(referral.id)) if words.strip() else None


@transaction.atomic
def take_outcome(*, outcome_id: int, now: datetime) -> int | None:
    """This function will make a finding of an answer, show it to the company, and return the report's internal id.

    None where that was done before: harmless when called twice.
    """
    row = Outcome.objects.select_for_update().get(pk=outcome_id)
    if row.taken_at is not None:
        return None
    row.taken_at = now
    row.save(update_fields=["taken_at"])
    body = OutcomeRecorded(
        agency=row.agency,
        case_status=row.case_status,
        child_identified=row.child_identified,
        further_victims=row.further_victims,
        closing_reason=row.closing_reason,
        useful=row.useful,
    )
    finding = Finding(row.agency, body, by=f"user:{row.by}", tool="person", at=row.at)
    record.append_findings(report_id=row.report_id, findings=(finding,), by=BY, now=now)
    esp_id = reports.load_head(row.report_id).esp_id
    if esp_id is not None:
        _tell_company(row, esp_id)
    return row.report_id


def _tell_company(row: Outcome, esp_id: int) -> None:
    EspNews.objects.create(
        outcome_id=row.id,
        esp_id=esp_id,
        report_number=row.report_number,
        case_status=row.case_status,
        child_identified=row.child_identified,
        useful=row.useful,
        not_useful_reason=row.not_useful_reason,
        at=row.at,
    )


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of a handed-in list: how many rows were read, and those that were not, each with its problem."""

    list_id: int
    read: int
    problems: tuple[Contact, ...]


@transaction.atomic
def hand_in_contacts(*, referral: ReferralRef, text: str, by: Actor, now: datetime) -> HandedIn:
    """This function will keep a list of contacts found with a suspect, every row of it, and send it to be compared.

    Runs in the portal. `text` is pasted lines or CSV. Raises Refusal where there is no row, or too many.
    """
    _check_may_answer(referral, by)
    contacts = read_contacts(text)
    read = [one for one in contacts if not one.problem]
    kept = ContactList.objects.create(
        referral_id=referral.id,
        report_id=referral.report_id,
        report_number=referral.report_number,
        agency=referral.agency,
        rows_total=len(contacts),
        rows_read=len(read),
        by=by.ident,
        at=now,
    )
    ContactRow.objects.bulk_create(_rows(kept, contacts))
    _act("identification.reported", referral, by, now, count=len(read), referral=referral.id)
    if read:
        jobs.defer(TAKE_CONTACTS, list_id=kept.id)
    return HandedIn(kept.id, len(read), tuple(one for one in contacts if one.problem))


def _rows(kept: ContactList, contacts: Iterable[Contact]) -> list[ContactRow]:
    return [
        ContactRow(
            contact_list=kept,
            agency=kept.agency,
            row=one.row,
            written=one.written,
            kind=one.kind or "",
            value=one.value[:500],
            problem=one.problem,
        )
        for one in contacts
    ]


@transaction.atomic
def take_contacts(*, list_id: int, now: datetime) -> bool:
    """This function will index a list's contacts, count those that other reports know, and tell.

    Who a contact is, nobody has said: it is a child's only where the officer marked it. Harmless when called twice.
    """
    kept = ContactList.objects.select_for_update().get(pk=list_id)
    if kept.taken_at is not None:
        return False
    found, head = _identifiers(kept), reports.load_head(kept.report_id)
    known = sum(
        1 for one in found if sightings.find_sightings(one, besides=head.id, environment=head.environment, most=1)
    )
    record.add_identifiers(head=head, identifiers=found)
    kept.taken_at, kept.known = now, known
    kept.save(update_fields=["taken_at", "known"])
    body = ContactsSeized(kept.agency, rows=len(found), known_in_reports=known, sought=len(found) - known)
    finding = Finding(f"list {kept.id}", body, by=f"user:{kept.by}", tool=TOOL, at=kept.at)
    record.append_findings(report_id=kept.report_id, findings=(finding,), by=BY, now=now)
    return True


def _identifiers(kept: ContactList) -> tuple[Identifier, ...]:
    rows = ContactRow.objects.filter(contact_list=kept, problem="").order_by("row")
    return tuple(
        Identifier(IdentifierKind(row.kind), _role(row), row.value, row.written, path=_path(kept, row)) for row in rows
    )


def _role(row: ContactRow) -> PersonRole:
    return PersonRole.VICTIM if is_marked_child(row.written) else PersonRole.CONTACT


def _path(kept: ContactList, row: ContactRow) -> str:
    return f"seized list {kept.id} row {row.row}"


def close_due(*, now: datetime) -> int:
    """This function will close reports whose primary agency gave a final answer, or whose waiting time is over."""
    closed = sum(_close(report_id, "outcome_known", now) for report_id in _answered())
    late = reports.list_waiting(ReportState.MADE_AVAILABLE, before=now - WAITING_TIME)
    return closed + sum(_close(report_id, "waiting_time_over", now) for report_id in late)


def _answered() -> list[int]:
    """Reports that a final answer of the primary agency ends; other answers are settled and not looked at again."""
    found = Outcome.objects.filter(settled=False, case_status__in=FINAL).exclude(taken_at=None).order_by("id")
    ends = []
    for row in found[:200]:
        state = reports.load_head(row.report_id).state
        if state is ReportState.MADE_AVAILABLE and _ends(row):
            ends.append(row.report_id)
        elif has_reached(state, ReportState.MADE_AVAILABLE):
            Outcome.objects.filter(pk=row.pk).update(settled=True)
    return list(dict.fromkeys(ends))


def _ends(row: Outcome) -> bool:
    """Only the primary agency's answer ends a report, and only while it is the one that counts."""
    chosen = [found.body for found in reports.current_findings(row.report_id, RecipientChosen.kind)]
    primary = [body.agency for body in chosen if isinstance(body, RecipientChosen) and body.part == Part.PRIMARY]
    told = [found.body for found in reports.current_findings(row.report_id, OutcomeRecorded.kind)]
    final = {body.agency for body in told if isinstance(body, OutcomeRecorded) and body.case_status in FINAL}
    return row.agency in primary[-1:] and row.agency in final


def _close(report_id: int, code: str, now: datetime) -> bool:
    result = Advance(to_state=ReportState.CLOSED, code=code)
    return record.advance(report_id=report_id, result=result, by=BY, now=now, from_state=ReportState.MADE_AVAILABLE)
