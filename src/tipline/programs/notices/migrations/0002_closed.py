"""Journal, checks and answers are added to and never changed; a company reaches its own notices alone."""

from django.db import migrations

# An answer's two columns that say what became of it may be filled in later, what was said may not.
_APPEND_ONLY = """
CREATE FUNCTION notices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER notices_journalline_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notices_journalline
  FOR EACH STATEMENT EXECUTE FUNCTION notices_refuse_change();
CREATE TRIGGER notices_check_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notices_check
  FOR EACH STATEMENT EXECUTE FUNCTION notices_refuse_change();
CREATE TRIGGER notices_answer_append_only
  BEFORE UPDATE OF notice_id, kind, at, removed_at, account_suspended, reason, note, via, by ON notices_answer
  FOR EACH STATEMENT EXECUTE FUNCTION notices_refuse_change();
CREATE TRIGGER notices_answer_kept BEFORE DELETE OR TRUNCATE ON notices_answer
  FOR EACH STATEMENT EXECUTE FUNCTION notices_refuse_change();
"""
_OPEN_AGAIN = """
DROP TRIGGER notices_answer_kept ON notices_answer;
DROP TRIGGER notices_answer_append_only ON notices_answer;
DROP TRIGGER notices_check_append_only ON notices_check;
DROP TRIGGER notices_journalline_append_only ON notices_journalline;
DROP FUNCTION notices_refuse_change();
"""
_ROWS = """
ALTER TABLE notices_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices_notice FORCE ROW LEVEL SECURITY;
CREATE POLICY notices_notice_house ON notices_notice TO tipline_owner, tipline_worker, tipline_desk
    USING (true) WITH CHECK (true);
CREATE POLICY notices_notice_company ON notices_notice FOR SELECT TO tipline_esp_web
    USING (token_sha256 = nullif(current_setting('app.notice', true), '')
           OR (sent_at IS NOT NULL AND esp_id = nullif(current_setting('app.esp', true), '')::bigint));
ALTER TABLE notices_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices_answer FORCE ROW LEVEL SECURITY;
CREATE POLICY notices_answer_house ON notices_answer TO tipline_owner, tipline_worker, tipline_desk
    USING (true) WITH CHECK (true);
-- The inner query is under the policy above: answers are read and given for the company's own notices alone.
CREATE POLICY notices_answer_read ON notices_answer FOR SELECT TO tipline_esp_web
    USING (notice_id IN (SELECT id FROM notices_notice));
CREATE POLICY notices_answer_add ON notices_answer FOR INSERT TO tipline_esp_web
    WITH CHECK (notice_id IN (SELECT id FROM notices_notice) AND taken_at IS NULL AND via <> 'DESK');
"""
_NO_ROWS = """
DROP POLICY notices_answer_add ON notices_answer;
DROP POLICY notices_answer_read ON notices_answer;
DROP POLICY notices_answer_house ON notices_answer;
ALTER TABLE notices_answer NO FORCE ROW LEVEL SECURITY; ALTER TABLE notices_answer DISABLE ROW LEVEL SECURITY;
DROP POLICY notices_notice_company ON notices_notice;
DROP POLICY notices_notice_house ON notices_notice;
ALTER TABLE notices_notice NO FORCE ROW LEVEL SECURITY; ALTER TABLE notices_notice DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Triggers and policies of the notices' tables."""

    dependencies = (("notices", "0001_initial"),)
    operations = (migrations.RunSQL(_APPEND_ONLY, _OPEN_AGAIN), migrations.RunSQL(_ROWS, _NO_ROWS))
