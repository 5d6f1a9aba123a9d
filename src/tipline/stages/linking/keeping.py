"""Keeps what the pure rules of clusters decide: reads the part of the book that a report touches, writes every step.

Whoever changes clusters holds one lock to the end of its transaction, taken after the reports' own locks: two workers
never see half of each other's work. It is held for a few milliseconds; ADR 28 says how far that reaches.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from tipline.domain.actor import system
from tipline.domain.report import ReportHead
from tipline.platform.audit.service import Act, record
from tipline.platform.database.rows import Row, Table, ask, run
from tipline.stages.linking import bonds
from tipline.stages.linking.clusters import (
    LIMITS,
    Book,
    ClusterKind,
    Joined,
    Merged,
    Node,
    Opened,
    Proposed,
    Step,
    Tie,
    families,
)
from tipline.stages.linking.models import Alert, Cluster, Member
from tipline.stages.linking.rules import Shared, together

BY = system("linking")
MACHINE = str(BY)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('linking-clusters', 9))"
_MEMBERS = """
SELECT m.kind, m.report_id, m.facet, m.cluster_id, c.top_id, true
FROM linking_member m JOIN linking_cluster c ON c.id = m.cluster_id
WHERE m.report_id = ANY(%b::bigint[]) AND m.left_at IS NULL
UNION ALL
SELECT m.kind, m.report_id, m.facet, m.cluster_id, c.top_id, false
FROM linking_member m JOIN linking_cluster c ON c.id = m.cluster_id
WHERE m.report_id = ANY(%b::bigint[]) AND m.left_at IS NOT NULL AND m.left_by <> %s
"""
_TOPS = "SELECT id, kind, size FROM linking_cluster WHERE id = ANY(%b::bigint[])"
# What a person parted, as pairs of tops; a member taken out parts its present cluster from the one it was taken from.
_PARTED = """
SELECT a.top_id, b.top_id FROM linking_cluster a JOIN linking_parted p ON p.first_id = a.id AND p.lifted_at IS NULL
JOIN linking_cluster b ON b.id = p.second_id WHERE a.top_id = ANY(%b::bigint[]) AND b.top_id = ANY(%b::bigint[])
UNION
SELECT a.top_id, b.top_id FROM linking_cluster a
JOIN linking_member o ON o.cluster_id = a.id AND o.left_at IS NOT NULL AND o.left_by <> %s
JOIN linking_member m ON (m.report_id, m.kind, m.facet) = (o.report_id, o.kind, o.facet) AND m.left_at IS NULL
JOIN linking_cluster b ON b.id = m.cluster_id
WHERE a.top_id = ANY(%b::bigint[]) AND b.top_id = ANY(%b::bigint[]) AND a.top_id <> b.top_id
"""
_PROPOSED = """
SELECT a.top_id, b.top_id, p.ties FROM linking_cluster a
JOIN linking_proposal p ON p.first_id = a.id AND p.settled_at IS NULL JOIN linking_cluster b ON b.id = p.second_id
WHERE a.top_id = ANY(%b::bigint[]) AND b.top_id = ANY(%b::bigint[])
"""


def lock() -> None:
    """This function will hold the clusters for the current transaction; reports are locked before, never after."""
    ask(_LOCK, [])


def load_book(report_ids: Collection[int]) -> Book:
    """This function will read the clusters in which these reports are, and what people said of them."""
    book = Book(ids=itertools.count(-1, -1))
    tops: set[int] = set()
    for kind, report_id, facet, leaf, top, lives in ask(_MEMBERS, [sorted(report_ids), sorted(report_ids), MACHINE]):
        node = Node(ClusterKind(kind), report_id, facet)
        if lives:
            book.leaf[node] = leaf
        else:
            book.out.add((node, leaf))
        if leaf != top:
            book.parent[leaf] = top
        tops.add(top)
    for top, kind, size in ask(_TOPS, [sorted(tops)]) if tops else ():
        book.kind[top], book.size[top] = ClusterKind(kind), size
    if len(tops) > 1:
        listed = sorted(tops)
        book.parted = {(a, b) for a, b in ask(_PARTED, [listed, listed, MACHINE, listed, listed])}
        for first, second, ties in ask(_PROPOSED, [listed, listed]):
            book.proposed.setdefault((min(first, second), max(first, second)), {}).update(json.loads(ties))
    return book


def may_place(ties: Iterable[Tie]) -> bool:
    """This function will tell whether ties could put a report anywhere, without asking where."""
    by_kind: dict[ClusterKind, list[Tie]] = {}
    for tie in ties:
        by_kind.setdefault(tie.own.kind, []).append(tie)
    return any(together(families(listed)) >= LIMITS[kind].join for kind, listed in by_kind.items())


def place(head: ReportHead, shared: Sequence[Shared], now: datetime) -> tuple[Step, ...]:
    """This function will put a report into its clusters. Joins the caller's transaction, which holds the reports."""
    ties = bonds.bonds(head.id, shared)
    if not may_place(ties):
        return ()
    lock()
    book = load_book({head.id, *(tie.other.report_id for tie in ties)})
    steps = book.place(head.id, ties)
    if steps:
        _Writer(book, head.environment, now).write(steps)
        _audit(head, steps, now)
    return steps


def _audit(head: ReportHead, steps: Sequence[Step], now: datetime) -> None:
    kinds = {Opened: "opened", Joined: "joined", Merged: "merged", Proposed: "proposed"}
    counts = {name: sum(isinstance(step, one) for step in steps) for one, name in kinds.items()}
    record(Act(now, BY, "cluster.placed", "report", str(head.number), details=counts))


@dataclass(frozen=True, slots=True)
class GrowthRule:
    """When a cluster's growth is an alert: from so many members on, so many new in so many days, so much more again.

    Of people alone: that a viral event grows is what makes it one.
    """

    kinds: frozenset[str] = frozenset({ClusterKind.SUSPECT, ClusterKind.VICTIM})
    least: int = 5
    fresh: int = 3
    days: int = 7
    again: float = 1.5


GROWTH = GrowthRule()
GROWS, CROSSES = "grows", "crosses"


class _Writer:
    """Writes steps into the tables; provisional numbers of new clusters become real ones."""

    def __init__(self, book: Book, environment: str, now: datetime) -> None:
        self.book, self.environment, self.now = book, environment, now
        self.real: dict[int, int] = {}

    def write(self, steps: Sequence[Step]) -> None:
        """This function will write steps in their order, then the sizes and alerts of the clusters they touched."""
        members: list[Row] = []
        for step in steps:
            match step:
                case Opened():
                    self._open(step)
                case Joined():
                    members.append(self._member(step))
                case Merged():
                    self._merge(step)
                case Proposed():
                    self._propose(step)
        _MEMBER.insert(members)
        for top in sorted({self.book.top(step.cluster) for step in steps if isinstance(step, Joined)}):
            self._grown(self._id(top), self.book.kind[top], self.book.size[top])

    def _id(self, cluster: int) -> int:
        return self.real.get(cluster, cluster)

    def _open(self, step: Opened) -> None:
        ((self.real[step.cluster],),) = ask(_OPEN, [step.kind, self.environment, self.now, self.now])

    def _member(self, step: Joined) -> Row:
        node, cluster = step.node, self._id(step.cluster)
        return (cluster, str(node.kind), node.report_id, node.facet, step.weight, step.why[:300], step.via or None,
                self.now, MACHINE)  # fmt: skip

    def _merge(self, step: Merged) -> None:
        child, into = self._id(step.child), self._id(step.into)
        lay_below(child, into, by=MACHINE, why=step.why, now=self.now)

    def _propose(self, step: Proposed) -> None:
        first, second = sorted((self._id(step.first), self._id(step.second)))
        ties = json.dumps(dict(step.ties))
        run(_PROPOSE, [first, second, step.weight, step.why[:300], ties, self.now])

    def _grown(self, top: int, kind: ClusterKind, size: int) -> None:
        run("UPDATE linking_cluster SET size = %s, changed_at = %s WHERE id = %s", [size, self.now, top])
        if size < GROWTH.least or kind not in GROWTH.kinds:
            return
        since = self.now - timedelta(days=GROWTH.days)
        ((fresh,),) = ask(_FRESH, [top, GROWTH.again, top, GROWS, size, since])
        if fresh >= GROWTH.fresh:
            Alert.objects.create(cluster_id=top, code=GROWS, before=size - fresh, now=size, raised_at=self.now)


_MEMBER = Table(
    "linking_member",
    {
        "cluster_id": "bigint", "kind": "text", "report_id": "bigint", "facet": "text", "weight": "smallint",
        "why": "text", "via_report_id": "bigint", "since": "timestamptz", "by": "text",
    },
    always={"left_by": "''"},
)  # fmt: skip
_OPEN = """
INSERT INTO linking_cluster (id, kind, environment, top_id, size, name, owner, opened_at, changed_at)
SELECT n, %s, %s, n, 0, '', '', %s, %s FROM nextval('linking_cluster_id_seq') AS n RETURNING id
"""
# How many members came lately; none where the last alert of growth was of nearly as many.
_FRESH = """
SELECT count(*) FROM linking_member m JOIN linking_cluster c ON c.id = m.cluster_id
WHERE c.top_id = %s AND %s::float8 * coalesce((
  SELECT a.now FROM linking_alert a WHERE a.cluster_id = %s AND a.code = %s ORDER BY a.id DESC LIMIT 1), 0) <= %s
  AND m.left_at IS NULL AND m.since >= %s
"""
_PROPOSE = """
INSERT INTO linking_proposal (first_id, second_id, weight, why, ties, at, settled_by)
VALUES (%s, %s, %s, %s, %s::jsonb, %s, '')
ON CONFLICT (first_id, second_id) WHERE settled_at IS NULL
DO UPDATE SET weight = excluded.weight, why = excluded.why, ties = excluded.ties, at = excluded.at
"""
_BELOW = """
WITH child AS (SELECT size FROM linking_cluster WHERE id = %(child)s), grown AS (
  UPDATE linking_cluster t SET size = t.size + child.size, changed_at = %(now)s FROM child WHERE t.id = %(into)s)
UPDATE linking_cluster SET top_id = %(into)s,
  parent_id = CASE WHEN id = %(child)s THEN %(into)s ELSE parent_id END,
  changed_at = CASE WHEN id = %(child)s THEN %(now)s ELSE changed_at END
WHERE top_id = %(child)s
"""
_ACT = Table(
    "linking_clusteract",
    {
        "cluster_id": "bigint", "at": "timestamptz", "by": "text", "code": "text", "other_id": "bigint",
        "detail": "text",
    },
)  # fmt: skip


def lay_below(child: int, into: int, *, by: str, why: str, now: datetime) -> None:
    """This function will merge one top into another: it keeps its own members, and stands below."""
    run(_BELOW, {"child": child, "into": into, "now": now})
    _ACT.insert(
        [(into, now, by, "took_in", child, why[:300]), (child, now, by, "merged", into, why[:300])],
    )
    settle_proposals(into, by=by, now=now)


_SETTLE = """
UPDATE linking_proposal p SET settled_at = %s, settled_by = %s FROM linking_cluster a, linking_cluster b
WHERE p.settled_at IS NULL AND a.id = p.first_id AND b.id = p.second_id AND a.top_id = %s AND b.top_id = %s
"""


def settle_proposals(top: int, *, by: str, now: datetime) -> None:
    """This function will settle what was proposed of clusters that are one now."""
    run(_SETTLE, [now, by, top, top])


def forget(*, report_id: int, now: datetime) -> None:
    """This function will take a purged report out of every cluster; counts and acts of the clusters remain."""
    lock()
    gone = Member.objects.filter(report_id=report_id)
    for top in gone.filter(left_at=None).values_list("cluster__top_id", flat=True):
        Cluster.objects.filter(pk=top or 0).update(size=F("size") - 1, changed_at=now)
    gone.delete()
