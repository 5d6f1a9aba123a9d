"""Row-level security: a company reads its own entry and its own credentials, nobody else's."""

from django.db import migrations

_OWN = "nullif(current_setting('app.esp', true), '')::bigint"
# The doors and desks that read companies, each as far as its column rights go.
_READERS = {
    "directory_esp": ("id", "tipline_esp_api, tipline_portal"),
    "directory_espcredential": ("esp_id", "tipline_esp_api"),
}


def _closed(table: str, column: str, readers: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_house ON {table} TO tipline_owner, tipline_worker, tipline_desk USING (true) WITH CHECK (true);
CREATE POLICY {table}_readers ON {table} FOR SELECT TO {readers} USING (true);
CREATE POLICY {table}_company ON {table} FOR SELECT TO tipline_esp_web USING ({column} = {_OWN});
"""


def _opened(table: str) -> str:
    dropped = "".join(f"DROP POLICY {table}_{name} ON {table};\n" for name in ("company", "readers", "house"))
    return (
        f"{dropped}ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    )


FORWARD = "".join(_closed(table, column, readers) for table, (column, readers) in _READERS.items())
BACKWARD = "".join(_opened(table) for table in _READERS)


class Migration(migrations.Migration):
    """Policies of directory_esp and directory_espcredential."""

    dependencies = (("directory", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
