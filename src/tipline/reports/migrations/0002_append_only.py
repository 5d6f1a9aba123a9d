"""Custody and journal are added to and never changed, by whatever role."""

from __future__ import annotations

from django.db import migrations

_TABLES = ("reports_custodyentry", "reports_journalentry")
_FUNCTION = """
CREATE FUNCTION reports_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
"""
_TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();\n"
    for table in _TABLES
)


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("reports", "0001_initial")]
    operations = [
        migrations.RunSQL(
            _FUNCTION + _TRIGGERS,
            "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in _TABLES)
            + "DROP FUNCTION reports_refuse_change();",
        )
    ]
