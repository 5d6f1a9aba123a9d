"""Entries, leaves and checkpoints can be added and never changed, whatever a role may do otherwise."""

from django.db import migrations

_TABLES = ("audit_entry", "audit_leaf", "audit_checkpoint")
_FUNCTION = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
_TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();\n"
    for table in _TABLES
)


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(
            _FUNCTION + _TRIGGERS,
            "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in _TABLES)
            + "DROP FUNCTION audit_refuse_change();",
        )
    ]
