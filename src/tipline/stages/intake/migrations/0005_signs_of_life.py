from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Signs of life of the reporting API and the worker, and the outages that are found from them."""

    dependencies = (("intake", "0004_sandbox"),)
    operations = (
        migrations.CreateModel(
            name="Sign",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("process", models.CharField(max_length=16)),
                ("taken", models.IntegerField(default=0)),
                ("shed", models.IntegerField(default=0)),
                ("over_quota", models.IntegerField(default=0)),
                ("failed", models.IntegerField(default=0)),
                ("store_ok", models.BooleanField(default=True)),
                ("waiting", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "began_at"), name="one_outage")],
            },
        ),
    )
