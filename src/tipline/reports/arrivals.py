"""How reports begin and are finished at the doors: many at a time, each row as if it had come alone.

A busy door commits dozens of reports in one transaction; statements are made for all of them together. A door that
takes one report in says so with a list of one.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tipline.domain.actor import Actor
from tipline.domain.cybertip import quality, reading
from tipline.domain.identifiers import distinct, hash64
from tipline.domain.report import Document, Identifier, Source
from tipline.domain.states import ReportState
from tipline.domain.statutes import PRESERVATION_PERIOD
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record_many
from tipline.platform.database.rows import Row, Table, ask, run, without_waiting
from tipline.platform.vault.fields import seal_field
from tipline.reports import numbers
from tipline.reports.citations import keep_citations
from tipline.reports.sealed import RAW, REPORTER, seal_json
from tipline.reports.values import Opened, Opening

WALK = "tipline.pipeline.walk"
OPEN, RECEIVED = str(ReportState.OPEN), str(ReportState.RECEIVED)

_REPORTS = Table(
    "reports_report",
    {
        "id": "bigint",
        "number": "bigint",
        "source": "text",
        "incident_type": "text",
        "headline": "text",
        "esp_id": "bigint",
        "esp_name": "text",
        "environment": "text",
        "batched": "boolean",
        "cannot_wait": "boolean",
        "product": "text",
        "lacks": "jsonb",
        "opened_at": "timestamptz",
        "changed_at": "timestamptz",
    },
    # Priority and score are the lowest until triage has found others.
    always={
        "state": "'OPEN'",
        "priority": "4",
        "score": "0",
        "tags": "'[]'",
        "hold_reason": "''",
        "hold_detail": "''",
        "legal_hold": "false",
    },
)
_SUBMISSIONS = Table(
    "reports_submission",
    {
        "report_id": "bigint",
        "part": "smallint",
        "media_type": "text",
        "raw_sha256": "text",
        "raw_sealed": "bytea",
        "document": "jsonb",
        "reporter_sealed": "bytea",
        "answers": "jsonb",
        "at": "timestamptz",
    },
)
_MOVES = {"report_id": "bigint", "at": "timestamptz", "by": "text"}
_BEGUN = Table("reports_journalentry", _MOVES, always={"from_state": "''", "to_state": "'OPEN'", "code": "'opened'"})
_FINISHED = Table(
    "reports_journalentry", _MOVES, always={"from_state": "'OPEN'", "to_state": "'RECEIVED'", "code": "'finished'"}
)
_IDENTIFIERS = Table(
    "reports_identifierrow",
    {
        "report_id": "bigint",
        "kind": "text",
        "role": "text",
        "value": "text",
        "raw": "text",
        "hash64": "bigint",
        "at": "timestamptz",
        "path": "text",
    },
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report that is to begin: what came in, and from whom."""

    opening: Opening
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Finish:
    """An open report that is to be received: its id, its number, who finished it, and when."""

    id: int
    number: int
    by: Actor
    at: datetime


@transaction.atomic(savepoint=False)
def open_reports(arrivals: Sequence[Arrival]) -> list[Opened]:
    """This function will begin reports: number, submission as received, identifiers, journal, audit."""
    begun = [Opened(*numbers) for numbers in numbers.allocate(len(arrivals))]
    both = list(zip(begun, arrivals, strict=True))
    parted = [reading.split_reporter(each.opening.document) for each in arrivals]
    with without_waiting():
        _REPORTS.insert([_report_row(opened, each) for opened, each in both])
        _BEGUN.insert([(opened.id, each.at, str(each.by)) for opened, each in both])
        _SUBMISSIONS.insert(
            [
                _submission_row(opened.id, 1, each.opening, parts, each.at)
                for (opened, each), parts in zip(both, parted, strict=True)
            ]
        )
        _IDENTIFIERS.insert(
            [
                _identifier_row(opened.id, one, each.opening.environment)
                for (opened, each), (document, _) in zip(both, parted, strict=True)
                for one in distinct(reading.identifiers(document))
            ]
        )
        keep_citations({opened.id: each.opening.document for opened, each in both if each.opening.esp_id is not None})
        record_many([_opened_act(opened, each) for opened, each in both])
    return begun


def insert_identifiers(report_id: int, environment: str, identifiers: Iterable[Identifier]) -> None:
    """This function will index identifiers of a report."""
    _IDENTIFIERS.insert([_identifier_row(report_id, one, environment) for one in identifiers])


def add_submission(report_id: int, part: int, opening: Opening, *, now: datetime) -> None:
    """This function will keep a further part of a submission, sealed like the first."""
    _SUBMISSIONS.insert([_submission_row(report_id, part, opening, reading.split_reporter(opening.document), now)])


def _report_row(opened: Opened, arrival: Arrival) -> Row:
    opening, document = arrival.opening, arrival.opening.document
    headline = reading.headline(document, opening.answers)[:200]
    return (
        *(opened.id, opened.number, str(opening.source), reading.incident_type(document), headline),
        *(opening.esp_id, opening.esp_name, opening.environment),
        *("batchedReport" in document, _cannot_wait(opening), *_weighed(opening)),
        *(arrival.at, arrival.at),
    )


def _cannot_wait(opening: Opening) -> bool:
    """What people tell, who are few, and what its sender calls urgent."""
    return opening.source is not Source.ESP_API or reading.is_escalated(opening.document)


def _weighed(opening: Opening) -> tuple[str, str]:
    # The product and what is lacking are told of a company's report alone.
    if opening.esp_id is None:
        return "", "[]"
    return quality.product_of(opening.document), json.dumps(quality.report_lacks(opening.document))


def _submission_row(
    report_id: int, part: int, opening: Opening, parts: tuple[Document, dict[str, Any]], now: datetime
) -> Row:
    document, reporter = parts
    return (
        *(report_id, part, opening.media_type, hashlib.sha256(opening.raw).hexdigest()),
        *(seal_field(opening.raw, RAW.format(report_id, part)), json.dumps(document)),
        seal_json(reporter, REPORTER.format(report_id, part)) if reporter else None,
        *(json.dumps(opening.answers.stored()), now),
    )


def _identifier_row(report_id: int, one: Identifier, environment: str) -> Row:
    return (
        *(report_id, one.kind, one.role, one.value, one.raw),
        *(hash64(one.kind, one.value, environment), one.at, one.path[:200]),
    )


def _opened_act(opened: Opened, each: Arrival) -> Act:
    details = {"source": str(each.opening.source), "environment": each.opening.environment}
    return _act("report.opened", opened.number, each.by, each.at, details)


def _act(verb: str, number: int, by: Actor, at: datetime, details: Mapping[str, str | int]) -> Act:
    return Act(at=at, actor=by, verb=verb, object_kind="report", object_id=str(number), details=details)


# IS TRUE keeps the planner from the index of states: they are found by their keys (migration 0017 tells why).
_RECEIVE = """
UPDATE reports_report AS r SET state = %s, changed_at = f.at, received_at = f.at, preserve_until = f.at + %s
FROM unnest(%b::bigint[], %b::timestamptz[]) AS f(id, at) WHERE r.id = f.id AND (r.state = %s) IS TRUE
"""


@transaction.atomic(savepoint=False)
def receive_reports(finishes: Sequence[Finish]) -> list[list[str]]:
    """This function will finish open reports: freeze them, start the preservation clock, send them on their way.

    They must be locked and open. Returns the ids of each one's files in order of upload.
    Source: `domain.statutes.PRESERVATION_RULE`.
    """
    if not finishes:
        return []
    ids = [one.id for one in finishes]
    files = _files_of(ids)
    with without_waiting():
        run(_RECEIVE, (RECEIVED, PRESERVATION_PERIOD, ids, [one.at for one in finishes], OPEN))
        _FINISHED.insert([(one.id, one.at, str(one.by)) for one in finishes])
        record_many(
            [_act("report.received", one.number, one.by, one.at, {"files": len(files[one.id])}) for one in finishes]
        )
    first = {report_id for (report_id,) in ask(_FIRST, (ids,))}
    for priority, chosen in (
        (jobs.Priority.FIRST, [one for one in ids if one in first]),
        (jobs.Priority.WALK, [one for one in ids if one not in first]),
    ):
        jobs.defer_many(WALK, [{"report_id": report_id} for report_id in chosen], priority=priority)
    return [files[report_id] for report_id in ids]


_FIRST = "SELECT id FROM reports_report WHERE id = ANY(%b::bigint[]) AND cannot_wait"
_FILES = "SELECT report_id, file_id FROM reports_file WHERE report_id = ANY(%b::bigint[]) ORDER BY report_id, position"


def _files_of(report_ids: Sequence[int]) -> Mapping[int, list[str]]:
    files: dict[int, list[str]] = defaultdict(list)
    for report_id, file_id in ask(_FILES, (list(report_ids),)):
        files[report_id].append(file_id)
    return files
