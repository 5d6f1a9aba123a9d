import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Parted",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first_id", models.BigIntegerField(db_index=True)),
                ("second_id", models.BigIntegerField(db_index=True)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name="Cluster",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=8)),
                ("environment", models.CharField(default="production", max_length=12)),
                ("parent_id", models.BigIntegerField(null=True)),
                ("top_id", models.BigIntegerField(db_index=True, null=True)),
                ("size", models.IntegerField(default=0)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("owner", models.CharField(blank=True, max_length=150)),
                ("opened_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("parent_id", None)), fields=["kind", "-changed_at"], name="cluster_newest"
                    ),
                    models.Index(
                        condition=models.Q(("parent_id", None)), fields=["kind", "-size"], name="cluster_largest"
                    ),
                    models.Index(
                        condition=models.Q(("owner", ""), _negated=True), fields=["owner"], name="cluster_of_owner"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClusterAct",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("code", models.CharField(max_length=16)),
                ("other_id", models.BigIntegerField(null=True)),
                ("report_number", models.BigIntegerField(null=True)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "cluster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="linking.cluster"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first_id", models.BigIntegerField(db_index=True)),
                ("second_id", models.BigIntegerField(db_index=True)),
                ("weight", models.SmallIntegerField()),
                ("why", models.CharField(max_length=300)),
                ("ties", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("first_id", "second_id"),
                        name="one_open_proposal",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=16)),
                ("before", models.IntegerField()),
                ("now", models.IntegerField()),
                ("raised_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("seen_by", models.CharField(blank=True, max_length=150)),
                (
                    "cluster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alerts", to="linking.cluster"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("seen_at", None)), fields=["-raised_at"], name="alert_waiting")
                ],
            },
        ),
        migrations.CreateModel(
            name="ClusterRoster",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("roster_id", models.BigIntegerField(db_index=True)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                (
                    "cluster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rosters", to="linking.cluster"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("cluster", "roster_id"),
                        name="one_cluster_roster",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=8)),
                ("report_id", models.BigIntegerField()),
                ("facet", models.CharField(blank=True, max_length=80)),
                ("weight", models.SmallIntegerField()),
                ("why", models.CharField(max_length=300)),
                ("via_report_id", models.BigIntegerField(null=True)),
                ("since", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("left_at", models.DateTimeField(null=True)),
                ("left_by", models.CharField(blank=True, max_length=150)),
                (
                    "cluster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="linking.cluster",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["cluster", "since"], name="member_of_cluster"),
                    models.Index(
                        condition=models.Q(("left_at", None), _negated=True), fields=["report_id"], name="member_left"
                    ),
                    models.Index(
                        condition=models.Q(("left_at", None), _negated=True),
                        fields=["cluster"],
                        name="member_left_cluster",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)),
                        fields=("report_id", "kind", "facet"),
                        name="one_live_member",
                    )
                ],
            },
        ),
    ]
