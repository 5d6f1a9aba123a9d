"""Which role may begin which job: beginning one runs with the owner's rights, and the worker does what a job says.

Whoever has stolen a door's log-in could else have the worker do anything, or take the lock of a timer so that it never
runs again. The rows come from each app's `access.py` (`grants.apply`).
"""

from django.db import migrations

# Inside a SECURITY DEFINER function `current_user` is the owner; who asks stands in `session_user`, or in `role` after
# SET ROLE, which no log-in can set to a role that it is no member of.
_FORWARD = """
CREATE TABLE database_jobright (role name NOT NULL, task text NOT NULL, locks text[] NOT NULL, PRIMARY KEY (role, task));
CREATE FUNCTION database_check_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  asks name := coalesce(nullif(current_setting('role'), 'none'), session_user);
  allowed text[];
BEGIN
  IF asks = 'tipline_worker' OR pg_has_role(asks, 'tipline_owner', 'MEMBER') THEN
    RETURN NEW;
  END IF;
  SELECT locks INTO allowed FROM database_jobright WHERE role = asks AND task = NEW.task_name;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'permission denied: % may not begin %', asks, NEW.task_name USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.queue_name <> 'default' OR NEW.priority > 0 THEN
    RAISE EXCEPTION 'permission denied: % may not choose the queue', asks USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A lock is held by a job that waits: one that waits for ever would keep everybody else out.
  IF EXISTS (
    SELECT FROM unnest(ARRAY[NEW.lock, NEW.queueing_lock]) AS asked(name)
    WHERE name IS NOT NULL
      AND (NEW.scheduled_at IS NOT NULL OR NOT EXISTS (SELECT FROM unnest(allowed) AS own WHERE starts_with(name, own)))
  ) THEN
    RAISE EXCEPTION 'permission denied: % may not take this lock', asks USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER database_check_job BEFORE INSERT ON procrastinate_jobs
  FOR EACH ROW EXECUTE FUNCTION database_check_job();
"""
_BACKWARD = """
DROP TRIGGER database_check_job ON procrastinate_jobs;
DROP FUNCTION database_check_job();
DROP TABLE database_jobright;
"""


class Migration(migrations.Migration):
    """Adds the table of rights and the trigger that asks it."""

    dependencies = (("database", "0001_job_queue"),)
    operations = (migrations.RunSQL(_FORWARD, _BACKWARD),)
