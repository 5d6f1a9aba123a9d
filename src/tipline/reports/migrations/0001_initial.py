import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CustodyEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("report_id", models.BigIntegerField(db_index=True)),
                ("report_number", models.BigIntegerField()),
                ("file_id", models.CharField(db_index=True, max_length=32)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("agency", models.CharField(blank=True, max_length=40)),
                ("act", models.CharField(max_length=16)),
                ("basis", models.CharField(blank=True, max_length=300)),
                ("detail", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("file_id", models.CharField(max_length=32, unique=True)),
                ("position", models.IntegerField()),
                ("incoming_name", models.CharField(blank=True, max_length=80)),
                ("wrapped_key", models.BinaryField(null=True)),
                ("size", models.BigIntegerField()),
                ("md5", models.CharField(max_length=32)),
                ("sha1", models.CharField(max_length=40)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("upload_name", models.CharField(blank=True, max_length=2056)),
                ("original_name", models.CharField(blank=True, max_length=2056)),
                ("details", models.JSONField(null=True)),
                ("details_raw_sealed", models.BinaryField(null=True)),
                ("details_sha256", models.CharField(blank=True, max_length=64)),
                ("received_at", models.DateTimeField()),
                ("media_type", models.CharField(blank=True, max_length=60)),
                ("decode_outcome", models.CharField(blank=True, max_length=120)),
                ("blob_id", models.BigIntegerField(null=True)),
                ("preview_blob_id", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("algorithm", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=288)),
                ("quality", models.SmallIntegerField(default=0)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fingerprints",
                        to="reports.file",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(unique=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("PUBLIC_FORM", "PUBLIC_FORM"),
                            ("HOTLINE", "HOTLINE"),
                            ("ESP_API", "ESP_API"),
                            ("ESP_FORM", "ESP_FORM"),
                            ("SURVIVOR", "SURVIVOR"),
                            ("PARTNER", "PARTNER"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "OPEN"),
                            ("RECEIVED", "RECEIVED"),
                            ("SECURED", "SECURED"),
                            ("ENRICHED", "ENRICHED"),
                            ("LINKED", "LINKED"),
                            ("SCORED", "SCORED"),
                            ("TRIAGED", "TRIAGED"),
                            ("ROUTED", "ROUTED"),
                            ("MADE_AVAILABLE", "MADE_AVAILABLE"),
                            ("CLOSED", "CLOSED"),
                            ("RETRACTED", "RETRACTED"),
                            ("LAPSED", "LAPSED"),
                            ("PURGED", "PURGED"),
                        ],
                        max_length=16,
                    ),
                ),
                ("priority", models.SmallIntegerField(default=4)),
                ("score", models.SmallIntegerField(default=0)),
                ("incident_type", models.CharField(blank=True, max_length=80)),
                ("headline", models.CharField(blank=True, max_length=200)),
                ("tags", models.JSONField(default=list)),
                ("esp_id", models.BigIntegerField(null=True)),
                ("esp_name", models.CharField(blank=True, max_length=200)),
                ("environment", models.CharField(default="production", max_length=12)),
                ("batched", models.BooleanField(default=False)),
                ("opened_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(null=True)),
                ("preserve_until", models.DateTimeField(null=True)),
                ("hold_reason", models.CharField(blank=True, max_length=40)),
                ("hold_detail", models.CharField(blank=True, max_length=120)),
                ("hold_since", models.DateTimeField(null=True)),
                ("legal_hold", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("state"),
                        models.F("priority"),
                        models.OrderBy(models.F("score"), descending=True),
                        models.F("received_at"),
                        name="report_queue",
                    ),
                    models.Index(fields=["esp_id", "-id"], name="report_of_esp"),
                    models.Index(models.F("state"), models.F("changed_at"), name="report_stale"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=300)),
                ("set_by", models.CharField(max_length=120)),
                ("set_at", models.DateTimeField()),
                ("released_by", models.CharField(blank=True, max_length=120)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="reports.report",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=120)),
                ("from_state", models.CharField(blank=True, max_length=16)),
                ("to_state", models.CharField(blank=True, max_length=16)),
                ("code", models.CharField(max_length=40)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal",
                        to="reports.report",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdentifierRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("EMAIL", "EMAIL"),
                            ("PHONE", "PHONE"),
                            ("HANDLE", "HANDLE"),
                            ("ESP_ACCOUNT", "ESP_ACCOUNT"),
                            ("IP", "IP"),
                            ("DEVICE", "DEVICE"),
                            ("URL", "URL"),
                            ("GROUP", "GROUP"),
                            ("NAME", "NAME"),
                            ("PRIOR_REPORT", "PRIOR_REPORT"),
                            ("FILE_SHA256", "FILE_SHA256"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("SUSPECT", "SUSPECT"),
                            ("RECIPIENT", "RECIPIENT"),
                            ("VICTIM", "VICTIM"),
                            ("REPORTER", "REPORTER"),
                        ],
                        max_length=12,
                    ),
                ),
                ("value", models.TextField()),
                ("raw", models.TextField()),
                ("hash64", models.BigIntegerField(db_index=True)),
                ("at", models.DateTimeField(null=True)),
                ("path", models.CharField(blank=True, max_length=200)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identifiers",
                        to="reports.report",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FindingRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("body", models.JSONField()),
                ("version", models.SmallIntegerField()),
                ("by", models.CharField(max_length=120)),
                ("tool", models.CharField(max_length=80)),
                ("basis", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="reports.report",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="file",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="files", to="reports.report"
            ),
        ),
        migrations.CreateModel(
            name="CurrentFinding",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("subject", models.CharField(blank=True, max_length=300)),
                (
                    "finding",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="reports.findingrow"),
                ),
                (
                    "report",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="reports.report"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("part", models.SmallIntegerField(default=1)),
                ("media_type", models.CharField(max_length=60)),
                ("raw_sha256", models.CharField(max_length=64)),
                ("raw_sealed", models.BinaryField()),
                ("document", models.JSONField()),
                ("reporter_sealed", models.BinaryField(null=True)),
                ("answers", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="reports.report",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="findingrow",
            index=models.Index(fields=["report", "kind"], name="finding_of_report"),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.UniqueConstraint(fields=("report", "position"), name="one_file_position"),
        ),
        migrations.AddConstraint(
            model_name="currentfinding",
            constraint=models.UniqueConstraint(fields=("report", "kind", "subject"), name="one_current_finding"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(fields=("report", "part"), name="one_submission_part"),
        ),
    ]
