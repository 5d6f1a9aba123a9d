"""Reads of intake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.errors import Refusal
from tipline.domain.receipt import read_code
from tipline.reports import queries as reports
from tipline.stages.intake import receipts, rules
from tipline.stages.intake.models import Receipt, ReporterNote


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What a receipt's page shows.

    `notes_at` are the times of what the reporter added; the words stay sealed.
    """

    id: int
    status: str
    sentence: str
    given_at: datetime
    status_at: datetime
    notes_at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt that was given: for which report, when."""

    number: int
    given_at: datetime


def find_given(code: str) -> Given | None:
    """This function will find the report for which a code was given."""
    row = Receipt.objects.filter(code_hmac_sha256=receipts.digest_of(code)).only("report_id", "given_at").first()
    return Given(reports.number_of(row.report_id), row.given_at) if row else None


def statuses_of(report_ids: Sequence[int]) -> set[str]:
    """This function will give the statuses that the holders of these reports' receipts read."""
    return set(Receipt.objects.filter(report_id__in=report_ids).values_list("status", flat=True))


def find_receipt(code: str) -> ReceiptView:
    """This function will find what a receipt code leads to.

    Raises Refusal `receipt_typo` without asking the database, `receipt_unknown` where there is no such code.
    """
    row = require_receipt(code)
    noted = ReporterNote.objects.filter(receipt_id=row.id).order_by("at").values_list("at", flat=True)
    return ReceiptView(row.id, row.status, rules.STATUS[row.status], row.given_at, row.status_at, tuple(noted))


def require_receipt(code: str) -> Receipt:
    """This function will find a receipt's row. Raises Refusal as find_receipt does."""
    row = Receipt.objects.filter(code_hmac_sha256=receipts.digest_of(read_code(code))).first()
    if row is None:
        raise Refusal("receipt_unknown", "We do not know this code. Please compare it with your note.", field="code")
    return row
