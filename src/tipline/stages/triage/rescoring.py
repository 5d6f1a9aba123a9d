"""Scores the waiting reports again after a change of the rules, piece by piece; each piece is one commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from tipline.domain.states import ReportState
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.stages.triage import features, keeping, rulesets
from tipline.stages.triage.models import Rescoring, Standing
from tipline.stages.triage.rules import advance_of, score_features
from tipline.stages.triage.ruleset import RuleSet

PIECE = 200
Renew = Callable[[int], None]


def rescore_some(*, run_id: int, renew: Renew, now: datetime) -> bool:
    """This function will score the next piece of a run again and tell whether there is more. Harmless when repeated.

    renew: scores one report anew from the record, where its kept features are of another version.
    """
    with transaction.atomic():
        run = Rescoring.objects.select_for_update().filter(pk=run_id, ended_at=None).first()
        if run is None:
            return False
        ruleset = rulesets.current()
        if run.version != ruleset.version:  # a later change has a run of its own
            run.ended_at = now
            run.save(update_fields=["ended_at"])
            return False
        rows = _next(run)
        for row in rows:
            run.moved += _again(row, ruleset, renew, now)
        _note(run, rows, now)
        return bool(rows)


def _next(run: Rescoring) -> list[Standing]:
    """The next piece; at the end those that were scored by the rules before while the run went on."""
    waiting = Standing.objects.filter(waiting=True).order_by("report_id")
    rows = list(waiting.filter(report_id__gt=run.last_report_id)[:PIECE])
    return rows or list(waiting.exclude(version=run.version)[:PIECE])


def _again(row: Standing, ruleset: RuleSet, renew: Renew, now: datetime) -> bool:
    if row.features_version != features.VERSION:
        renew(row.report_id)
        return True
    scored = score_features(row.features, ruleset)
    head = reports.load_head(row.report_id)
    if head.state is not ReportState.SCORED:
        Standing.objects.filter(report_id=row.report_id).update(waiting=False)
        return False
    record.rescore(report_id=row.report_id, result=advance_of(row.features, scored, now), now=now)
    keeping.keep(head, row.features, scored, now)
    return scored.score != row.score


def _note(run: Rescoring, rows: list[Standing], now: datetime) -> None:
    if rows:
        run.done = min(run.total, run.done + len(rows))
        run.last_report_id = max(run.last_report_id, rows[-1].report_id)
    else:
        run.ended_at = now
    run.save(update_fields=["done", "moved", "last_report_id", "ended_at"])
