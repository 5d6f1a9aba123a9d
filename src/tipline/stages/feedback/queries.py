"""Reads of answers: for the agency that gave them, for the desk, for the company what it may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.vocabulary import CASE_STATUSES, CLOSING_REASONS, NOT_USEFUL_REASONS
from tipline.platform.vault.fields import open_field
from tipline.stages.feedback.models import ContactList, ContactRow, EspNews, Outcome

NOTE = "referral:{}:outcome-note"
# What a company reads: whether its report led somewhere, and nothing of a case.
ESP_WORDS = {
    "conviction": "Led to a conviction",
    "arrest": "Led to an arrest",
    "ongoing": "Under investigation",
    "referred_onward": "Passed on to another agency",
    "closed": "Closed",
}

# What a company may look for among the answers to its reports.
ANSWERS = {
    "any": "Answered",
    "useful": "Called useful",
    "not_useful": "Called not useful",
    "child": "A child identified",
}
_ANSWERED: dict[str, dict[str, str | bool]] = {
    "any": {},
    "useful": {"useful": "yes"},
    "not_useful": {"useful": "no"},
    "child": {"child_identified": True},
}


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One answer of an agency, in words beside the codes; `note` is the officer's own."""

    id: int
    agency: str
    case_status: str
    status_words: str
    child_identified: bool | None
    further_victims: int | None
    closing_reason: str
    closing_words: str
    self_produced: str
    useful: str
    not_useful_reason: str
    not_useful_words: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EspLine:
    """What a company may know of one answer to one of its reports."""

    report_number: int
    status: str
    status_words: str
    child_identified: bool | None
    useful: str
    not_useful_words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EspPage:
    """A page of a company's news, how many there are in all, and where the next page starts."""

    rows: tuple[EspLine, ...]
    total: int
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class ContactListLine:
    """One handed-in list: rows in all, rows read, and, once compared, how many stand in other reports."""

    id: int
    agency: str
    rows_total: int
    rows_read: int
    known: int | None
    by: str
    at: datetime


def _line(row: Outcome) -> OutcomeLine:
    note = open_field(bytes(row.note_sealed), NOTE.format(row.referral_id)).decode() if row.note_sealed else ""
    return OutcomeLine(
        id=row.id,
        agency=row.agency,
        case_status=row.case_status,
        status_words=CASE_STATUSES.get(row.case_status, row.case_status),
        child_identified=row.child_identified,
        further_victims=row.further_victims,
        closing_reason=row.closing_reason,
        closing_words=CLOSING_REASONS.get(row.closing_reason, ""),
        self_produced=row.self_produced,
        useful=row.useful,
        not_useful_reason=row.not_useful_reason,
        not_useful_words=NOT_USEFUL_REASONS.get(row.not_useful_reason, ""),
        note=note,
        by=row.by,
        at=row.at,
    )


def list_outcomes(report_id: int) -> tuple[OutcomeLine, ...]:
    """This function will list the answers about a report, newest first. In the portal: the own agency's alone."""
    return tuple(_line(row) for row in Outcome.objects.filter(report_id=report_id).order_by("-id"))


def find_outcome(referral_id: int) -> OutcomeLine | None:
    """This function will find the answer that counts for a referral."""
    row = Outcome.objects.filter(referral_id=referral_id).order_by("-id").first()
    return _line(row) if row else None


def list_contact_lists(report_id: int) -> tuple[ContactListLine, ...]:
    """This function will list the contact lists of a report, newest first. In the portal: the own agency's alone."""
    rows = ContactList.objects.filter(report_id=report_id).order_by("-id")
    return tuple(
        ContactListLine(row.id, row.agency, row.rows_total, row.rows_read, row.known, row.by, row.at) for row in rows
    )


def list_contact_problems(list_id: int) -> tuple[tuple[int, str, str], ...]:
    """This function will list (row, as written, problem) of the rows of a list that could not be read."""
    rows = ContactRow.objects.filter(contact_list_id=list_id).exclude(problem="").order_by("row")
    return tuple(rows.values_list("row", "written", "problem"))


def list_outcomes_of_esp(esp_id: int, *, offset: int = 0, size: int = 50) -> EspPage:
    """This function will list what came of a company's reports, newest first."""
    rows = EspNews.objects.filter(esp_id=esp_id).order_by("-id")
    total, more = rows.count(), offset + size
    found = tuple(_news(row) for row in rows[offset:more])
    return EspPage(found, total, more if more < total else None)


def list_news_of_reports(*, esp_id: int, numbers: Iterable[int]) -> tuple[EspLine, ...]:
    """This function will list all that came of some of a company's reports, newest first."""
    rows = EspNews.objects.filter(esp_id=esp_id, report_number__in=list(numbers)).order_by("-id")
    return tuple(_news(row) for row in rows)


def _news(row: EspNews) -> EspLine:
    return EspLine(
        report_number=row.report_number,
        status=row.case_status,
        status_words=ESP_WORDS.get(row.case_status, row.case_status),
        child_identified=row.child_identified,
        useful=row.useful,
        not_useful_words=NOT_USEFUL_REASONS.get(row.not_useful_reason, ""),
        at=row.at,
    )


def numbers_answered(esp_id: int, answer: str) -> Iterable[int]:
    """This function will give the numbers of a company's reports with a kind of answer, a key of ANSWERS.

    Not read before somebody does: the database looks both up together.
    """
    return EspNews.objects.filter(esp_id=esp_id, **_ANSWERED[answer]).values_list("report_number", flat=True)


def count_outcomes_of_esp(esp_id: int) -> dict[str, int]:
    """This function will count a company's answers: all, useful ones, ones in which a child was identified."""
    rows = EspNews.objects.filter(esp_id=esp_id)
    return {
        "answered": rows.values("report_number").distinct().count(),
        "useful": rows.filter(useful="yes").values("report_number").distinct().count(),
        "children_identified": rows.filter(child_identified=True).values("report_number").distinct().count(),
    }
