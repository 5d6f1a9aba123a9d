"""What the doors to the outside may change ends with a report's finish, whatever a taken-over process tries.

Rights on columns cannot say "while it is open", and a policy would hide finished reports from the lock that a late
call takes to be refused properly. So triggers say it, for the roles of the doors alone.
"""

from django.db import migrations

_DOORS = "('tipline_public', 'tipline_esp_api')"
_REPORT = f"""
CREATE FUNCTION reports_door_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user IN {_DOORS} THEN
    IF TG_OP = 'INSERT' AND NEW.state <> 'OPEN' THEN
      RAISE EXCEPTION 'a door opens reports in state OPEN alone' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state <> 'OPEN' OR NEW.state NOT IN ('OPEN', 'RECEIVED', 'RETRACTED')) THEN
      RAISE EXCEPTION 'a door may not change a report that is no longer open' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'RECEIVED' AND (NEW.received_at IS NULL OR NEW.preserve_until < NEW.received_at + interval '364 days')
    THEN
      RAISE EXCEPTION 'a received report is preserved for a year' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reports_report_doors BEFORE INSERT OR UPDATE ON reports_report
  FOR EACH ROW EXECUTE FUNCTION reports_door_moves();
"""
# SECURITY INVOKER: the inner look is under the door's own policy, which is what it should see.
_PARTS = f"""
CREATE FUNCTION reports_door_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user IN {_DOORS} THEN
    IF NOT EXISTS (SELECT FROM reports_report r WHERE r.id = NEW.report_id AND r.state = 'OPEN') THEN
      RAISE EXCEPTION 'a door adds to open reports alone' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION reports_door_details() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user IN {_DOORS} AND OLD.details_sha256 <> '' THEN
    RAISE EXCEPTION 'the details of a file are given once' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reports_submission_doors BEFORE INSERT OR UPDATE ON reports_submission
  FOR EACH ROW EXECUTE FUNCTION reports_door_parts();
CREATE TRIGGER reports_file_doors BEFORE INSERT OR UPDATE ON reports_file
  FOR EACH ROW EXECUTE FUNCTION reports_door_parts();
CREATE TRIGGER reports_file_details BEFORE UPDATE ON reports_file
  FOR EACH ROW EXECUTE FUNCTION reports_door_details();
"""
_BACKWARD = """
DROP TRIGGER reports_file_details ON reports_file;
DROP TRIGGER reports_file_doors ON reports_file;
DROP TRIGGER reports_submission_doors ON reports_submission;
DROP TRIGGER reports_report_doors ON reports_report;
DROP FUNCTION reports_door_details();
DROP FUNCTION reports_door_parts();
DROP FUNCTION reports_door_moves();
"""


class Migration(migrations.Migration):
    """Triggers of reports_report, reports_submission and reports_file."""

    dependencies = (("reports", "0005_news"),)
    operations = (migrations.RunSQL(_REPORT + _PARTS, _BACKWARD),)
