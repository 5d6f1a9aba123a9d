"""What a company's report leaves open, its score, its product.

The defaults stand in the database too, so that an insert that names its columns may leave these out. Not as Django's
`db_default`: that reads the column back after the insert, which a door may not.
"""

from django.db import migrations, models

_DEFAULTS = """
ALTER TABLE reports_report ALTER COLUMN lacks SET DEFAULT '[]', ALTER COLUMN product SET DEFAULT '';
"""
_NONE = "ALTER TABLE reports_report ALTER COLUMN lacks DROP DEFAULT, ALTER COLUMN product DROP DEFAULT;"


class Migration(migrations.Migration):
    """Columns of reports_report and reports_file."""

    dependencies = (("reports", "0008_contact_role"),)
    operations = (
        migrations.AddField(model_name="file", name="lacks", field=models.JSONField(null=True)),
        migrations.AddField(model_name="report", name="lacks", field=models.JSONField(default=list)),
        migrations.AddField(
            model_name="report", name="product", field=models.CharField(blank=True, default="", max_length=100)
        ),
        migrations.AddField(model_name="report", name="quality", field=models.SmallIntegerField(null=True)),
        migrations.RunSQL(_DEFAULTS, _NONE),
    )
