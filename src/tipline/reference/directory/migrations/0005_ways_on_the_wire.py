from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """What a company's programs may do on the wire where the sources of the protocol disagree, and its quota."""

    dependencies = (("directory", "0004_viewing_statements"),)
    operations = (
        migrations.AddField(
            model_name="esp",
            name="reporter_email_required",
            field=models.BooleanField(default=True, db_default=True),
        ),
        migrations.AddField(
            model_name="esp",
            name="strict_attributes",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            model_name="esp",
            name="calls_a_minute",
            field=models.IntegerField(default=0, db_default=0),
        ),
    )
