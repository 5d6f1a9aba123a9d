import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code_hmac_sha256", models.BinaryField(max_length=32, unique=True)),
                ("report_id", models.BigIntegerField(unique=True)),
                ("given_at", models.DateTimeField()),
                ("status", models.CharField(max_length=16)),
                ("status_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReporterNote",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("words_sealed", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("part", models.SmallIntegerField(null=True)),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="intake.receipt"
                    ),
                ),
            ],
        ),
    ]
