"""Whoever had a notice that is withdrawn is written to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """How far the mail that takes a notice back got."""

    dependencies = (("notices", "0002_closed"),)
    operations = (
        migrations.AddField("notice", "withdrawal", models.CharField(blank=True, default="", max_length=8), False),
        migrations.AddField("notice", "withdrawal_at", models.DateTimeField(null=True)),
    )
