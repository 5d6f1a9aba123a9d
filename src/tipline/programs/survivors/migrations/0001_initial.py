import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("number_hmac_sha256", models.BinaryField(max_length=32, unique=True)),
                ("pin_argon2id", models.CharField(max_length=200)),
                ("for_whom", models.CharField(max_length=8)),
                ("known_where", models.CharField(blank=True, max_length=8)),
                ("platforms", models.JSONField(default=list)),
                ("wishes_sealed", models.BinaryField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CaseFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entry", models.BigIntegerField(unique=True)),
                ("media", models.CharField(max_length=5)),
                ("has_look", models.BooleanField()),
                ("added_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="survivors.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Try",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=8)),
                ("case_digest", models.BinaryField(max_length=32)),
                ("address_digest", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "at"], name="try_by_time")],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("for_whom", models.CharField(max_length=8)),
                ("state", models.CharField(max_length=8)),
                ("reach_sealed", models.BinaryField(null=True)),
                ("wants_news", models.BooleanField(default=False)),
                ("found", models.IntegerField(default=0)),
                ("news_at", models.DateTimeField(null=True)),
                ("consented_at", models.DateTimeField()),
                ("follow_up_on", models.DateField(null=True)),
                ("moved_at", models.DateTimeField()),
                ("moved_by", models.CharField(blank=True, max_length=170)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_overs", to="survivors.case"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("WAITING", "TAKEN"))),
                        fields=("case",),
                        name="one_open_hand_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("WAITING", "TAKEN", "ENDED", "REVOKED"))),
                        name="hand_over_state",
                    ),
                ],
            },
        ),
    ]
