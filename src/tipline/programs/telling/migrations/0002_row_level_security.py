"""A company reaches its own rows alone, and makes no event but a test; what was tried and reminded is only read."""

from django.db import migrations

_OWN = "esp_id = nullif(current_setting('app.esp', true), '')::bigint"
_TABLES = ("hook", "secret", "event", "try", "mailaddress", "reminder", "letter")
# The inner query is under the policy of telling_hook: a secret or an event hangs on the company's own address.
_OWN_HOOK = f"{_OWN} AND hook_id IN (SELECT id FROM telling_hook)"  # noqa: S608
_WRITES = {
    "hook": (_OWN, _OWN),
    "secret": (f"{_OWN_HOOK} AND ended_at IS NULL", f"{_OWN} AND ended_at IS NOT NULL"),
    "event": (f"{_OWN_HOOK} AND kind = 'test' AND report_number IS NULL", f"{_OWN} AND state = 'WAITING'"),
    "mailaddress": (f"{_OWN} AND ended_at IS NULL", f"{_OWN} AND ended_at IS NOT NULL"),
}
FORWARD = "".join(
    f"""
ALTER TABLE telling_{name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE telling_{name} FORCE ROW LEVEL SECURITY;
CREATE POLICY telling_{name}_house ON telling_{name} TO tipline_owner, tipline_worker USING (true) WITH CHECK (true);
CREATE POLICY telling_{name}_read ON telling_{name} FOR SELECT TO tipline_esp_web USING ({_OWN});
"""
    for name in _TABLES
)
FORWARD += "".join(
    f"""
CREATE POLICY telling_{name}_add ON telling_{name} FOR INSERT TO tipline_esp_web WITH CHECK ({added});
CREATE POLICY telling_{name}_change ON telling_{name} FOR UPDATE TO tipline_esp_web
    USING ({_OWN}) WITH CHECK ({changed});
"""
    for name, (added, changed) in _WRITES.items()
)
BACKWARD = "".join(
    f"DROP POLICY telling_{name}_change ON telling_{name}; DROP POLICY telling_{name}_add ON telling_{name};"
    for name in _WRITES
)
BACKWARD += "".join(
    f"""
DROP POLICY telling_{name}_read ON telling_{name};
DROP POLICY telling_{name}_house ON telling_{name};
ALTER TABLE telling_{name} NO FORCE ROW LEVEL SECURITY; ALTER TABLE telling_{name} DISABLE ROW LEVEL SECURITY;
"""
    for name in _TABLES
)


class Migration(migrations.Migration):
    """Policies of the tables of telling."""

    dependencies = (("telling", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
