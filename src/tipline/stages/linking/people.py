"""What people say of clusters: it wins over the machine, it can be taken back, and nothing of it is rewritten."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.domain.states import UNFINISHED, ReportState
from tipline.platform.audit.service import Act, record
from tipline.platform.database.rows import ask, run
from tipline.reports import queries as reports
from tipline.stages.linking import keeping
from tipline.stages.linking.models import Alert, Cluster, ClusterAct, ClusterRoster, Member, Parted, Proposal

_NAME = 120
# Begun and not finished, or destroyed: nothing that belongs anywhere.
NO_MEMBERS = UNFINISHED | {ReportState.PURGED}
_LIFT = """
UPDATE linking_parted p SET lifted_at = %s, lifted_by = %s FROM linking_cluster a, linking_cluster b
WHERE p.lifted_at IS NULL AND a.id = p.first_id AND b.id = p.second_id AND ARRAY[a.top_id, b.top_id] <@ %s::bigint[]
"""
_BELOW = """
WITH RECURSIVE below(id) AS (
  SELECT %s::bigint UNION ALL SELECT c.id FROM linking_cluster c JOIN below ON c.parent_id = below.id
) SELECT id FROM below
"""


def _require(cluster_id: int, *, top: bool = True) -> Cluster:
    """The cluster, with the lock of all clusters held. Raises Refusal `no_such_cluster`."""
    keeping.lock()
    row = Cluster.objects.filter(pk=cluster_id).first()
    if row is None or (top and row.parent_id is not None):
        raise Refusal("no_such_cluster", "There is no such cluster any more; it may have been merged meanwhile.")
    return row


def _note(row: Cluster, code: str, by: Actor, now: datetime, **details: int) -> None:
    """This function will keep an act of a person with the cluster, and in the audit; details are `other`, `report`."""
    if by.kind is not ActorKind.USER:
        raise Refusal("not_a_person", "A person says this.")
    other, number = details.get("other"), details.get("report")
    ClusterAct.objects.create(cluster=row, at=now, by=str(by), code=code, other_id=other, report_number=number)
    record(Act(now, by, f"cluster.{code}", "cluster", str(row.pk), details=dict(details)))


@transaction.atomic
def merge(*, cluster_id: int, into_id: int, by: Actor, now: datetime) -> None:
    """This function will lay one cluster below another; each keeps its own members. Raises Refusal."""
    child, into = _require(cluster_id), _require(into_id)
    if child.pk == into.pk or (child.kind, child.environment) != (into.kind, into.environment):
        raise Refusal("not_alike", "Only two clusters of the same kind can be merged.", field="other")
    run(_LIFT, [now, str(by), [child.pk, into.pk]])
    keeping.lay_below(child.pk, into.pk, by=str(by), why="", now=now)
    record(Act(now, by, "cluster.merged", "cluster", str(child.pk), details={"other": into.pk}))


@transaction.atomic
def unmerge(*, cluster_id: int, by: Actor, now: datetime) -> int:
    """This function will take a merge back and keep the two apart from now on; the cluster that it was in is returned.

    Exactly what stood before the merge stands again; what joined since stays with the part that it joined.
    """
    child = _require(cluster_id, top=False)
    if child.parent_id is None:
        raise Refusal("not_merged", "This cluster is not merged into another one.")
    above, top = child.parent_id, child.top_id
    below = [one for (one,) in ask(_BELOW, [child.pk])]
    Cluster.objects.filter(pk__in=below).update(top_id=child.pk)
    size = Member.objects.filter(cluster_id__in=below, left_at=None).count()
    Cluster.objects.filter(pk=child.pk).update(parent_id=None, size=size, changed_at=now)
    Cluster.objects.filter(pk=top or above).update(size=F("size") - size, changed_at=now)
    Parted.objects.create(first_id=min(child.pk, above), second_id=max(child.pk, above), by=str(by), at=now)
    _note(child, "unmerged", by, now, other=above)
    # Both tell of it, as of the merge; the audit has it once.
    ClusterAct.objects.create(cluster_id=above, at=now, by=str(by), code="let_out", other_id=child.pk)
    return int(top or above)


@transaction.atomic
def keep_apart(*, proposal_id: int, by: Actor, now: datetime) -> None:
    """This function will say that two clusters are not one: the machine neither merges nor proposes them again."""
    keeping.lock()
    proposal = Proposal.objects.filter(pk=proposal_id, settled_at=None).first()
    if proposal is None:
        raise Refusal("no_such_proposal", "This is settled already. Nothing was changed.")
    first, second = _require(proposal.first_id, top=False), _require(proposal.second_id, top=False)
    Proposal.objects.filter(pk=proposal.pk).update(settled_at=now, settled_by=str(by))
    Parted.objects.create(first_id=first.pk, second_id=second.pk, by=str(by), at=now)
    _note(first, "kept_apart", by, now, other=second.pk)


@transaction.atomic
def add_report(*, cluster_id: int, number: int, by: Actor, now: datetime) -> None:
    """This function will say that a report belongs to a cluster; it leaves the one of this kind that it is in."""
    row = _require(cluster_id)
    head = reports.find_head(number)
    if head is None or head.environment != row.environment or head.state in NO_MEMBERS:
        raise Refusal("no_such_report", "There is no report with this number.", field="number")
    mine = Member.objects.filter(report_id=head.id, kind=row.kind, left_at=None)
    if mine.filter(cluster__top_id=row.pk).exists():
        raise Refusal("is_member", "This report is in the cluster already.", field="number")
    _leave(mine.filter(facet=""), by, now)
    Member.objects.create(
        cluster=row, kind=row.kind, report_id=head.id, weight=100, why="A person put it here", since=now, by=str(by)
    )
    Cluster.objects.filter(pk=row.pk).update(size=F("size") + 1, changed_at=now)
    _note(row, "added", by, now, report=number)


@transaction.atomic
def remove_report(*, cluster_id: int, number: int, by: Actor, now: datetime) -> None:
    """This function will say that a report does not belong to a cluster: the machine never puts it back."""
    row = _require(cluster_id)
    head = reports.find_head(number)
    here = Member.objects.filter(cluster__top_id=row.pk, report_id=head.id if head else 0, left_at=None)
    if not _leave(here, by, now):
        raise Refusal("no_member", "This report is not in the cluster. Nothing was changed.")
    _note(row, "removed", by, now, report=number)


def _leave(members: object, by: Actor, now: datetime) -> int:
    ids = list(members.values_list("id", "cluster__top_id"))  # type: ignore[attr-defined]
    for member_id, top in ids:
        Member.objects.filter(pk=member_id).update(left_at=now, left_by=str(by))
        Cluster.objects.filter(pk=top).update(size=F("size") - 1, changed_at=now)
    return len(ids)


@transaction.atomic
def name(*, cluster_id: int, text: str, by: Actor, now: datetime) -> None:
    """This function will give a cluster a name that people know it by."""
    row = _require(cluster_id)
    clean = " ".join(text.split())
    if len(clean) > _NAME:
        raise Refusal("too_long", f"A name has at most {_NAME} letters.", field="name")
    Cluster.objects.filter(pk=row.pk).update(name=clean)
    _note(row, "named", by, now)


@transaction.atomic
def own(*, cluster_id: int, owner: str, by: Actor, now: datetime) -> None:
    """This function will say whose a cluster is: taken over, handed to a colleague, or given back where empty."""
    row = _require(cluster_id)
    if row.owner == owner:
        return
    Cluster.objects.filter(pk=row.pk).update(owner=owner)
    _note(row, "let_go" if not owner else "taken" if owner == by.ident else "handed_over", by, now)


@transaction.atomic
def see_alert(*, alert_id: int, by: Actor, now: datetime) -> None:
    """This function will note that a person saw an alert."""
    alert = Alert.objects.filter(pk=alert_id, seen_at=None).first()
    if alert is None:
        raise Refusal("seen", "Somebody saw this already.")
    Alert.objects.filter(pk=alert.pk).update(seen_at=now, seen_by=str(by))
    record(Act(now, by, "cluster.alert_seen", "cluster", str(alert.cluster_id), details={"code": alert.code}))


@transaction.atomic
def add_roster(*, cluster_id: int, roster_id: int, by: Actor, now: datetime) -> None:
    """This function will lay a roster to a cluster: the contacts on it were found with this suspect."""
    row = _require(cluster_id)
    known = ClusterRoster.objects.filter(cluster__top_id=row.pk, roster_id=roster_id, ended_at=None)
    if known.exists():
        raise Refusal("is_there", "This roster is there already.")
    ClusterRoster.objects.create(cluster=row, roster_id=roster_id, by=str(by), at=now)
    record(Act(now, by, "cluster.roster_added", "cluster", str(row.pk), details={"roster": roster_id}))


@transaction.atomic
def remove_roster(*, cluster_id: int, roster_id: int, by: Actor, now: datetime) -> None:
    """This function will take a roster from a cluster again."""
    row = _require(cluster_id)
    known = ClusterRoster.objects.filter(cluster__top_id=row.pk, roster_id=roster_id, ended_at=None)
    if not known.update(ended_at=now, ended_by=str(by)):
        raise Refusal("not_there", "This roster is not there any more.")
    record(Act(now, by, "cluster.roster_removed", "cluster", str(row.pk), details={"roster": roster_id}))
