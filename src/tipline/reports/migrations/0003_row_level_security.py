"""Row-level security: each door sees only the life of its own kind of report, a company only its own reports."""

from django.db import migrations

FORWARD = """
ALTER TABLE reports_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY reports_report_house ON reports_report TO tipline_owner, tipline_worker, tipline_desk
    USING (true) WITH CHECK (true);
CREATE POLICY reports_report_public ON reports_report TO tipline_public
    USING (source = 'PUBLIC_FORM') WITH CHECK (source = 'PUBLIC_FORM');
CREATE POLICY reports_report_esp_api ON reports_report TO tipline_esp_api
    USING (source = 'ESP_API') WITH CHECK (source = 'ESP_API');
CREATE POLICY reports_report_company ON reports_report FOR SELECT TO tipline_esp_web
    USING (esp_id = nullif(current_setting('app.esp', true), '')::bigint);
ALTER TABLE reports_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY reports_file_house ON reports_file TO tipline_owner, tipline_worker, tipline_desk
    USING (true) WITH CHECK (true);
CREATE POLICY reports_file_doors ON reports_file TO tipline_public, tipline_esp_api USING (true) WITH CHECK (true);
-- The inner query is under the policy above: a company reaches the files of its own reports alone.
CREATE POLICY reports_file_company ON reports_file FOR SELECT TO tipline_esp_web
    USING (report_id IN (SELECT id FROM reports_report));
"""

BACKWARD = """
DROP POLICY reports_file_company ON reports_file;
DROP POLICY reports_file_doors ON reports_file;
DROP POLICY reports_file_house ON reports_file;
ALTER TABLE reports_file DISABLE ROW LEVEL SECURITY;
DROP POLICY reports_report_company ON reports_report;
DROP POLICY reports_report_esp_api ON reports_report;
DROP POLICY reports_report_public ON reports_report;
DROP POLICY reports_report_house ON reports_report;
ALTER TABLE reports_report DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Policies of reports_report and reports_file."""

    dependencies = (("reports", "0002_append_only"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
