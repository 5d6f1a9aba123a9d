import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IdentifiedCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("value", models.IntegerField()),
                ("as_of", models.DateField()),
                ("source", models.CharField(max_length=200)),
                ("certainty", models.CharField(max_length=8)),
                ("entered_by", models.CharField(max_length=150)),
                ("entered_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(db_index=True, max_length=64)),
                ("officer", models.CharField(max_length=150)),
                ("case_number", models.CharField(max_length=80)),
                ("rows_total", models.IntegerField()),
                ("rows_read", models.IntegerField()),
                ("received_at", models.DateTimeField()),
                ("searched_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(db_index=True, max_length=64)),
                ("officer", models.CharField(max_length=150)),
                ("kind", models.CharField(max_length=12)),
                ("state", models.CharField(default="RECEIVED", max_length=12)),
                ("case_number", models.CharField(max_length=80)),
                ("exhibit", models.CharField(blank=True, max_length=80)),
                ("legal_basis", models.CharField(max_length=120)),
                ("device", models.CharField(blank=True, max_length=120)),
                ("form", models.CharField(blank=True, max_length=8)),
                ("incoming_name", models.CharField(blank=True, max_length=80)),
                ("wrapped_key", models.BinaryField(null=True)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("bytes_read", models.BigIntegerField(default=0)),
                ("rows_read", models.IntegerField(default=0)),
                ("rows_bad", models.IntegerField(default=0)),
                ("identified", models.IntegerField(default=0)),
                ("recognised", models.IntegerField(default=0)),
                ("unrecognised", models.IntegerField(default=0)),
                ("not_relevant", models.IntegerField(default=0)),
                ("tries", models.SmallIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("received_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("reviewed_by", models.CharField(blank=True, max_length=150)),
                ("reviewed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "changed_at"], name="collection_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("RECEIVED", "READING", "READ", "FAILED", "REVIEWED"))),
                        name="collection_state",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CollectionEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("act", models.CharField(max_length=24)),
                ("detail", models.CharField(blank=True, max_length=200)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="identification.collection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RosterChild",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=64)),
                ("row", models.IntegerField()),
                ("written", models.CharField(max_length=500)),
                ("kind", models.CharField(blank=True, max_length=16)),
                ("value", models.CharField(blank=True, max_length=500)),
                ("problem", models.CharField(blank=True, max_length=200)),
                ("status", models.CharField(default="SOUGHT", max_length=12)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("with_agency", models.CharField(blank=True, max_length=200)),
                ("sightings", models.IntegerField(null=True)),
                ("changed_by", models.CharField(blank=True, max_length=150)),
                ("changed_at", models.DateTimeField(null=True)),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="children", to="identification.roster"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RosterSighting",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("report_id", models.BigIntegerField()),
                ("report_number", models.BigIntegerField()),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seen_in",
                        to="identification.rosterchild",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RowProblem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=64)),
                ("row", models.IntegerField()),
                ("field", models.CharField(blank=True, max_length=20)),
                ("sentence", models.CharField(max_length=120)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problems",
                        to="identification.collection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, unique=True)),
                ("status", models.CharField(max_length=12)),
                ("contact_agency", models.CharField(blank=True, max_length=200)),
                ("contact", models.CharField(blank=True, max_length=200)),
                ("relationship", models.CharField(blank=True, max_length=40)),
                ("age_band", models.CharField(blank=True, max_length=8)),
                ("sex", models.CharField(blank=True, max_length=8)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("is_distributed", models.BooleanField(null=True)),
                ("notification", models.CharField(default="UNKNOWN", max_length=8)),
                ("notification_sealed", models.BinaryField(null=True)),
                ("identified_at", models.DateTimeField(null=True)),
                ("created_by", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("IDENTIFIED", "UNIDENTIFIED"))), name="series_status"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SeizedRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=64)),
                ("row", models.IntegerField()),
                ("media_id", models.CharField(blank=True, max_length=80)),
                ("md5", models.CharField(blank=True, max_length=32)),
                ("sha1", models.CharField(blank=True, max_length=40)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("pdq", models.CharField(blank=True, max_length=64)),
                ("pdq_quality", models.SmallIntegerField(default=0)),
                ("photodna", models.CharField(blank=True, max_length=192)),
                ("size", models.BigIntegerField(null=True)),
                ("category", models.SmallIntegerField(default=0)),
                ("found", models.CharField(max_length=12)),
                ("how", models.CharField(blank=True, max_length=8)),
                ("distance", models.SmallIntegerField(default=0)),
                ("source", models.CharField(blank=True, max_length=40)),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="identification.collection",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identification.series",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NewChild",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(db_index=True, max_length=64)),
                ("officer", models.CharField(max_length=150)),
                ("state", models.CharField(max_length=12)),
                ("case_number", models.CharField(max_length=80)),
                ("identified_on", models.DateField()),
                ("due_on", models.DateField()),
                ("relationship", models.CharField(blank=True, max_length=40)),
                ("age_band", models.CharField(blank=True, max_length=8)),
                ("sex", models.CharField(blank=True, max_length=8)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("contact_agency", models.CharField(blank=True, max_length=200)),
                ("contact", models.CharField(blank=True, max_length=200)),
                ("notification", models.CharField(default="UNKNOWN", max_length=8)),
                ("notification_sealed", models.BinaryField(null=True)),
                ("announced_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("assigned_by", models.CharField(blank=True, max_length=150)),
                ("assigned_at", models.DateTimeField(null=True)),
                (
                    "series",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identification.series",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=64)),
                ("row", models.IntegerField(null=True)),
                ("verdict", models.CharField(max_length=12)),
                ("files", models.IntegerField()),
                ("reviewer", models.CharField(max_length=150)),
                ("note_sealed", models.BinaryField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="identification.collection",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identification.series",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SeriesPrint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=8)),
                ("value", models.CharField(max_length=192)),
                ("quality", models.SmallIntegerField(default=0)),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prints", to="identification.series"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NewChildPrint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=64)),
                ("type", models.CharField(max_length=8)),
                ("value", models.CharField(max_length=192)),
                ("quality", models.SmallIntegerField(default=0)),
                (
                    "new_child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prints", to="identification.newchild"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("new_child", "type", "value"), name="one_new_child_print")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="rosterchild",
            constraint=models.UniqueConstraint(fields=("roster", "row"), name="one_roster_row"),
        ),
        migrations.AddConstraint(
            model_name="rostersighting",
            constraint=models.UniqueConstraint(fields=("child", "report_id"), name="one_roster_sighting"),
        ),
        migrations.AddIndex(
            model_name="seizedrow",
            index=models.Index(fields=["collection", "found", "row"], name="seized_row_by_class"),
        ),
        migrations.AddConstraint(
            model_name="seizedrow",
            constraint=models.UniqueConstraint(fields=("collection", "row"), name="one_seized_row"),
        ),
        migrations.AddConstraint(
            model_name="newchild",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("ANNOUNCED", "SUBMITTED", "ASSIGNED"))), name="new_child_state"
            ),
        ),
        migrations.AddIndex(
            model_name="seriesprint",
            index=models.Index(fields=["type", "value"], name="series_print_by_value"),
        ),
        migrations.AddConstraint(
            model_name="seriesprint",
            constraint=models.UniqueConstraint(fields=("series", "type", "value"), name="one_series_print"),
        ),
    ]
