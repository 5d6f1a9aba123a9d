"""What triage keeps of a report beside its score: features, the draw, looks, late clocks; and the counts of it all."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime, timedelta
from functools import cache

from django.db import connection, transaction
from django.db.models import QuerySet

from tipline.domain.findings import Scored
from tipline.domain.report import ReportHead
from tipline.domain.states import Disposition
from tipline.domain.vocabulary import BY_WIRE
from tipline.platform import keys, logs
from tipline.platform.config import settings
from tipline.stages.triage import features
from tipline.stages.triage.features import Features
from tipline.stages.triage.models import Count, Standing
from tipline.stages.triage.rules import LATER_FROM
from tipline.stages.triage.ruleset import RuleSet

PRODUCTION = "production"
URGENT_REASON = "child_in_danger"
MOST_LATE = 500  # marked at each tick of the clock


def week_of(now: datetime) -> date:
    """This function will give the Monday of a moment's week."""
    return now.date() - timedelta(days=now.weekday())


@cache
def _draw_key() -> bytes:
    """The worker's alone: no door can tell which reports are drawn."""
    return hmac.digest(keys.load_bytes("django_worker", settings().keys), b"triage sample", "sha256")


def is_drawn(number: int, stratum: str, key: bytes, share: float) -> bool:
    """This function will tell whether a low-scored report is drawn. Nobody without the key can foretell it. Pure."""
    digest = hmac.digest(key, f"{stratum}\0{number}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") < share * 2**64


def keep(head: ReportHead, found: Features, scored: Scored, now: datetime) -> None:
    """This function will keep how a report was scored, draw it or not at its first score, and count it."""
    if head.environment != PRODUCTION:
        return
    held = Standing.objects.filter(report_id=head.id).first()
    if held is not None:
        _renew(held, found, scored)
        return
    kind = BY_WIRE[head.incident_type].code if head.incident_type in BY_WIRE else ""
    low = scored.score < LATER_FROM
    share = settings().sample_per_thousand / 1000
    row = Standing(report_id=head.id, source=head.source, kind=kind, first_score=scored.score, at=now)
    row.drawn = low and is_drawn(head.number, f"{head.source} {kind}", _draw_key(), share)
    _fill(row, found, scored)
    row.save(force_insert=True)
    count(row, "scored", now)


def _renew(row: Standing, found: Features, scored: Scored) -> None:
    _fill(row, found, scored)
    row.save(
        update_fields=["features", "features_version", "version", "score", "priority", "proposed", "proposed_reason"]
    )


def _fill(row: Standing, found: Features, scored: Scored) -> None:
    row.features, row.features_version = dict(found), features.VERSION
    row.version, row.score, row.priority = scored.rules_version, scored.score, scored.priority
    row.proposed = scored.proposal.disposition if scored.proposal else ""
    row.proposed_reason = scored.proposal.reason if scored.proposal else ""


def count(row: Standing, what: str, now: datetime, *, first: bool = False) -> None:
    """This function will count one event of a report, at its score now or at its first one. Waits for nobody."""
    Count.objects.create(
        week=week_of(now),
        version=row.version,
        source=row.source,
        kind=row.kind,
        score=row.first_score if first else row.score,
        drawn=row.drawn,
        what=what,
    )


def note_look(*, report_id: int, now: datetime) -> None:
    """This function will keep when somebody first opened a report that waits."""
    Standing.objects.filter(report_id=report_id, looked_at=None).update(looked_at=now)


def note_decided(*, report_id: int, disposition: str, reason: str, now: datetime) -> None:
    """This function will count a decision that came to count: beside the score, the proposal and the draw."""
    row = Standing.objects.select_for_update().filter(report_id=report_id, waiting=True).first()
    if row is None:
        return
    row.waiting, row.is_open = False, disposition != Disposition.OUT_OF_SCOPE
    row.save(update_fields=["waiting", "is_open"])
    is_urgent = reason == URGENT_REASON
    for what, holds in (
        ("decided", True),
        ("urgent", is_urgent),
        ("referred", disposition == Disposition.REFERRAL),
        ("proposed", bool(row.proposed)),
        ("agreed", bool(row.proposed) and row.proposed == disposition),
    ):
        if holds:
            count(row, what, now)
    if row.drawn:
        count(row, "judged", now, first=True)
        if is_urgent:
            count(row, "hidden", now, first=True)


def note_referred(*, report_id: int) -> None:
    """This function will stop the clock of a report that agencies have."""
    Standing.objects.filter(report_id=report_id, is_open=True).update(is_open=False)


def note_answer(*, report_id: int, found: bool, now: datetime) -> None:
    """This function will count what an agency said came of it: the first answer, and that a child was found, once."""
    row = Standing.objects.select_for_update().filter(report_id=report_id).first()
    if row is None:
        return
    if not row.answered:
        count(row, "answered", now)
    if found and not row.found:
        count(row, "found", now)
    row.answered, row.found = True, row.found or found
    row.save(update_fields=["answered", "found"])


def forget(*, report_id: int) -> None:
    """This function will delete what is kept of a purged report; the counts name nobody and stay."""
    Standing.objects.filter(report_id=report_id).delete()


def mark_late(ruleset: RuleSet, now: datetime) -> int:
    """This function will mark and count reports whose clock has run out, each once a clock."""
    marked = 0
    for priority, clock in ruleset.clocks.items():
        unlooked = Standing.objects.filter(waiting=True, looked_at=None, late_look=False, priority=priority)
        marked += _mark(unlooked.filter(at__lt=now - timedelta(minutes=clock.look)), "late_look", now)
        unreferred = Standing.objects.filter(is_open=True, late_refer=False, priority=priority)
        marked += _mark(unreferred.filter(at__lt=now - timedelta(minutes=clock.refer)), "late_refer", now)
    if marked:
        logs.note("late", count=marked)
    return marked


def _mark(rows: QuerySet[Standing], what: str, now: datetime) -> int:
    marked = 0
    for row in rows.order_by("at")[:MOST_LATE]:
        with transaction.atomic():
            is_first = Standing.objects.filter(report_id=row.report_id, **{what: False}).update(**{what: True})
            if is_first:
                count(row, what, now)
        marked += is_first
    return marked


_FOLD = """
WITH gone AS (DELETE FROM triage_count WHERE NOT folded RETURNING *)
INSERT INTO triage_count (week, version, source, kind, score, drawn, what, n, folded)
SELECT week, version, source, kind, score, drawn, what, sum(n), true FROM gone
GROUP BY week, version, source, kind, score, drawn, what
ON CONFLICT (week, version, source, kind, score, drawn, what) WHERE folded
DO UPDATE SET n = triage_count.n + excluded.n
"""


def fold_counts(_: datetime) -> int:
    """This function will add up the single counts, so that the table grows with weeks and not with reports."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)
        return max(0, int(cursor.rowcount))
