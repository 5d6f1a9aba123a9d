"""Row-level security: the survivors' door sees and writes the entries of survivors alone, and what hangs on them."""

from __future__ import annotations

from django.db import migrations

_PARTS = ("hashlists_entryprint", "hashlists_move", "hashlists_hit", "hashlists_vote")
_HOUSE = "tipline_owner, tipline_worker, tipline_desk, tipline_hash_sharing"

_ENTRY = """
ALTER TABLE hashlists_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY hashlists_entry_house ON hashlists_entry TO HOUSE USING (true) WITH CHECK (true);
CREATE POLICY hashlists_entry_survivors ON hashlists_entry TO tipline_survivors
    USING (source = 'survivor') WITH CHECK (source = 'survivor');
"""
# The inner query is under the policy above: what hangs on another's entry is as closed as the entry.
_PART = """
ALTER TABLE PART ENABLE ROW LEVEL SECURITY;
CREATE POLICY PART_house ON PART TO HOUSE USING (true) WITH CHECK (true);
CREATE POLICY PART_survivors ON PART TO tipline_survivors
    USING (entry_id IN (SELECT id FROM hashlists_entry)) WITH CHECK (entry_id IN (SELECT id FROM hashlists_entry));
"""
FORWARD = "".join((_ENTRY, *(_PART.replace("PART", table) for table in _PARTS))).replace("HOUSE", _HOUSE)
BACKWARD = "".join(
    f"DROP POLICY {table}_survivors ON {table}; DROP POLICY {table}_house ON {table};\n"
    f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    for table in (*_PARTS, "hashlists_entry")
)


class Migration(migrations.Migration):
    """Policies of entries and of what hangs on them."""

    dependencies = (("hashlists", "0002_append_only"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
