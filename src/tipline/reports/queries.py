"""Reads of the record: frozen values and pages, never QuerySets."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tipline.domain.answers import Answers, answers_from
from tipline.domain.cybertip import reading
from tipline.domain.errors import Refusal
from tipline.domain.findings import Finding
from tipline.domain.known import TRIMMED
from tipline.domain.report import DERIVED, Document, FileRef, Identifier, ReportHead
from tipline.domain.states import AUTOMATIC, ReportState
from tipline.domain.viewing import Viewed
from tipline.media.video.prints import FramePrint
from tipline.platform.database.rows import ask, load
from tipline.platform.vault.fields import open_field
from tipline.reference.directory import viewing as directory
from tipline.reports.models import (
    File,
    FindingRow,
    Fingerprint,
    IdentifierRow,
    JournalEntry,
    News,
    Report,
    Submission,
)
from tipline.reports.sealed import RAW, REPORTER, open_json
from tipline.reports.values import JournalLine, file_of, finding_of, head_of, identifier_of


@dataclass(frozen=True, slots=True)
class Life:
    """What a door may know of a report: its state and its owner."""

    id: int
    number: int
    state: ReportState
    esp_id: int | None
    environment: str
    batched: bool
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of a queue."""

    head: ReportHead
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a queue, how many there are in all, and where the next page starts."""

    rows: tuple[QueueRow, ...]
    total: int
    next_offset: int | None


def known_numbers(numbers: Collection[int], environment: str) -> set[int]:
    """This function will tell which of these outside numbers are reports of an environment."""
    rows = Report.objects.filter(number__in=numbers, environment=environment)
    return set(rows.values_list("number", flat=True))


_LIVES = """
SELECT id, number, state, esp_id, environment, batched, opened_at, changed_at FROM reports_report
WHERE number = ANY(%b::bigint[])
"""


def find_life(number: int) -> Life | None:
    """This function will find the life of a report by its outside number; needs the door's columns alone."""
    return find_lives([number]).get(number)


def find_lives(numbers: Sequence[int]) -> dict[int, Life]:
    """This function will find the lives of reports by their outside numbers."""
    return _lives(_LIVES, numbers)


def lock_lives(numbers: Sequence[int]) -> dict[int, Life]:
    """This function will lock reports for the current transaction, in the order of their numbers, and find their lives.

    Whoever locks several takes this way, so that two of them never wait for each other.
    """
    return _lives(f"{_LIVES} ORDER BY number FOR UPDATE", numbers)


def _lives(statement: str, numbers: Sequence[int]) -> dict[int, Life]:
    rows = ask(statement, (list(numbers),))
    return {number: Life(key, number, ReportState(state), *others) for key, number, state, *others in rows}


def number_of(report_id: int) -> int:
    """This function will give the outside number of a report; needs the door's columns alone."""
    return int(Report.objects.values_list("number", flat=True).get(pk=report_id))


def load_head(report_id: int) -> ReportHead:
    """This function will load the head of a report. Raises Report.DoesNotExist."""
    rows = load(Report, "WHERE t.id = %s", [report_id])
    if not rows:
        raise Report.DoesNotExist(f"no report {report_id}")
    return head_of(rows[0])


def find_head(number: int) -> ReportHead | None:
    """This function will find the head of a report by its outside number."""
    row = Report.objects.filter(number=number).first()
    return head_of(row) if row else None


def load_document(report_id: int, part: int = 1) -> Document:
    """This function will load the parsed document without the reporter's identity."""
    document: Document = Submission.objects.values_list("document", flat=True).get(report_id=report_id, part=part)
    return document


def load_parts(report_id: int) -> tuple[Document, ...]:
    """This function will load the documents of all parts of a report, first part first."""
    rows = ask("SELECT document FROM reports_submission WHERE report_id = %s ORDER BY part", [report_id])
    return tuple(json.loads(document) for (document,) in rows)


def list_part_types(report_id: int) -> tuple[tuple[int, str], ...]:
    """This function will list (part, media type) of what was received, first part first."""
    rows = Submission.objects.filter(report_id=report_id).order_by("part")
    return tuple(rows.values_list("part", "media_type"))


def load_answers(report_id: int) -> Answers:
    """This function will load the structured answers of a human door."""
    ((answers,),) = ask("SELECT answers FROM reports_submission WHERE report_id = %s AND part = 1", [report_id])
    return answers_from(json.loads(answers))


def load_reporter(report_id: int) -> dict[str, Any]:
    """This function will open the reporter's sealed identity; empty where none was given."""
    sealed = Submission.objects.values_list("reporter_sealed", flat=True).get(report_id=report_id, part=1)
    opened: dict[str, Any] = open_json(bytes(sealed), REPORTER.format(report_id, 1)) if sealed else {}
    return opened


def load_full_document(report_id: int) -> Document:
    """This function will load the first document with the reporter's identity joined in."""
    return reading.join_reporter(load_document(report_id), load_reporter(report_id))


def load_raw(report_id: int, part: int = 1) -> bytes:
    """This function will open the raw bytes of a submission part, as received."""
    sealed = Submission.objects.values_list("raw_sealed", flat=True).get(report_id=report_id, part=part)
    return open_field(bytes(sealed), RAW.format(report_id, part))


def raw_digest(report_id: int, part: int = 1) -> str:
    """This function will load the SHA-256 of a submission part as received."""
    return Submission.objects.values_list("raw_sha256", flat=True).get(report_id=report_id, part=part)


def list_files(report_id: int) -> tuple[FileRef, ...]:
    """This function will list the files of a report in order of upload."""
    rows = load(File, "WHERE t.report_id = %s ORDER BY t.position", [report_id])
    meaning = _meaning_of_no(report_id, rows)
    return tuple(file_of(row, meaning) for row in rows)


def _meaning_of_no(report_id: int, rows: Sequence[File]) -> Viewed | None:
    """What the company meant by its no when it sent the report; asked only where it said no."""
    if not any((row.details or {}).get("fileViewedByEsp") is False for row in rows):
        return None
    report = Report.objects.only("esp_id", "opened_at").get(pk=report_id)
    return directory.meaning_of_no(report.esp_id, report.opened_at) if report.esp_id is not None else None


def count_files(report_id: int) -> int:
    """This function will count the files of a report; needs the door's columns alone."""
    return File.objects.filter(report_id=report_id).count()


def find_file(report_id: int, file_id: str) -> FileRef | None:
    """This function will find one file of a report by its outside id."""
    row = File.objects.filter(report_id=report_id, file_id=file_id).first()
    return file_of(row, _meaning_of_no(report_id, [row])) if row else None


def list_fingerprints(report_id: int) -> tuple[tuple[str, str, str, int], ...]:
    """This function will list (file id, algorithm, value, quality) of a report's fingerprints."""
    rows = Fingerprint.objects.filter(file__report_id=report_id).order_by("id")
    return tuple(rows.values_list("file__file_id", "algorithm", "value", "quality"))


def list_frames(report_id: int) -> dict[str, tuple[FramePrint, ...]]:
    """This function will give the frames of a report's films by file id, as they are compared with listed films."""
    rows = Fingerprint.objects.filter(file__report_id=report_id, at_ms__isnull=False).order_by("id")
    found: dict[str, list[FramePrint]] = {}
    named = ("file__file_id", "algorithm", "value", "quality", "at_ms")
    for file_id, algorithm, value, quality, ms in rows.values_list(*named):
        turn = algorithm.rpartition("_")[2]
        form, is_trimmed = int(turn) if turn.isdigit() else 0, algorithm.startswith(TRIMMED)
        found.setdefault(file_id, []).append(FramePrint(ms or 0, bytes.fromhex(value), quality, form, is_trimmed))
    return {file_id: tuple(frames) for file_id, frames in found.items()}


def current_findings(report_id: int, *kinds: str) -> tuple[Finding, ...]:
    """This function will list the findings of a report that count now, of some kinds or of all, oldest first."""
    return tuple(finding_of(row) for row in load(FindingRow, _COUNTS, [report_id, list(kinds), list(kinds)]))


# The finding's report is named too: else every range would be asked for it.
_COUNTS = """
JOIN reports_currentfinding c ON c.finding_id = t.id AND c.report_id = t.report_id
WHERE t.report_id = %s AND (c.kind = ANY(%b::text[]) OR %b::text[] = '{}') ORDER BY t.id
"""


def subjects_of(report_ids: Collection[int], kind: str) -> dict[int, frozenset[str]]:
    """This function will list the subjects of the current findings of a kind of several reports, by report id."""
    found: dict[int, set[str]] = {}
    for report_id, subject in ask(_SUBJECTS, [sorted(report_ids), kind]) if report_ids else ():
        found.setdefault(report_id, set()).add(subject)
    return {report_id: frozenset(subjects) for report_id, subjects in found.items()}


_SUBJECTS = "SELECT report_id, subject FROM reports_currentfinding WHERE report_id = ANY(%b::bigint[]) AND kind = %s"


def all_findings(report_id: int) -> tuple[Finding, ...]:
    """This function will list every finding ever made about a report, oldest first."""
    return tuple(finding_of(row) for row in FindingRow.objects.filter(report_id=report_id).order_by("id"))


def list_identifiers(report_id: int) -> tuple[Identifier, ...]:
    """This function will list the indexed identifiers of a report, without what is there for comparison alone."""
    return tuple(one for one in indexed_identifiers(report_id) if one.kind not in DERIVED)


def indexed_identifiers(report_id: int) -> dict[Identifier, int]:
    """This function will give every indexed identifier of a report with its row's id, in the order of the rows."""
    rows = load(IdentifierRow, "WHERE t.report_id = %s ORDER BY t.id", [report_id])
    return {identifier_of(row): row.id for row in rows}


def list_news(report_id: int) -> tuple[tuple[int, str], ...]:
    """This function will list (id, kind) of the news of a report whose listeners have still to run."""
    return tuple(News.objects.filter(report_id=report_id).order_by("id").values_list("id", "kind"))


def list_journal(report_id: int) -> tuple[JournalLine, ...]:
    """This function will list a report's moves and holds, oldest first."""
    rows = JournalEntry.objects.filter(report_id=report_id).order_by("id")
    return tuple(JournalLine(row.at, row.by, row.from_state, row.to_state, row.code) for row in rows)


def _page(rows: QuerySet[Report], *, offset: int, size: int) -> Page:
    total = rows.count()
    found = tuple(QueueRow(head_of(row), tuple(row.tags)) for row in rows[offset : offset + size])
    more = offset + size
    return Page(found, total, more if more < total else None)


# Most urgent first, then by score, then the oldest: the order of the queue's index.
_URGENCY = ("state", "priority", "-score", "received_at")


def list_queue(*, priority: int | None = None, offset: int = 0, size: int = 50) -> Page:
    """This function will list the triage queue: most urgent first, then by score, then by age."""
    rows = Report.objects.filter(state=ReportState.SCORED, environment="production")
    if priority is not None:
        rows = rows.filter(priority=priority)
    return _page(rows.order_by(*_URGENCY), offset=offset, size=size)


def list_by_states(states: Sequence[ReportState], *, offset: int = 0, size: int = 50) -> Page:
    """This function will list reports state by state in the given order, within each the most urgent first."""
    found: list[QueueRow] = []
    total = 0
    for state in states:
        # Each state is read by the queue's own index: a list of decided reports is as long as the years.
        rows = Report.objects.filter(state=state, environment="production")
        page = _page(rows.order_by(*_URGENCY), offset=max(0, offset - total), size=size - len(found))
        found += page.rows
        total += page.total
    more = offset + size
    return Page(tuple(found), total, more if more < total else None)


def list_held(*, offset: int = 0, size: int = 50) -> Page:
    """This function will list reports on hold, oldest first."""
    return _page(Report.objects.exclude(hold_reason="").order_by("id"), offset=offset, size=size)


def count_queue() -> dict[int, int]:
    """This function will count the triage queue by priority."""
    counts: dict[int, int] = {}
    for priority in Report.objects.filter(state=ReportState.SCORED, environment="production").values_list(
        "priority", flat=True
    ):
        counts[priority] = counts.get(priority, 0) + 1
    return counts


def list_stale(*, before: datetime, most: int = 200) -> tuple[int, ...]:
    """This function will list reports that should be walking but have not moved since `before`."""
    rows = Report.objects.filter(state__in=sorted(AUTOMATIC), changed_at__lt=before, hold_reason="")
    return tuple(rows.order_by("changed_at").values_list("id", flat=True)[:most])


def longest_wait(*, now: datetime) -> int:
    """This function will tell for how many seconds the oldest finished report has waited for its first step."""
    rows = Report.objects.filter(state=ReportState.RECEIVED, hold_reason="").order_by("changed_at")
    first = rows.values_list("changed_at", flat=True).first()
    return max(0, round((now - first).total_seconds())) if first else 0


def list_waiting(state: ReportState, *, before: datetime, most: int = 200) -> tuple[int, ...]:
    """This function will list reports that have stood in a state since before a moment, the longest first."""
    rows = Report.objects.filter(state=state, changed_at__lt=before, hold_reason="").order_by("changed_at")
    return tuple(rows.values_list("id", flat=True)[:most])


def list_unfinished(*, opened_before: datetime, changed_before: datetime, most: int = 200) -> tuple[int, ...]:
    """This function will list open reports whose time is over."""
    rows = Report.objects.filter(state=ReportState.OPEN, opened_at__lt=opened_before, changed_at__lt=changed_before)
    return tuple(rows.order_by("id").values_list("id", flat=True)[:most])


def list_of_esp(esp_id: int, *, offset: int = 0, size: int = 50) -> Page:
    """This function will list the reports of one ESP, newest first."""
    return _page(Report.objects.filter(esp_id=esp_id).order_by("-id"), offset=offset, size=size)


def require_head(number: int) -> ReportHead:
    """This function will find a report by number. Raises Refusal `no_such_report`."""
    head = find_head(number)
    if head is None:
        raise Refusal("no_such_report", "There is no report with this number.", field="number")
    return head
