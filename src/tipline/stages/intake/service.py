"""Writes of the human doors, of receipts, and of what reporters add later.

The company's acts stand in `esp`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from tipline.domain.actor import ANONYMOUS_PUBLIC, Actor, system
from tipline.domain.answers import Answers
from tipline.domain.cybertip.parse import ParseOptions, parse_report
from tipline.domain.cybertip.render import render_report
from tipline.domain.errors import Refusal
from tipline.domain.findings import FactsAdded, Finding, Judged, OutcomeRecorded, ReferralMade
from tipline.domain.report import Document, Source
from tipline.domain.states import ReportState
from tipline.platform import jobs
from tipline.platform.vault.fields import open_field, seal_field
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.values import Opening
from tipline.stages.intake import queries, receipts, rules
from tipline.stages.intake.models import Receipt, ReporterNote

BY = system("intake")
TAKE_FACTS = "tipline.pipeline.take_facts"
MOST_WORDS = 10_000
SHOWN_AGAIN = timedelta(minutes=30)
_RELAXED = ParseOptions(reporter_email_required=False)
_TOLD = (Judged.kind, ReferralMade.kind, OutcomeRecorded.kind)


@dataclass(frozen=True, slots=True)
class HumanReport:
    """What a human door hands in: the document, as every record has it, and the structured answers.

    `once` is a secret random key of this one sending: a second sending with it finds the first one's report.
    """

    document: Document
    answers: Answers = field(default_factory=Answers)
    once: str = ""


@dataclass(frozen=True, slots=True)
class HumanReceipt:
    """A report that a person has just sent: its number and the receipt code."""

    number: int
    code: str


def open_from_public(*, report: HumanReport, now: datetime, by: Actor = ANONYMOUS_PUBLIC) -> HumanReceipt:
    """This function will take a report of the public form, whole, in one commit; sent twice, it is one report.

    Raises ViolationError where the document breaks the rules that every report keeps.
    """
    return _take(Source.PUBLIC_FORM, report, by=by, now=now)


def open_from_hotline(*, report: HumanReport, by: Actor, now: datetime) -> HumanReceipt:
    """This function will take a report that a call taker wrote down; as open_from_public."""
    return _take(Source.HOTLINE, report, by=by, now=now)


@transaction.atomic
def _take(source: Source, report: HumanReport, *, by: Actor, now: datetime) -> HumanReceipt:
    code = receipts.code_for(report.once)
    receipts.lock(code)
    if known := queries.find_given(code):
        return HumanReceipt(known.number, code)
    # Written as XML and read back, so that a person's report has passed the very checks of a company's.
    raw = render_report(report.document)
    document = parse_report(raw, now=now, options=_RELAXED)
    opening = Opening(source=source, raw=raw, media_type="application/xml", document=document, answers=report.answers)
    opened = record.open_report(opening=opening, by=by, now=now)
    receipts.give(opened.id, code, now)
    record.receive(report_id=opened.id, by=by, now=now)
    return HumanReceipt(opened.number, code)


def find_sent(*, once: str, now: datetime) -> HumanReceipt | None:
    """This function will give again what a sending gave a moment ago; the code is not shown any more later."""
    code = receipts.code_for(once)
    known = queries.find_given(code)
    if known is None:
        return None
    return HumanReceipt(known.number, code if now - known.given_at <= SHOWN_AGAIN else "")


@transaction.atomic
def look(*, code: str, now: datetime) -> queries.ReceiptView:
    """This function will find what a receipt leads to and note that its reporter came back.

    Raises Refusal `receipt_typo` or `receipt_unknown`.
    """
    view = queries.find_receipt(code)
    Receipt.objects.filter(pk=view.id).update(last_seen_at=now)
    return view


@transaction.atomic
def add_facts(*, code: str, words: str, now: datetime) -> None:
    """This function will keep what a reporter adds, sealed; the worker brings it into the report.

    Raises Refusal `receipt_typo`, `receipt_unknown`, `words_missing` or `words_too_long`.
    """
    receipt = queries.require_receipt(code)
    told = words.strip()
    if not told:
        raise Refusal("words_missing", "Please write what you want to add.", field="words")
    if len(told) > MOST_WORDS:
        raise Refusal("words_too_long", f"Please keep it under {MOST_WORDS} signs, or send it in parts.", field="words")
    note_id = secrets.token_hex(16)
    sealed = seal_field(told.encode(), _note_context(note_id))
    ReporterNote(id=note_id, receipt_id=receipt.id, words_sealed=sealed, at=now).save(force_insert=True)
    jobs.defer(TAKE_FACTS, note_id=note_id)


def _note_context(note_id: str) -> str:
    return f"reporter-note:{note_id}"


@transaction.atomic
def take_facts(*, note_id: str, now: datetime) -> None:
    """This function will make a reporter's note a further part of the submission; harmless when run twice."""
    note = ReporterNote.objects.select_for_update(of=("self",)).select_related("receipt").get(pk=note_id)
    if note.part is not None:
        return
    head = reports.load_head(note.receipt.report_id)
    if head.state is ReportState.PURGED:
        note.delete()
        return
    words = open_field(bytes(note.words_sealed), _note_context(note_id))
    note.part = _next_part(note)
    note.words_sealed = b""  # from here on the submission holds them, and its purge destroys them
    note.save(update_fields=["part", "words_sealed"])
    opening = Opening(
        source=head.source, raw=words, media_type="text/plain", document={"additionalInfo": words.decode()}
    )
    record.add_part(report_id=head.id, part=note.part, opening=opening, by=ANONYMOUS_PUBLIC, now=note.at)
    record.audit(ANONYMOUS_PUBLIC, "report.supplemented", head.number, now, part=note.part)
    added = Finding(f"part {note.part}", FactsAdded(note.part), by=str(ANONYMOUS_PUBLIC), tool="receipt", at=note.at)
    record.append_findings(report_id=head.id, findings=(added,), by=BY, now=now)


def _next_part(note: ReporterNote) -> int:
    # One note of a receipt at a time: the receipt's row is the lock.
    Receipt.objects.select_for_update().get(pk=note.receipt_id)
    held = ReporterNote.objects.filter(receipt_id=note.receipt_id).aggregate(most=Max("part"))["most"]
    return int(held or 1) + 1


@transaction.atomic
def project_receipt(*, report_id: int, now: datetime) -> None:
    """This function will bring the status that a reporter sees up to date, where a receipt was given."""
    receipt = Receipt.objects.filter(report_id=report_id).first()
    if receipt is None:
        return
    state = reports.load_head(report_id).state
    if state is ReportState.PURGED:
        return
    told = [found.body for kind in _TOLD for found in reports.current_findings(report_id, kind)]
    status = rules.status_for(state, told)
    if status != receipt.status:
        Receipt.objects.filter(pk=receipt.pk).update(status=status, status_at=now)
