from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identification", "0002_row_level_security"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="rostersighting",
            index=models.Index(fields=["report_id"], name="roster_sighting_of_report"),
        ),
    ]
