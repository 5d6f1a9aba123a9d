"""When a partition may go: every report of its range is purged, none is held, nothing is left in it. Asked here, so that
no process can ask for less.
"""

from django.db import migrations

_FORWARD = """
-- The last line: a number of the range that is still on its way (drawn and not committed) would be forgotten.
CREATE FUNCTION reports_all_purged(low bigint, high bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT FROM reports_report
    WHERE id >= low AND id < high AND (state <> 'PURGED' OR legal_hold OR hold_reason <> '')
  ) AND NOT EXISTS (
    SELECT FROM reports_legalhold WHERE report_id >= low AND report_id < high AND released_at IS NULL
  ) AND EXISTS (SELECT FROM reports_report WHERE id >= high AND opened_at < now() - interval '1 day')
$$;

-- False where rows are left that outlive a purge. Locks are taken in the order of those who write.
CREATE FUNCTION reports_drop_purged(given name) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '400ms' AS $$
DECLARE
  one database_range;
  filled boolean;
BEGIN
  SELECT * INTO STRICT one FROM database_range WHERE part = given AND counter = 'reports_report_id_seq';
  FOR turn IN 1..2 LOOP
    IF NOT reports_all_purged(one.low, one.high) THEN
      RAISE EXCEPTION 'not every report of % is purged and free of holds', given USING ERRCODE = 'raise_exception';
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', given) INTO filled;
    IF filled THEN
      RETURN false;
    END IF;
    IF turn = 1 THEN
      LOCK TABLE reports_report IN ACCESS EXCLUSIVE MODE;
      EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', one.parent);
    END IF;
  END LOOP;
  EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', one.parent, given);
  EXECUTE format('DROP TABLE %I', given);
  RETURN true;
END $$;
"""
_BACKWARD = """
DROP FUNCTION reports_drop_purged(name);
DROP FUNCTION reports_all_purged(bigint, bigint);
"""


class Migration(migrations.Migration):
    """Adds the two functions."""

    dependencies = (("reports", "0013_ranges"),)
    operations = (migrations.RunSQL(_FORWARD, _BACKWARD),)
