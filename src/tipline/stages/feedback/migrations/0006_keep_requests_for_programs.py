"""A company's program reads what police ask the company to keep longer, as its people do."""

from django.db import migrations

FORWARD = """
CREATE POLICY feedback_keeprequest_program ON feedback_keeprequest FOR SELECT TO tipline_esp_api
    USING (EXISTS (SELECT FROM reports_report r WHERE r.number = report_number
        AND r.esp_id = nullif(current_setting('app.esp', true), '')::bigint OFFSET 0));
"""
BACKWARD = "DROP POLICY feedback_keeprequest_program ON feedback_keeprequest;"


class Migration(migrations.Migration):
    """The policy of programs on feedback_keeprequest."""

    dependencies = (("feedback", "0005_keep_requests"), ("reports", "0003_row_level_security"))
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
