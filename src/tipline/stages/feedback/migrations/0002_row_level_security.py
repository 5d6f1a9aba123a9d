"""Row-level security: answers and lists belong to an agency, and only about a report it was given."""

from django.db import migrations

_AGENCY = "agency = nullif(current_setting('app.agency', true), '')"
# The referral's own policy applies inside: an agency can answer about nothing but its own referrals.
_ABOUT_OWN = """EXISTS (
        SELECT FROM referral_referral r
        WHERE r.id = {table}.referral_id AND r.report_id = {table}.report_id AND r.agency = {table}.agency
          AND r.report_number = {table}.report_number AND r.part <> 'EXISTENCE_ONLY')"""
_OWN_LIST = """EXISTS (
        SELECT FROM feedback_contactlist l
        WHERE l.id = feedback_contactrow.contact_list_id AND l.agency = feedback_contactrow.agency)"""


def _closed(table: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_house ON {table} TO tipline_owner, tipline_worker USING (true) WITH CHECK (true);
CREATE POLICY {table}_desk ON {table} FOR SELECT TO tipline_desk USING (true);
"""


def _of_agency(table: str, check: str) -> str:
    return f"""
CREATE POLICY {table}_read ON {table} FOR SELECT TO tipline_portal USING ({_AGENCY});
CREATE POLICY {table}_add ON {table} FOR INSERT TO tipline_portal WITH CHECK ({_AGENCY} AND {check});
"""


TABLES = {
    "feedback_outcome": _ABOUT_OWN.format(table="feedback_outcome"),
    "feedback_contactlist": _ABOUT_OWN.format(table="feedback_contactlist"),
    "feedback_contactrow": _OWN_LIST,
}
FORWARD = "".join(_closed(table) + _of_agency(table, check) for table, check in TABLES.items())
FORWARD += _closed("feedback_espnews")
FORWARD += """
CREATE POLICY feedback_espnews_company ON feedback_espnews FOR SELECT TO tipline_esp_web
    USING (esp_id = nullif(current_setting('app.esp', true), '')::bigint);
"""
BACKWARD = "".join(
    f"DROP POLICY {table}_{name} ON {table};" for table in TABLES for name in ("add", "read", "desk", "house")
)
BACKWARD += "".join(
    f"DROP POLICY feedback_espnews_{name} ON feedback_espnews;" for name in ("company", "desk", "house")
)
BACKWARD += "".join(
    f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table in (*TABLES, "feedback_espnews")
)


class Migration(migrations.Migration):
    """Policies of the feedback tables."""

    dependencies = (("feedback", "0001_initial"), ("referral", "0002_row_level_security"))
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
