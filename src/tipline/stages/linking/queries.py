"""Reads of clusters: frozen values, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from tipline.platform.database.rows import ask
from tipline.stages.linking.clusters import ClusterKind
from tipline.stages.linking.keeping import GROWTH, MACHINE
from tipline.stages.linking.models import Alert, Cluster, ClusterAct, ClusterRoster, Member


@dataclass(frozen=True, slots=True)
class ClusterLine:
    """One cluster as a list shows it; `fresh` members came within a week."""

    id: int
    kind: str
    name: str
    owner: str
    size: int
    opened_at: datetime
    changed_at: datetime
    fresh: int = 0
    alerts: int = 0


@dataclass(frozen=True, slots=True)
class MemberLine:
    """Why a report is in a cluster."""

    id: int
    report_id: int
    facet: str
    weight: int
    why: str
    via_report_id: int | None
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """A cluster that is merged into another: how many members are its own or stand below it, and who merged it."""

    id: int
    name: str
    members: int
    by: str
    at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """Two clusters that may be one; `other` is the one to look at from here."""

    id: int
    other: ClusterLine
    weight: int
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert that waits for somebody."""

    id: int
    cluster: ClusterLine
    code: str
    before: int
    now: int
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act: by whom, when, with which other cluster or report."""

    cluster_id: int
    at: datetime
    by: str
    code: str
    other_id: int | None
    report_number: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which clusters are asked for: of a kind, of an owner where one is named, the largest or the latest first."""

    kind: str = ClusterKind.SUSPECT
    owner: str = ""
    by_size: bool = False


def list_clusters(
    asked: Asked, *, now: datetime, offset: int = 0, size: int = 50
) -> tuple[tuple[ClusterLine, ...], int]:
    """This function will list clusters, and count them to a bound."""
    rows = Cluster.objects.filter(parent_id=None, environment="production", size__gt=0, kind=asked.kind)
    if asked.owner:
        rows = rows.filter(owner=asked.owner)
    listed = list(rows.order_by("-size" if asked.by_size else "-changed_at")[offset : offset + size])
    return _lines(listed, now), rows[:MOST_COUNTED].count()


MOST_COUNTED = 10_000


def _lines(rows: Sequence[Cluster], now: datetime) -> tuple[ClusterLine, ...]:
    ids = [row.pk for row in rows]
    since = now - timedelta(days=GROWTH.days)
    fresh = _counts(Member.objects.filter(cluster__top_id__in=ids, left_at=None, since__gte=since), "cluster__top_id")
    alerts = _counts(Alert.objects.filter(cluster__top_id__in=ids, seen_at=None), "cluster__top_id")
    return tuple(_line(row, fresh.get(row.pk, 0), alerts.get(row.pk, 0)) for row in rows)


def _counts(rows: QuerySet[Member] | QuerySet[Alert], name: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(name).annotate(count=Count("id")))


def _line(row: Cluster, fresh: int = 0, alerts: int = 0) -> ClusterLine:
    return ClusterLine(row.pk, row.kind, row.name, row.owner, row.size, row.opened_at, row.changed_at, fresh, alerts)


def find_cluster(cluster_id: int, *, now: datetime) -> ClusterLine | None:
    """This function will find a cluster; where it was merged, the one that stands for it."""
    top = Cluster.objects.filter(pk=cluster_id).values_list("top_id", flat=True).first()
    row = Cluster.objects.filter(pk=top or 0).first()
    return _lines([row], now)[0] if row else None


def list_members(top: int, *, offset: int = 0, size: int = 50) -> tuple[MemberLine, ...]:
    """This function will list the members of a cluster and of all that is merged into it, the newest first."""
    rows = Member.objects.filter(cluster__top_id=top, left_at=None).order_by("-since", "-id")[offset : offset + size]
    columns = ("id", "report_id", "facet", "weight", "why", "via_report_id", "since", "by")
    return tuple(MemberLine(*row) for row in rows.values_list(*columns))


def list_parts(top: int) -> tuple[PartLine, ...]:
    """This function will list the clusters that are merged into another, the last one first."""
    rows = Cluster.objects.filter(top_id=top, parent_id__isnull=False)
    counts = _counts(Member.objects.filter(cluster__top_id=top, left_at=None), "cluster_id")
    acts = {
        act.cluster_id: act
        for act in ClusterAct.objects.filter(cluster_id__in=[row.pk for row in rows], code="merged").order_by("id")
    }
    found = (
        PartLine(row.pk, row.name, counts.get(row.pk, 0), act.by if act else "", act.at if act else None,
                 act.detail if act else "")
        for row in rows for act in [acts.get(row.pk)]
    )  # fmt: skip
    return tuple(sorted(found, key=lambda part: -part.id))


def list_proposals(top: int, *, now: datetime) -> tuple[ProposalLine, ...]:
    """This function will list what may be one with a cluster, the strongest first; each other cluster once."""
    rows = ask(_PROPOSED, [top, top])
    tops = {row.pk: row for row in Cluster.objects.filter(pk__in={other for _, other, *_ in rows})}
    lines = {line.id: line for line in _lines(list(tops.values()), now)}
    found: dict[int, ProposalLine] = {}
    for proposal_id, other, weight, why, at in rows:
        if other in lines:
            found.setdefault(other, ProposalLine(proposal_id, lines[other], weight, why, at))
    return tuple(found.values())


_PROPOSED = """
SELECT p.id, b.top_id, p.weight, p.why, p.at FROM linking_cluster a
JOIN linking_proposal p ON p.settled_at IS NULL AND a.id IN (p.first_id, p.second_id)
JOIN linking_cluster b ON b.id = CASE WHEN a.id = p.first_id THEN p.second_id ELSE p.first_id END
WHERE a.top_id = %s AND b.top_id <> %s ORDER BY p.weight DESC, p.id LIMIT 50
"""


def list_alerts(*, now: datetime, size: int = 20) -> tuple[AlertLine, ...]:
    """This function will list the alerts that nobody has seen yet, the newest first."""
    rows = list(_waiting().order_by("-raised_at").select_related("cluster")[:size])
    tops = {row.cluster.top_id or row.cluster.pk for row in rows}
    lines = {line.id: line for line in _lines(list(Cluster.objects.filter(pk__in=tops)), now)}
    return tuple(
        AlertLine(row.pk, lines[row.cluster.top_id or row.cluster.pk], row.code, row.before, row.now, row.raised_at)
        for row in rows
    )


def list_alerts_of(top: int) -> tuple[tuple[int, str, int, int, datetime], ...]:
    """This function will list (id, code, before, now, raised at) of a cluster's alerts that nobody has seen yet."""
    rows = _waiting().filter(cluster__top_id=top).order_by("-raised_at")
    return tuple(rows.values_list("id", "code", "before", "now", "raised_at"))


def _waiting() -> QuerySet[Alert]:
    return Alert.objects.filter(seen_at=None, cluster__environment="production")


def count_alerts() -> int:
    """This function will count the alerts that nobody has seen yet, to a hundred."""
    return int(_waiting()[:100].count())


def list_acts(top: int, *, size: int = 30) -> tuple[ActLine, ...]:
    """This function will list what was done with a cluster and with what is merged into it, the last first."""
    rows = ClusterAct.objects.filter(cluster__top_id=top).order_by("-id")[:size]
    columns = ("cluster_id", "at", "by", "code", "other_id", "report_number", "detail")
    return tuple(ActLine(*row) for row in rows.values_list(*columns))


def list_left(top: int, *, size: int = 30) -> tuple[tuple[int, datetime, str], ...]:
    """This function will list (report id, when, by whom) of what people took out of a cluster, the last first."""
    rows = Member.objects.filter(cluster__top_id=top, left_at__isnull=False).order_by("-left_at")
    listed = rows.values_list("report_id", "left_at", "left_by")[:size]
    return tuple((report_id, at, by) for report_id, at, by in listed if at is not None)


def clusters_of(report_ids: Iterable[int]) -> dict[int, tuple[ClusterLine, ...]]:
    """This function will tell in which clusters reports are, the suspect's first."""
    rows = Member.objects.filter(left_at=None, report_id__in=list(report_ids))
    pairs = [(one, top or 0) for one, top in rows.values_list("report_id", "cluster__top_id").distinct()]
    tops = {row.pk: _line(row) for row in Cluster.objects.filter(pk__in={top for _, top in pairs})}
    found: dict[int, set[ClusterLine]] = {}
    for report_id, top in pairs:
        found.setdefault(report_id, set()).add(tops[top])
    return {
        one: tuple(sorted(lines, key=lambda line: (line.kind != "SUSPECT", line.id))) for one, lines in found.items()
    }


def settled_for(top: int, report_ids: Sequence[int]) -> frozenset[int]:
    """This function will find the reports that nobody need be asked about for a suspect's cluster: they are in it, or
    people took them out of it, or they are in one that people keep apart from it.
    """
    if not report_ids:
        return frozenset()
    ids = list(report_ids)
    return frozenset(one for (one,) in ask(_SETTLED, [[top], [top], ids, top, ids, MACHINE, top]))


# In two halves, as the indexes of members are: those who are in a cluster, and those who left one.
_SETTLED = """
WITH apart AS (
  SELECT b.top_id FROM linking_cluster a JOIN linking_parted p ON p.first_id = a.id AND p.lifted_at IS NULL
  JOIN linking_cluster b ON b.id = p.second_id WHERE a.top_id = ANY(%b::bigint[])
  UNION SELECT a.top_id FROM linking_cluster b JOIN linking_parted p ON p.second_id = b.id AND p.lifted_at IS NULL
  JOIN linking_cluster a ON a.id = p.first_id WHERE b.top_id = ANY(%b::bigint[])
)
SELECT m.report_id FROM linking_member m JOIN linking_cluster c ON c.id = m.cluster_id
WHERE m.report_id = ANY(%b::bigint[]) AND m.left_at IS NULL AND m.kind = 'SUSPECT'
  AND (c.top_id = %s OR c.top_id IN (SELECT top_id FROM apart))
UNION
SELECT m.report_id FROM linking_member m JOIN linking_cluster c ON c.id = m.cluster_id
WHERE m.report_id = ANY(%b::bigint[]) AND m.left_at IS NOT NULL AND m.left_by <> %s AND c.top_id = %s
"""


def list_rosters(top: int) -> tuple[int, ...]:
    """This function will list the rosters that people laid to a cluster."""
    rows = ClusterRoster.objects.filter(cluster__top_id=top, ended_at=None).order_by("id")
    return tuple(rows.values_list("roster_id", flat=True))


@dataclass(frozen=True, slots=True)
class Events:
    """How many viral events there are, and how many reports they brought: one event is one incident."""

    events: int
    reports: int


def count_events() -> Events:
    """This function will count viral events and their reports."""
    rows = ask(
        "SELECT count(*), coalesce(sum(size), 0) FROM linking_cluster "
        "WHERE kind = 'VIRAL' AND parent_id IS NULL AND environment = 'production' AND size > 0",
        [],
    )
    return Events(int(rows[0][0]), int(rows[0][1]))


def are_parted(first: int, second: int) -> bool:
    """This function will tell whether a person keeps two clusters apart."""
    return bool(ask(_PARTED, [[first, second], [first, second]]))


_PARTED = """
SELECT 1 FROM linking_cluster a JOIN linking_parted p ON p.first_id = a.id AND p.lifted_at IS NULL
JOIN linking_cluster b ON b.id = p.second_id
WHERE a.top_id = ANY(%b::bigint[]) AND b.top_id = ANY(%b::bigint[]) AND a.top_id <> b.top_id LIMIT 1
"""
