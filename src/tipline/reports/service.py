"""Writes to the record. Each function is one transaction or joins the caller's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.findings import Finding, encode
from tipline.domain.report import Identifier, ReportHead
from tipline.domain.states import AUTOMATIC, ReportState, may_move
from tipline.domain.steps import Advance
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record, record_many
from tipline.platform.database.rows import Table, ask, run
from tipline.reports.arrivals import (
    WALK,
    Arrival,
    Finish,
    add_submission,
    insert_identifiers,
    open_reports,
    receive_reports,
)
from tipline.reports.lists import numbers_of
from tipline.reports.models import (
    IdentifierRow,
    JournalEntry,
    News,
    Report,
)
from tipline.reports.uploads import Addition, Description, OpenReport, add_files, describe_files
from tipline.reports.values import LIFE_FIELDS, FileDetails, NewFile, Opened, Opening

NEWS = "tipline.pipeline.news"


def _lock(report_id: int) -> Report:
    return Report.objects.select_for_update().only(*LIFE_FIELDS).get(pk=report_id)


def audit(by: Actor, verb: str, number: int, now: datetime, **details: str | int) -> None:
    """This function will write one audit entry about a report into the current transaction."""
    record(Act(at=now, actor=by, verb=verb, object_kind="report", object_id=str(number), details=dict(details)))


def _journal(report: Report, *, by: Actor, now: datetime, to_state: str, code: str) -> None:
    JournalEntry.objects.create(
        report_id=report.id, at=now, by=str(by), from_state=report.state, to_state=to_state, code=code
    )


def _move(report: Report, to_state: ReportState, *, by: Actor, now: datetime, code: str) -> None:
    if not may_move(ReportState(report.state), to_state):
        raise Refusal("wrong_state", f"A report in state {report.state} cannot become {to_state}.")
    _journal(report, by=by, now=now, to_state=to_state, code=code)
    report.state = to_state
    report.changed_at = now


def open_report(*, opening: Opening, by: Actor, now: datetime) -> Opened:
    """This function will begin a report: number, submission as received, identifiers, journal, audit."""
    [opened] = open_reports((Arrival(opening, by, now),))
    return opened


@transaction.atomic
def add_file(*, report_id: int, file: NewFile, by: Actor, now: datetime) -> str:
    """This function will add a received file to an open report and return its file id.

    Raises Refusal `wrong_state` where the report is no longer open.
    """
    [file_id] = add_files([Addition(_open_report(report_id, by, now), file)])
    return file_id


def _open_report(report_id: int, by: Actor, now: datetime) -> OpenReport:
    report = _lock(report_id)
    _require_open(report)
    return OpenReport(report.id, report.number, by, now, report.batched)


def _require_open(report: Report) -> None:
    if report.state != ReportState.OPEN:
        raise Refusal("wrong_state", "The report is no longer open.")


@transaction.atomic
def set_file_details(*, report_id: int, file_id: str, details: FileDetails, by: Actor, now: datetime) -> None:
    """This function will keep what the sender says about one file, once.

    Raises Refusal `no_such_file`, `already_described`, or `wrong_state`.
    """
    [refusal] = describe_files([Description(_open_report(report_id, by, now), file_id, details)])
    if refusal is not None:
        raise refusal


@transaction.atomic
def receive(*, report_id: int, by: Actor, now: datetime) -> list[str]:
    """This function will finish an open report; as `arrivals.receive_reports`. Raises Refusal `wrong_state`."""
    report = _lock(report_id)
    _require_open(report)
    [file_ids] = receive_reports((Finish(report.id, report.number, by, now),))
    return file_ids


@transaction.atomic
def end_open(*, report_id: int, to_state: ReportState, by: Actor, now: datetime) -> None:
    """This function will end an unfinished report: RETRACTED by its sender, or LAPSED by the clock."""
    report = _lock(report_id)
    _move(report, to_state, by=by, now=now, code=to_state.lower())
    report.save(update_fields=["state", "changed_at"])
    audit(by, f"report.{to_state.lower()}", report.number, now)


@transaction.atomic
def add_part(*, report_id: int, part: int, opening: Opening, by: Actor, now: datetime) -> None:
    """This function will keep a further part of a submission, sealed like the first."""
    add_submission(report_id, part, opening, now=now)


def _store_findings(report_id: int, findings: Iterable[Finding]) -> None:
    _store_many({report_id: tuple(findings)})


# One statement for a report's findings, or for those of many. Of two of one subject the later one counts. In one order,
# so that two writers never wait for each other.
_STORE = """
WITH made AS (
  INSERT INTO reports_findingrow (report_id, kind, subject, body, version, by, tool, basis, at)
  SELECT report_id, kind, subject, body::jsonb, version, by, tool, basis, at
  FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::smallint[], %b::text[], %b::text[], %b::text[],
    %b::timestamptz[]) WITH ORDINALITY AS g(report_id, kind, subject, body, version, by, tool, basis, at, place)
  ORDER BY place RETURNING id, report_id, kind, subject
)
INSERT INTO reports_currentfinding (report_id, kind, subject, finding_id)
SELECT DISTINCT ON (report_id, kind, subject) report_id, kind, subject, id FROM made
ORDER BY report_id, kind, subject, id DESC
ON CONFLICT (report_id, kind, subject) DO UPDATE SET finding_id = excluded.finding_id
"""


def _store_many(found: Mapping[int, Sequence[Finding]]) -> None:
    rows = [
        (
            report_id,
            one.kind,
            one.subject,
            json.dumps(encode(one.body)),
            one.version,
            one.by,
            one.tool,
            one.basis,
            one.at,
        )
        for report_id, several in sorted(found.items())
        for one in several
    ]
    if rows:
        run(_STORE, [list(column) for column in zip(*rows, strict=True)])


def keep_findings(*, report_id: int, findings: Sequence[Finding]) -> None:
    """This function will append findings that the next step of the same report reads: no listener is told.

    Joins the transaction of who writes the step.
    """
    _store_findings(report_id, findings)


def append_findings(*, report_id: int, findings: Sequence[Finding], by: Actor, now: datetime) -> None:
    """This function will append findings beside the way (late news) and tell the listeners."""
    append_to_many(found={report_id: findings}, by=by, now=now)


_NEWS = Table("reports_news", {"report_id": "bigint", "kind": "text"})


@transaction.atomic
def append_to_many(*, found: Mapping[int, Sequence[Finding]], by: Actor, now: datetime) -> None:
    """This function will append findings to several reports beside the way, in a few statements for all of them.

    The news is a row of the same commit: of many jobs about one report the first does the work of all.
    """
    told = {report_id: several for report_id, several in sorted(found.items()) if several}
    if not told:
        return
    _store_many(told)
    kinds = {report_id: sorted({one.kind for one in several}) for report_id, several in told.items()}
    numbers = numbers_of(tuple(told))
    record_many(
        [
            Act(now, by, "report.findings", "report", str(numbers[one]), details={"kinds": ",".join(named)})
            for one, named in kinds.items()
        ]
    )
    tell_listeners(kinds, by=by)


@transaction.atomic
def tell_listeners(kinds: Mapping[int, Sequence[str]], *, by: Actor, at: datetime | None = None) -> None:
    """This function will tell the listeners that reports have news of these kinds.

    at: when they are to run; what is told of a report until then they hear at once.
    """
    _NEWS.insert([(one, kind) for one, named in kinds.items() for kind in named])
    if at is not None:
        for one in kinds:
            lock = f"later:{one}"
            jobs.defer(NEWS, queueing_lock=lock, schedule_at=at, priority=jobs.Priority.NEWS, report_id=one)
        return
    # What a person just did goes before what the house worked out by itself.
    priority = jobs.Priority.NEWS if by.kind == "system" else jobs.Priority.WALK
    jobs.defer_many(NEWS, [{"report_id": one} for one in kinds], priority=priority)


def settle_news(*, news_ids: Sequence[int]) -> None:
    """This function will forget news whose listeners have run."""
    News.objects.filter(id__in=news_ids).delete()


def lock_reports(*, report_ids: Iterable[int]) -> None:
    """This function will lock reports for the current transaction, always in the order of their ids.

    Whoever writes into several reports calls it first, so that two of them never wait for each other.
    """
    ask("SELECT id FROM reports_report WHERE id = ANY(%b::bigint[]) ORDER BY id FOR UPDATE", [sorted(set(report_ids))])


@transaction.atomic
def advance(*, report_id: int, result: Advance, by: Actor, now: datetime, from_state: ReportState) -> bool:
    """This function will commit one step: findings, journal, audit, state and the next job together.

    Returns False, and writes nothing, where another worker has moved the report meanwhile or it is on hold.
    """
    report = Report.objects.select_for_update().get(pk=report_id)
    if report.state != from_state or report.hold_reason:
        return False
    _store_findings(report_id, result.findings)
    _apply(report, result)
    if result.to_state is not None:
        _move(report, result.to_state, by=by, now=now, code=result.code or "step")
        audit(by, "report.moved", report.number, now, to_state=result.to_state, code=result.code or "step")
    report.save()
    if result.to_state in AUTOMATIC and by.kind != "system":
        jobs.defer(WALK, report_id=report_id)
    return True


def _apply(report: Report, result: Advance) -> None:
    if result.priority is not None:
        report.priority = result.priority
    if result.score is not None:
        report.score = result.score
    if result.tags is not None:
        report.tags = list(result.tags)


@transaction.atomic
def rescore(*, report_id: int, result: Advance, now: datetime) -> None:
    """This function will keep a new score of a report that has been scored before; its state stays."""
    report = Report.objects.select_for_update().get(pk=report_id)
    _store_findings(report_id, result.findings)
    _apply(report, result)
    report.save(update_fields=["priority", "score", "tags"])


@transaction.atomic
def replace_identifiers(
    *, head: ReportHead, identifiers: Sequence[Identifier], standing: Mapping[Identifier, int]
) -> None:
    """This function will set the indexed identifiers of a report; those that stand already are left alone.

    standing: what is indexed, with the ids of the rows, as `indexed_identifiers` gives it.
    """
    wanted = set(identifiers)
    if gone := [row for one, row in standing.items() if one not in wanted]:
        IdentifierRow.objects.filter(report_id=head.id, id__in=gone).delete()
    add_identifiers(head=head, identifiers=[one for one in identifiers if one not in standing])


def add_identifiers(*, head: ReportHead, identifiers: Sequence[Identifier]) -> None:
    """This function will index further identifiers of a report."""
    insert_identifiers(head.id, head.environment, identifiers)


@transaction.atomic
def put_hold(*, report_id: int, reason: str, detail: str, by: Actor, now: datetime) -> None:
    """This function will stop a report where it is, with a reason; a hold is released by a person."""
    report = Report.objects.select_for_update().get(pk=report_id)
    report.hold_reason, report.hold_detail, report.hold_since = reason[:40], detail[:120], now
    report.save(update_fields=["hold_reason", "hold_detail", "hold_since"])
    _journal(report, by=by, now=now, to_state=report.state, code=f"hold:{reason}"[:40])
    audit(by, "report.held", report.number, now, reason=reason[:40])


@transaction.atomic
def release_hold(*, report_id: int, by: Actor, now: datetime) -> None:
    """This function will let a held report walk on, and its news be listened to that nobody has taken up."""
    report = Report.objects.select_for_update().get(pk=report_id)
    if not report.hold_reason:
        raise Refusal("not_held", "The report is not on hold.")
    report.hold_reason, report.hold_detail, report.hold_since = "", "", None
    report.save(update_fields=["hold_reason", "hold_detail", "hold_since"])
    _journal(report, by=by, now=now, to_state=report.state, code="released")
    audit(by, "report.released", report.number, now)
    jobs.defer(NEWS, report_id=report_id)
    if report.state in AUTOMATIC:
        jobs.defer(WALK, report_id=report_id)
