"""A company's list asks what came of the reports on one page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Index of feedback_espnews by report."""

    dependencies = (("feedback", "0002_row_level_security"),)
    operations = (
        migrations.AddIndex(
            model_name="espnews",
            index=models.Index(fields=["esp_id", "report_number"], name="esp_news_of_report"),
        ),
    )
