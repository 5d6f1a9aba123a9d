"""What was done with a cluster is added to and never changed, by whatever role."""

from __future__ import annotations

from django.db import migrations

_FORWARD = """
CREATE FUNCTION linking_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER linking_clusteract_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON linking_clusteract
FOR EACH STATEMENT EXECUTE FUNCTION linking_refuse_change();
"""
_BACKWARD = """
DROP TRIGGER linking_clusteract_append_only ON linking_clusteract;
DROP FUNCTION linking_refuse_change();
"""


class Migration(migrations.Migration):
    """Adds the trigger."""

    dependencies = (("linking", "0001_clusters"),)
    operations = (migrations.RunSQL(_FORWARD, _BACKWARD),)
