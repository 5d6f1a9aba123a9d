"""The door changes the entries of the case it was given alone: whoever steals its log-in cannot withdraw all others.

An entry belongs to one case for good (`survivors_casefile.entry` is unique), so none can be taken over either.
"""

from django.db import migrations

_TABLES = (("hashlists_entry", "id", "UPDATE"), ("hashlists_entryprint", "entry_id", "DELETE"))
_FORWARD = "".join(
    f"CREATE POLICY {table}_of_case ON {table} AS RESTRICTIVE FOR {verb} TO tipline_survivors\n"
    f"    USING (EXISTS (SELECT FROM survivors_casefile f WHERE f.entry = {table}.{key}));\n"
    for table, key, verb in _TABLES
)
_BACKWARD = "".join(f"DROP POLICY {table}_of_case ON {table};\n" for table, _, _ in _TABLES)


class Migration(migrations.Migration):
    """Adds the policies; the inner query is under the policy of case files."""

    dependencies = (("survivors", "0002_row_level_security"), ("hashlists", "0003_row_level_security"))
    operations = (migrations.RunSQL(_FORWARD, _BACKWARD),)
