"""Tables of clusters. Nothing here holds content: codes, ids, and the name that a person gave a cluster.

Reports are named by id without a constraint: whoever holds the clusters' lock must never wait for a report's.
"""

from __future__ import annotations

from django.db import models


class Cluster(models.Model):
    """One cluster. `parent_id` is what it is merged into, `top_id` what stands for it: itself, or the end of that way.

    `size` counts the members of a top, those of the clusters below it among them.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8)
    environment = models.CharField(max_length=12, default="production")
    parent_id = models.BigIntegerField(null=True)
    top_id = models.BigIntegerField(null=True, db_index=True)
    size = models.IntegerField(default=0)
    name = models.CharField(max_length=120, blank=True)
    owner = models.CharField(max_length=150, blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("kind", "-changed_at"), condition=models.Q(parent_id=None), name="cluster_newest"),
            models.Index(fields=("kind", "-size"), condition=models.Q(parent_id=None), name="cluster_largest"),
            models.Index(fields=("owner",), condition=~models.Q(owner=""), name="cluster_of_owner"),
        )


class Member(models.Model):
    """A report, or a child or file in it, in a cluster. A row ends with `left_at`; only a purge takes it away."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="members", db_index=False)
    kind = models.CharField(max_length=8)
    report_id = models.BigIntegerField()
    facet = models.CharField(max_length=80, blank=True)
    weight = models.SmallIntegerField()
    why = models.CharField(max_length=300)
    via_report_id = models.BigIntegerField(null=True)
    since = models.DateTimeField()
    by = models.CharField(max_length=150)
    left_at = models.DateTimeField(null=True)
    left_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("report_id", "kind", "facet"), condition=models.Q(left_at=None), name="one_live_member"
            ),
        )
        indexes = (
            models.Index(fields=("cluster", "since"), name="member_of_cluster"),
            models.Index(fields=("report_id",), condition=~models.Q(left_at=None), name="member_left"),
            models.Index(fields=("cluster",), condition=~models.Q(left_at=None), name="member_left_cluster"),
        )


class ClusterAct(models.Model):
    """What was done with a cluster: by whom, when, with which other cluster or report. Append-only."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="acts")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    code = models.CharField(max_length=16)
    other_id = models.BigIntegerField(null=True)
    report_number = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=300, blank=True)


class Parted(models.Model):
    """Two clusters that a person keeps apart, until a person joins them."""

    id = models.BigAutoField(primary_key=True)
    first_id = models.BigIntegerField(db_index=True)
    second_id = models.BigIntegerField(db_index=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=150, blank=True)


class Proposal(models.Model):
    """Two clusters that may be one, with every distinct reason; a person settles it, or stronger ties do."""

    id = models.BigAutoField(primary_key=True)
    first_id = models.BigIntegerField(db_index=True)
    second_id = models.BigIntegerField(db_index=True)
    weight = models.SmallIntegerField()
    why = models.CharField(max_length=300)
    ties = models.JSONField(default=dict)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("first_id", "second_id"), condition=models.Q(settled_at=None), name="one_open_proposal"
            ),
        )


class Alert(models.Model):
    """A cluster grew, or reached another agency or country; it stands until a person has seen it."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="alerts")
    code = models.CharField(max_length=16)
    before = models.IntegerField()
    now = models.IntegerField()
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = (models.Index(fields=("-raised_at",), condition=models.Q(seen_at=None), name="alert_waiting"),)


class ClusterRoster(models.Model):
    """A roster that an agency handed in, laid to a cluster by a person: the contacts of this suspect."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="rosters")
    roster_id = models.BigIntegerField(db_index=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cluster", "roster_id"), condition=models.Q(ended_at=None), name="one_cluster_roster"
            ),
        )
