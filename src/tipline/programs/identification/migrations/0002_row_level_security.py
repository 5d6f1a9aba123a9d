"""Row-level security: what an agency handed in is for that agency, the worker and the desk; custody is append-only."""

from django.db import migrations

_AGENCY = "agency = nullif(current_setting('app.agency', true), '')"
_APP = "identification_"


def _own(parent: str, key: str, table: str) -> str:
    """A row below another one: the parent's own policy applies inside, so it must be the agency's."""
    return f"EXISTS (SELECT FROM {_APP}{parent} p WHERE p.id = {_APP}{table}.{key} AND p.agency = {_APP}{table}.agency)"


# Table, rights of the desk beside reading, what the portal may do, and what must hold for a row it adds.
TABLES = (
    ("collection", "UPDATE", "SELECT INSERT", "state = 'RECEIVED' AND rows_read = 0"),
    ("seizedrow", "UPDATE", "SELECT", ""),
    ("rowproblem", "", "SELECT", ""),
    ("collectionevent", "INSERT", "SELECT INSERT", _own("collection", "collection_id", "collectionevent")),
    ("decision", "INSERT", "", ""),
    ("newchild", "UPDATE", "SELECT INSERT UPDATE", "state IN ('ANNOUNCED', 'SUBMITTED') AND series_id IS NULL"),
    ("newchildprint", "", "SELECT INSERT", _own("newchild", "new_child_id", "newchildprint")),
    ("roster", "", "SELECT INSERT", "searched_at IS NULL"),
    ("rosterchild", "", "SELECT INSERT UPDATE", _own("roster", "roster_id", "rosterchild")),
    ("rostersighting", "", "", ""),
)
APPEND_ONLY = ("collectionevent", "decision", "identifiedcount")


def _policies(name: str, desk: str, portal: str, check: str) -> str:
    table = f"{_APP}{name}"
    found = f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_house ON {table} TO tipline_owner, tipline_worker USING (true) WITH CHECK (true);
CREATE POLICY {table}_desk ON {table} FOR SELECT TO tipline_desk USING (true);
"""
    if desk == "UPDATE":
        found += f"CREATE POLICY {table}_desk_update ON {table} FOR UPDATE TO tipline_desk USING (true);\n"
    if desk == "INSERT":
        found += f"CREATE POLICY {table}_desk_insert ON {table} FOR INSERT TO tipline_desk WITH CHECK (true);\n"
    if "SELECT" in portal:
        found += f"CREATE POLICY {table}_read ON {table} FOR SELECT TO tipline_portal USING ({_AGENCY});\n"
    if "INSERT" in portal:
        found += (
            f"CREATE POLICY {table}_add ON {table} FOR INSERT TO tipline_portal WITH CHECK ({_AGENCY} AND {check});\n"
        )
    if "UPDATE" in portal:
        found += (
            f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO tipline_portal "
            f"USING ({_AGENCY}) WITH CHECK ({_AGENCY} AND {check});\n"
        )
    return found


_REFUSE = """
CREATE FUNCTION identification_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
"""
_TRIGGERS = "".join(
    f"CREATE TRIGGER {_APP}{name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {_APP}{name} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION identification_refuse_change();\n"
    for name in APPEND_ONLY
)
FORWARD = "".join(_policies(*one) for one in TABLES) + _REFUSE + _TRIGGERS
BACKWARD = "".join(f"DROP TRIGGER {_APP}{name}_append_only ON {_APP}{name};" for name in APPEND_ONLY)
BACKWARD += "DROP FUNCTION identification_refuse_change();"
BACKWARD += "".join(
    f"DROP POLICY IF EXISTS {_APP}{name}_{policy} ON {_APP}{name};"
    for name, *_ in TABLES
    for policy in ("change", "add", "read", "desk_insert", "desk_update", "desk", "house")
)
BACKWARD += "".join(
    f"ALTER TABLE {_APP}{name} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {_APP}{name} DISABLE ROW LEVEL SECURITY;"
    for name, *_ in TABLES
)


class Migration(migrations.Migration):
    """Policies and append-only tables of victim identification."""

    dependencies = (("identification", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
