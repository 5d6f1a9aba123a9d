"""Watches how far a cluster reaches: what is known of the person behind a report, and an alert when the reports went to
one more agency.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tipline.domain.findings import ReferralMade, RingFound
from tipline.domain.report import CHILD_ROLES
from tipline.platform.database.rows import ask, ask_in_order
from tipline.reports import lists
from tipline.stages.linking import bonds, keeping, table
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


# Of each part the newest are read by the index, then of all parts together: a large cluster costs no more than a small.
_NEWEST_OF = """(
  SELECT m.report_id, m.since FROM linking_cluster c CROSS JOIN LATERAL (
    SELECT m.report_id, m.since FROM linking_member m
    WHERE m.cluster_id = c.id AND m.left_at IS NULL ORDER BY m.since DESC LIMIT %s
  ) AS m WHERE c.top_id = top.id ORDER BY m.since DESC LIMIT %s
) AS m
"""
_AROUND = f"""
WITH mine AS (
  SELECT c.top_id FROM linking_member m JOIN linking_cluster c ON c.id = m.cluster_id
  WHERE m.report_id = %s AND m.kind = 'SUSPECT' AND m.left_at IS NULL LIMIT 1
)
SELECT top.id, top.size, m.report_id, m.since FROM mine JOIN linking_cluster top ON top.id = mine.top_id
CROSS JOIN LATERAL {_NEWEST_OF}
"""  # noqa: S608 - only constants
_CHILDREN = """
SELECT m.report_id, m.facet, c.top_id FROM linking_member m JOIN linking_cluster c ON c.id = m.cluster_id
WHERE m.report_id = ANY(%b::bigint[]) AND m.kind = 'VICTIM' AND m.left_at IS NULL
"""


def ring_of(report_id: int, now: datetime) -> RingFound | None:
    """This function will tell what is known of the person behind a report; None where no other report is tied to it."""
    rows = ask_in_order(_AROUND, [report_id, table.MOST_AROUND, table.MOST_AROUND])
    if not rows:
        return None
    ids = [one for _, _, one, _ in rows]
    tops = {(one, facet): top for one, facet, top in ask(_CHILDREN, [ids])}
    children = bonds.children_in(lists.identifiers_of(ids, sorted(CHILD_ROLES)), tops)
    lately = sum(since >= now - table.LATELY for *_, one, since in rows if one != report_id)
    return RingFound(rows[0][0], rows[0][1], children, lately)


def agencies_of(report_ids: Sequence[int]) -> dict[str, int]:
    """This function will count reports by the agencies that were sent them."""
    return lists.count_values(report_ids, ReferralMade.kind, "agency")


_NEWEST = f"SELECT top.id, m.report_id FROM unnest(%b::bigint[]) AS top(id) CROSS JOIN LATERAL {_NEWEST_OF}"  # noqa: S608
MOST_LISTED = 100  # reports of each cluster that a list asks for their agencies


def agencies_by_cluster(tops: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """This function will tell to which agencies the newest reports of several clusters went."""
    pairs = ask_in_order(_NEWEST, [list(tops), MOST_LISTED, MOST_LISTED]) if tops else []
    sent: dict[int, set[str]] = {}
    for report_id, agency in lists.list_values(sorted({one for _, one in pairs}), ReferralMade.kind, "agency"):
        sent.setdefault(report_id, set()).add(agency)
    found: dict[int, set[str]] = {}
    for top, report_id in pairs:
        found.setdefault(top, set()).update(sent.get(report_id, ()))
    return {top: tuple(sorted(agencies)) for top, agencies in found.items()}


def _look_at(top: int, now: datetime) -> int:
    reached = len(agencies_of(reports_in(top)))
    if reached <= _told(top):
        return 0
    with transaction.atomic():
        keeping.lock()
        before = _told(top)  # another hand-over may have told of as many meanwhile
        if reached <= before:
            return 0
        Alert.objects.create(cluster_id=top, code=keeping.CROSSES, before=before, now=reached, raised_at=now)
    return 1


def _told(top: int) -> int:
    last = Alert.objects.filter(cluster_id=top, code=keeping.CROSSES).order_by("-id").values_list("now", flat=True)
    return last.first() or 1
