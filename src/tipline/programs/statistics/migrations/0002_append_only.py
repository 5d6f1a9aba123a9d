"""What was published is never changed, by whatever role; and a day's reports are found without reading all of them."""

from __future__ import annotations

from django.db import migrations

_TABLES = ("statistics_snapshot", "statistics_withheld")
_FUNCTION = """
CREATE FUNCTION statistics_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is published for ever: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
_TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION statistics_refuse_change();\n"
    for table in _TABLES
)
# Reports are received nearly in the order of their ids, so a few bytes for each block of them are enough.
_INDEX = "CREATE INDEX reports_report_received_at ON reports_report USING brin (received_at);\n"


class Migration(migrations.Migration):
    """Adds the triggers and the index."""

    dependencies = (("statistics", "0001_initial"), ("reports", "0004_doors_see_their_own"))
    operations = (
        migrations.RunSQL(
            _FUNCTION + _TRIGGERS + _INDEX,
            "DROP INDEX reports_report_received_at;\n"
            + "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in _TABLES)
            + "DROP FUNCTION statistics_refuse_change();",
        ),
    )
