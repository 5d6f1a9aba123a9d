"""Row-level security: the door sees the case whose keyed number is set for the request, the desk hand-overs alone."""

from __future__ import annotations

from django.db import migrations

_HOUSE = "tipline_owner, tipline_worker"
# `app.case` is the keyed hash of the number as hex, local to the transaction; unset it fits no row.
_THIS_CASE = "encode(number_hmac_sha256, 'hex') = nullif(current_setting('app.case', true), '')"
# The inner query is under the policy of cases.
_OF_THIS_CASE = "EXISTS (SELECT FROM survivors_case c WHERE c.id = case_id)"


def _closed(table: str, rule: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_house ON {table} TO {_HOUSE} USING (true) WITH CHECK (true);
CREATE POLICY {table}_door ON {table} TO tipline_survivors USING ({rule}) WITH CHECK ({rule});
"""


def _open(table: str) -> str:
    return f"""
DROP POLICY {table}_door ON {table};
DROP POLICY {table}_house ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


_RULES = {
    "survivors_case": _THIS_CASE,
    "survivors_casefile": _OF_THIS_CASE,
    "survivors_handover": _OF_THIS_CASE,
}
# For the desk, which may read no case: how many there are, and whom the person of an open hand-over trusts (sealed).
_COUNTS = """
CREATE FUNCTION survivors_count_cases() RETURNS TABLE (for_whom text, is_withdrawn boolean, amount bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.for_whom::text, c.withdrawn_at IS NOT NULL, count(*) FROM survivors_case c GROUP BY 1, 2
$$;
CREATE FUNCTION survivors_wishes_of(hand_over text) RETURNS TABLE (case_id text, wishes_sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.id::text, c.wishes_sealed FROM survivors_handover h JOIN survivors_case c ON c.id = h.case_id
    WHERE h.id = hand_over AND h.state IN ('WAITING', 'TAKEN')
$$;
CREATE POLICY survivors_handover_desk ON survivors_handover TO tipline_desk USING (true) WITH CHECK (true);
"""
FORWARD = "".join(_closed(table, rule) for table, rule in _RULES.items()) + _COUNTS
BACKWARD = (
    "DROP POLICY survivors_handover_desk ON survivors_handover; DROP FUNCTION survivors_count_cases(); "
    "DROP FUNCTION survivors_wishes_of(text);" + "".join(_open(table) for table in reversed(_RULES))
)


class Migration(migrations.Migration):
    """Policies of cases and of what hangs on them."""

    dependencies = (("survivors", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
