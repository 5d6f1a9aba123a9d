"""Watches how far a cluster reaches: an alert when its reports went to one more agency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tipline.domain.findings import ReferralMade
from tipline.platform.database.rows import ask
from tipline.reports import lists
from tipline.stages.linking import keeping
from tipline.stages.linking.models import Alert, Member

# Of so many reports of a cluster the agencies are asked for, the newest: what a page can show, and work is bounded.
MOST_ASKED = 5_000
_WATCHED = """
SELECT DISTINCT c.top_id FROM linking_member m JOIN linking_cluster c ON c.id = m.cluster_id
WHERE m.report_id = %s AND m.left_at IS NULL AND m.kind IN ('SUSPECT', 'VICTIM')
"""


def look(*, report_id: int, now: datetime) -> int:
    """This function will raise an alert for each cluster of a report that reached one more agency, and count them."""
    tops = [top for (top,) in ask(_WATCHED, [report_id])]
    return sum(_look_at(top, now) for top in tops)


def reports_in(top: int, most: int = MOST_ASKED) -> list[int]:
    """This function will list the reports of a cluster and of what is merged into it, the newest first."""
    rows = Member.objects.filter(cluster__top_id=top, left_at=None).order_by("-report_id")
    return list(dict.fromkeys(rows.values_list("report_id", flat=True)[:most]))


def agencies_of(report_ids: Sequence[int]) -> dict[str, int]:
    """This function will count reports by the agencies that were sent them."""
    return lists.count_values(report_ids, ReferralMade.kind, "agency")


_NEWEST = """
SELECT top.id, m.report_id FROM unnest(%b::bigint[]) AS top(id) CROSS JOIN LATERAL (
  SELECT m.report_id FROM linking_cluster c JOIN linking_member m ON m.cluster_id = c.id AND m.left_at IS NULL
  WHERE c.top_id = top.id ORDER BY m.since DESC LIMIT %s
) AS m
"""
MOST_LISTED = 100  # reports of each cluster that a list asks for their agencies


def agencies_by_cluster(tops: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """This function will tell to which agencies the newest reports of several clusters went."""
    pairs = ask(_NEWEST, [list(tops), MOST_LISTED]) if tops else []
    sent: dict[int, set[str]] = {}
    for report_id, agency in lists.list_values(sorted({one for _, one in pairs}), ReferralMade.kind, "agency"):
        sent.setdefault(report_id, set()).add(agency)
    found: dict[int, set[str]] = {}
    for top, report_id in pairs:
        found.setdefault(top, set()).update(sent.get(report_id, ()))
    return {top: tuple(sorted(agencies)) for top, agencies in found.items()}


@transaction.atomic
def _look_at(top: int, now: datetime) -> int:
    keeping.lock()
    reached = len(agencies_of(reports_in(top)))
    last = Alert.objects.filter(cluster_id=top, code=keeping.CROSSES).order_by("-id").values_list("now", flat=True)
    before = last.first() or 1
    if reached <= before:
        return 0
    Alert.objects.create(cluster_id=top, code=keeping.CROSSES, before=before, now=reached, raised_at=now)
    return 1
