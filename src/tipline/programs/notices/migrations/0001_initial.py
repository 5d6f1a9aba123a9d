import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(unique=True)),
                ("url", models.CharField(max_length=2000)),
                ("url_sha256", models.CharField(max_length=64, unique=True)),
                ("host", models.CharField(db_index=True, max_length=255)),
                ("state", models.CharField(max_length=12)),
                ("episode", models.IntegerField(default=1)),
                ("entered_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                ("next_act", models.CharField(blank=True, max_length=12)),
                ("classification", models.CharField(blank=True, max_length=8)),
                ("detection_method", models.CharField(blank=True, max_length=16)),
                ("media_type", models.CharField(blank=True, max_length=8)),
                ("verified_at", models.DateTimeField(null=True)),
                ("verified_by", models.CharField(blank=True, max_length=160)),
                ("verified_how", models.CharField(blank=True, max_length=1000)),
                ("hosting_provider", models.CharField(blank=True, max_length=200)),
                ("registrar", models.CharField(blank=True, max_length=200)),
                ("asn", models.BigIntegerField(null=True)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "moved_at"], name="notice_case_by_age"),
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="notice_case_due"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("seen", models.CharField(max_length=12)),
                ("status_class", models.CharField(blank=True, max_length=3)),
                ("by_person", models.BooleanField()),
                ("by", models.CharField(max_length=160)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="notices.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=200)),
                ("why", models.CharField(max_length=1000)),
                ("until", models.DateTimeField()),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=160)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=160)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="notices.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=160)),
                ("code", models.CharField(max_length=24)),
                ("from_state", models.CharField(blank=True, max_length=12)),
                ("to_state", models.CharField(blank=True, max_length=12)),
                ("note", models.CharField(blank=True, max_length=2000)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="journal", to="notices.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("episode", models.IntegerField(default=1)),
                ("report_id", models.UUIDField(unique=True)),
                ("course", models.UUIDField(db_index=True)),
                ("round", models.IntegerField(default=1)),
                ("kind", models.CharField(max_length=10)),
                ("to_name", models.CharField(max_length=200)),
                ("to_mail", models.CharField(blank=True, max_length=254)),
                ("company", models.CharField(blank=True, max_length=120)),
                ("esp_id", models.BigIntegerField(db_index=True, null=True)),
                ("partner_id", models.BigIntegerField(null=True)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("case_number", models.BigIntegerField()),
                ("xarf", models.JSONField()),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("link_ends_at", models.DateTimeField()),
                ("mail_sealed", models.BinaryField(null=True)),
                ("mail_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=160)),
                ("delivery", models.CharField(max_length=8)),
                ("tries", models.IntegerField(default=0)),
                ("try_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=24)),
                ("sent_at", models.DateTimeField(null=True)),
                ("first_sent_at", models.DateTimeField(null=True)),
                ("standing", models.CharField(default="OPEN", max_length=12)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("said_back", models.CharField(blank=True, max_length=2000)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="notices.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                ("account_suspended", models.BooleanField(null=True)),
                ("reason", models.CharField(blank=True, max_length=24)),
                ("note", models.CharField(blank=True, max_length=2000)),
                ("via", models.CharField(max_length=8)),
                ("by", models.CharField(max_length=160)),
                ("taken_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=12)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="notices.notice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=8)),
                ("report_number", models.BigIntegerField(db_index=True, null=True)),
                ("partner_id", models.BigIntegerField(null=True)),
                ("written", models.CharField(max_length=4000)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=160)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="origins", to="notices.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseContact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=8)),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=200)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("certainty", models.CharField(max_length=6)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=160)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="notices.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "source", "kind", "email"), name="one_contact_of_a_case")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("delivery", "WAITING")), fields=["try_at"], name="notice_waiting"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["sent_at"], name="notice_sent_at"),
        ),
    ]
