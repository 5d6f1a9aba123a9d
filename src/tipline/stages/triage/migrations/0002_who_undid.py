"""Who took a decision back, and why."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("triage", "0001_initial"),)

    operations = (
        migrations.AddField("decision", "undone_by", models.CharField(max_length=120, blank=True, default=""), False),
        migrations.AddField("decision", "undone_why", models.CharField(max_length=300, blank=True, default=""), False),
    )
