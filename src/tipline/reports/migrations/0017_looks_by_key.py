"""Whether a report is open is asked by its key alone, whatever the planner thinks of the index of states. ADR 14.

Where no report was open when the tables were last analysed, the planner takes one to be open: then the index of states
seems as good as the key, and every row that a door writes looks through all that are open meanwhile. With 3 million
reports stored and 20,000 open ones a submit took three times as long (`./tipline bench growth --full`). OFFSET 0 is a fence:
the state is asked of the row that the key has found.
"""

from importlib import import_module

from django.db import migrations

_STATE_OF = "(SELECT r.state FROM (SELECT state FROM reports_report WHERE id = {0} OFFSET 0) r)"
_PARTS = f"""
CREATE OR REPLACE FUNCTION reports_door_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {_STATE_OF.format("NEW.report_id")} IS DISTINCT FROM 'OPEN' THEN
    RAISE EXCEPTION 'a door adds to open reports alone' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION reports_door_identifiers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT report_id FROM added OFFSET 0) a
    WHERE {_STATE_OF.format("a.report_id")} IS DISTINCT FROM 'OPEN'
  ) THEN
    RAISE EXCEPTION 'a door adds to open reports alone' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
"""  # noqa: S608 - a constant
_TABLES = ("reports_file", "reports_submission", "reports_citation")
_OPEN = """EXISTS (
  SELECT FROM (SELECT source, state FROM reports_report r WHERE r.id = report_id OFFSET 0) r
  WHERE r.source = 'ESP_FORM' AND r.state = 'OPEN'
)"""
_EARLIER_OPEN = import_module("tipline.reports.migrations.0011_company_form")._OPEN
_EARLIER_PARTS = """
CREATE OR REPLACE FUNCTION reports_door_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM reports_report r WHERE r.id = NEW.report_id AND r.state = 'OPEN') THEN
    RAISE EXCEPTION 'a door adds to open reports alone' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
"""


def _policies(check: str) -> str:
    added = "".join(f"ALTER POLICY {table}_form ON {table} WITH CHECK ({check});\n" for table in _TABLES)
    return f"{added}ALTER POLICY reports_file_describe ON reports_file USING ({check}) WITH CHECK ({check});"


class Migration(migrations.Migration):
    """Triggers of reports_submission, reports_file and reports_identifierrow; the policies of the companies' form."""

    dependencies = (("reports", "0016_lean_writing"),)
    operations = (
        migrations.RunSQL(_PARTS, _EARLIER_PARTS),
        migrations.RunSQL(_policies(_OPEN), _policies(_EARLIER_OPEN)),
    )
