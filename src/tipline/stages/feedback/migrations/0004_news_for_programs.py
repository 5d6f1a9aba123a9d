"""A company's program reads what came of that company's reports, as its people do."""

from django.db import migrations

FORWARD = """
CREATE POLICY feedback_espnews_program ON feedback_espnews FOR SELECT TO tipline_esp_api
    USING (esp_id = nullif(current_setting('app.esp', true), '')::bigint);
"""
BACKWARD = "DROP POLICY feedback_espnews_program ON feedback_espnews;"


class Migration(migrations.Migration):
    """The policy of programs on feedback_espnews."""

    dependencies = (("feedback", "0003_news_of_report"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
