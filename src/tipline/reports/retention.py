"""Legal holds and the end of retention. A legal hold wins over every purge."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.states import ReportState
from tipline.domain.statutes import PRESERVATION_RULE
from tipline.platform.audit.service import Act, record
from tipline.platform.database.partitions import Range, unless_locked
from tipline.platform.vault import service as vault
from tipline.reports.models import (
    CurrentFinding,
    File,
    FileFeatures,
    FindingRow,
    Fingerprint,
    IdentifierRow,
    JournalEntry,
    LegalHold,
    Report,
    Submission,
)
from tipline.reports.service import audit, put_hold

# How long content outlives the end of a report, by the state in which it ended.
KEEP: dict[ReportState, timedelta] = {
    ReportState.RETRACTED: timedelta(days=1),
    ReportState.LAPSED: timedelta(days=1),
    ReportState.CLOSED: timedelta(days=365),
}


@transaction.atomic
def set_legal_hold(*, report_id: int, reason: str, by: Actor, now: datetime) -> None:
    """This function will put a report under legal hold."""
    if not reason.strip():
        raise Refusal("reason_missing", "Say why the report must be kept.", field="reason")
    report = Report.objects.select_for_update().get(pk=report_id)
    LegalHold.objects.create(report_id=report_id, reason=reason[:300], set_by=str(by), set_at=now)
    report.legal_hold = True
    report.save(update_fields=["legal_hold"])
    audit(by, "report.legal_hold_set", report.number, now)


@transaction.atomic
def release_legal_hold(*, report_id: int, by: Actor, now: datetime) -> None:
    """This function will release every legal hold of a report."""
    report = Report.objects.select_for_update().get(pk=report_id)
    released = LegalHold.objects.filter(report_id=report_id, released_at=None).update(
        released_by=str(by), released_at=now
    )
    if not released:
        raise Refusal("no_legal_hold", "The report is not under legal hold.")
    report.legal_hold = False
    report.save(update_fields=["legal_hold"])
    audit(by, "report.legal_hold_released", report.number, now)


def list_due(*, now: datetime, most: int = 100) -> tuple[int, ...]:
    """This function will list reports whose retention has ended and that nobody ordered kept."""
    due: list[int] = []
    for state, keep in KEEP.items():
        rows = Report.objects.filter(state=state, legal_hold=False, hold_reason="", changed_at__lt=now - keep)
        due += rows.order_by("id").values_list("id", flat=True)[:most]
    return tuple(due)


@transaction.atomic
def purge(*, report_id: int, by: Actor, now: datetime) -> bool:
    """This function will destroy the content of one ended report; number, digests and journal remain.

    Raises Refusal `legal_hold` where somebody ordered it kept, `wrong_state` where it has not ended, `preserved`
    where the law asks to keep it longer, `journal_differs` where the state is none that the journal tells of.
    """
    report = Report.objects.select_for_update().get(pk=report_id)
    _require_ended(report, now)
    _destroy_content(report_id)
    JournalEntry.objects.create(
        report_id=report_id,
        at=now,
        by=str(by),
        from_state=report.state,
        to_state=ReportState.PURGED,
        code="purged",
    )
    report.state, report.headline, report.tags, report.changed_at = ReportState.PURGED, "", [], now
    report.save(update_fields=["state", "headline", "tags", "changed_at"])
    audit(by, "report.purged", report.number, now)
    return True


def _require_ended(report: Report, now: datetime) -> None:
    if report.legal_hold or LegalHold.objects.filter(report_id=report.id, released_at=None).exists():
        raise Refusal("legal_hold", "The report is under legal hold and cannot be purged.")
    if ReportState(report.state) not in KEEP:
        raise Refusal("wrong_state", f"A report in state {report.state} cannot be purged.")
    if report.preserve_until is not None and report.preserve_until > now:
        raise Refusal("preserved", "The report must be preserved longer.", source=PRESERVATION_RULE.cite)
    # A row that somebody changed past the house has no journal entry that brought it where it stands.
    last = JournalEntry.objects.filter(report_id=report.id).exclude(to_state="").order_by("-id").first()
    if last is None or last.to_state != report.state:
        raise Refusal("journal_differs", "The journal tells of another state: somebody must look.")


@transaction.atomic
def refuse_purge(*, report_id: int, code: str, by: Actor, now: datetime) -> None:
    """This function will hold a report that was due and must not be destroyed, and say why in the audit."""
    number = Report.objects.only("number").get(pk=report_id).number
    audit(by, "report.purge_refused", number, now, reason=code)
    put_hold(report_id=report_id, reason="purge_refused", detail=code, by=by, now=now)


def _destroy_content(report_id: int) -> None:
    vault.shred(holder=f"report:{report_id}")
    for incoming in File.objects.filter(report_id=report_id).exclude(incoming_name=""):
        vault.discard_incoming(incoming.incoming_name)
    CurrentFinding.objects.filter(report_id=report_id).delete()
    FindingRow.objects.filter(report_id=report_id).delete()
    IdentifierRow.objects.filter(report_id=report_id).delete()
    Fingerprint.objects.filter(file__report_id=report_id).delete()
    FileFeatures.objects.filter(file__report_id=report_id).delete()
    Submission.objects.filter(report_id=report_id).update(raw_sealed=b"", document={}, answers={}, reporter_sealed=None)
    File.objects.filter(report_id=report_id).update(
        incoming_name="", wrapped_key=None, upload_name="", original_name="", details=None, details_raw_sealed=None,
        blob_id=None, preview_blob_id=None,
    )  # fmt: skip


_EMPTIED = """
SELECT parent, part, low, high FROM database_range
WHERE counter = 'reports_report_id_seq' AND reports_all_purged(low, high) ORDER BY parent, low
"""


def drop_purged(*, by: Actor, now: datetime) -> int:
    """This function will give up the partitions that purging has emptied, and count them.

    One goes only where every report of its range is purged, none is held, and no row is left in it: the database
    asks that itself. What outlives a purge (journal, digests) keeps its partition.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EMPTIED)
        purged = [Range(*row) for row in cursor.fetchall()]
    return sum(unless_locked(partial(_drop, one, by, now)) for one in purged)


def _drop(one: Range, by: Actor, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports_drop_purged(%s)", [one.name])
        dropped = bool(cursor.fetchone()[0])
    if dropped:
        span = {"start": one.start, "end": one.end}
        record(Act(now, by, "report.range_dropped", "partition", one.name, details=span))
    return int(dropped)
