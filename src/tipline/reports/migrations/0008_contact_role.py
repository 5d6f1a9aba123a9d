"""Identifiers of seized lists: contacts found with the suspect. The rows that were taken for children before are put right."""

from django.db import migrations, models

FORWARD = """
UPDATE reports_identifierrow SET role = 'CONTACT' WHERE role = 'VICTIM' AND path LIKE 'seized list %'
"""


class Migration(migrations.Migration):
    """The role CONTACT of reports_identifierrow."""

    dependencies = (("reports", "0007_files_by_digest"),)
    operations = (
        migrations.AlterField(
            model_name="identifierrow",
            name="role",
            field=models.CharField(
                choices=[
                    ("SUSPECT", "SUSPECT"),
                    ("RECIPIENT", "RECIPIENT"),
                    ("VICTIM", "VICTIM"),
                    ("REPORTER", "REPORTER"),
                    ("CONTACT", "CONTACT"),
                ],
                max_length=12,
            ),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    )
