"""Judgements and moves are added to and never changed; an entry's row stays for ever, by whatever role."""

from __future__ import annotations

from django.db import migrations

_KEPT = {
    "hashlists_judgement": "UPDATE OR DELETE OR TRUNCATE",
    "hashlists_move": "UPDATE OR DELETE OR TRUNCATE",
    "hashlists_entry": "DELETE OR TRUNCATE",
}
_FUNCTION = """
CREATE FUNCTION hashlists_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is kept for ever: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
"""
_TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_kept BEFORE {acts} ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION hashlists_refuse_change();\n"
    for table, acts in _KEPT.items()
)


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = (("hashlists", "0001_initial"),)
    operations = (
        migrations.RunSQL(
            _FUNCTION + _TRIGGERS,
            "".join(f"DROP TRIGGER {table}_kept ON {table};\n" for table in _KEPT)
            + "DROP FUNCTION hashlists_refuse_change();",
        ),
    )
