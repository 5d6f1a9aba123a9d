"""Identifiers are indexed when a report comes in: a door adds them to open reports alone, as it does its other parts.

Asked once for all rows of a statement; and the triggers of 0006 and 0011 are called for the doors alone.
"""

from django.db import migrations

_DOORS = "current_user IN ('tipline_public', 'tipline_esp_api', 'tipline_esp_web')"
_FORWARD = f"""
CREATE FUNCTION reports_door_identifiers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added a LEFT JOIN reports_report r ON r.id = a.report_id WHERE r.state IS DISTINCT FROM 'OPEN'
  ) THEN
    RAISE EXCEPTION 'a door adds to open reports alone' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER reports_identifier_doors AFTER INSERT ON reports_identifierrow REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT WHEN ({_DOORS}) EXECUTE FUNCTION reports_door_identifiers();
DROP TRIGGER reports_report_doors ON reports_report;
CREATE TRIGGER reports_report_doors BEFORE INSERT OR UPDATE ON reports_report
  FOR EACH ROW WHEN ({_DOORS}) EXECUTE FUNCTION reports_door_moves();
DROP TRIGGER reports_submission_doors ON reports_submission;
CREATE TRIGGER reports_submission_doors BEFORE INSERT OR UPDATE ON reports_submission
  FOR EACH ROW WHEN ({_DOORS}) EXECUTE FUNCTION reports_door_parts();
DROP TRIGGER reports_file_doors ON reports_file;
CREATE TRIGGER reports_file_doors BEFORE INSERT OR UPDATE ON reports_file
  FOR EACH ROW WHEN ({_DOORS}) EXECUTE FUNCTION reports_door_parts();
"""  # noqa: S608 - a constant
_BACKWARD = """
DROP TRIGGER reports_identifier_doors ON reports_identifierrow;
DROP FUNCTION reports_door_identifiers();
"""


class Migration(migrations.Migration):
    """Triggers of reports_report, reports_submission, reports_file and reports_identifierrow."""

    dependencies = (("reports", "0011_company_form"),)
    operations = (migrations.RunSQL(_FORWARD, _BACKWARD),)
