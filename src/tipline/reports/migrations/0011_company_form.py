"""The company pages write reports of their own form, and change one only while it is open; programs read them too."""

from importlib import import_module

from django.db import migrations

_OWN = "source = 'ESP_FORM' AND esp_id = nullif(current_setting('app.esp', true), '')::bigint"
_OPEN = "EXISTS (SELECT FROM reports_report r WHERE r.id = report_id AND r.source = 'ESP_FORM' AND r.state = 'OPEN')"


def _added(table: str) -> str:
    return f"CREATE POLICY {table}_form ON {table} FOR INSERT TO tipline_esp_web WITH CHECK ({_OPEN});\n"


_TABLES = ("reports_file", "reports_submission", "reports_citation")
_DOORS = "('tipline_public', 'tipline_esp_api')"
_WITH_FORM = "('tipline_public', 'tipline_esp_api', 'tipline_esp_web')"
_EARLIER = import_module("tipline.reports.migrations.0006_doors_write_what_is_open")
_TRIGGERS = (_EARLIER._REPORT + _EARLIER._PARTS).replace("CREATE ", "CREATE OR REPLACE ")


FORWARD = (
    f"""
CREATE POLICY reports_report_form ON reports_report FOR INSERT TO tipline_esp_web WITH CHECK ({_OWN});
CREATE POLICY reports_report_finish ON reports_report FOR UPDATE TO tipline_esp_web USING ({_OWN}) WITH CHECK ({_OWN});
CREATE POLICY reports_report_program ON reports_report FOR SELECT TO tipline_esp_api USING (source = 'ESP_FORM');
CREATE POLICY reports_file_describe ON reports_file FOR UPDATE TO tipline_esp_web USING ({_OPEN}) WITH CHECK ({_OPEN});
"""
    + "".join(_added(table) for table in _TABLES)
    + _TRIGGERS.replace(_DOORS, _WITH_FORM)
)
BACKWARD = (
    _TRIGGERS
    + "".join(f"DROP POLICY {table}_form ON {table};\n" for table in _TABLES)
    + """
DROP POLICY reports_file_describe ON reports_file;
DROP POLICY reports_report_program ON reports_report;
DROP POLICY reports_report_finish ON reports_report;
DROP POLICY reports_report_form ON reports_report;
"""
)


class Migration(migrations.Migration):
    """Policies and door triggers for the company form."""

    dependencies = (("reports", "0010_citations"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
