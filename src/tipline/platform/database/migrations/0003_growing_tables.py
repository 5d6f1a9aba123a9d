"""Tables that grow without an end are kept in ranges of a counter: what is needed to have room before it is filled.

A table of ranges has a partition for each range and `<table>_rest` for whatever no range takes in, so that no row is
ever refused for want of room. Making room is the owner's work and the worker's errand: the functions run with the
owner's rights, take only the tables that a migration entered, and wait so short a time for a lock that they give up
before anybody who writes would.
"""

from django.db import migrations

_FORWARD = r"""
CREATE TABLE database_growing (
  parent name PRIMARY KEY,  -- the table
  key name NOT NULL,        -- the column whose ranges its partitions hold
  counter name NOT NULL     -- the sequence that tells how far the key has come
);

-- The ranges as they stand; the rests are not among them.
CREATE VIEW database_range AS
  SELECT g.parent, g.counter, c.relname AS part, b.found[1]::bigint AS low, b.found[2]::bigint AS high
  FROM database_growing g JOIN pg_inherits i ON i.inhparent = to_regclass('public.' || g.parent)
  JOIN pg_class c ON c.oid = i.inhrelid
  CROSS JOIN regexp_match(pg_get_expr(c.relpartbound, c.oid), $x$FROM \('(\d+)'\) TO \('(\d+)'\)$x$) AS b(found)
  WHERE b.found IS NOT NULL;

-- Where the last range of a table ends; what lies there or beyond is in its rest.
CREATE FUNCTION database_edge(growing name) RETURNS bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(max(high), 0) FROM database_range WHERE parent = growing
$$;

-- One more partition, with all that its table has. Triggers of statements are asked of the table that a statement names:
-- each partition gets its own, so that what is append-only is so under every name.
CREATE FUNCTION database_add_range(parent name, part name, bounds text) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  guard text;
BEGIN
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', part, parent);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I %s', parent, part, bounds);
  FOR guard IN
    SELECT regexp_replace(pg_get_triggerdef(oid), ' ON \S+ ', format(' ON %I ', part)) FROM pg_trigger
    WHERE tgrelid = parent::regclass AND NOT tgisinternal AND tgtype & 1 = 0 AND tgnewtable IS NULL AND tgoldtable IS NULL
  LOOP
    EXECUTE guard;
  END LOOP;
END $$;

-- What came while there was no room becomes a range of its own, where it lies; what belongs to ranges that were given
-- up goes to the new rest.
CREATE FUNCTION database_take_up_rest(one database_growing, width bigint) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  rest name := one.parent || '_rest';
  edge bigint := database_edge(one.parent);
  part name := one.parent || '_' || edge;
  reached bigint;
  furthest bigint;
BEGIN
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', one.parent);
  EXECUTE format('SELECT last_value FROM %I', one.counter) INTO reached;
  EXECUTE format('SELECT max(%I) FROM %I', one.key, rest) INTO furthest;
  EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', one.parent, rest);
  EXECUTE format('ALTER TABLE %I RENAME TO %I', rest, part);
  PERFORM database_add_range(one.parent, rest, 'DEFAULT');
  EXECUTE format(
    'WITH moved AS (DELETE FROM %1$I WHERE %2$I < %3$s RETURNING *) INSERT INTO %4$I SELECT * FROM moved',
    part, one.key, edge, one.parent
  );
  SET CONSTRAINTS ALL IMMEDIATE;
  EXECUTE format(
    'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
    one.parent, part, edge, (greatest(reached, furthest) / width + 1) * width
  );
END $$;

-- Ranges of `width`, so many that `ahead` of them are empty; returns how many were made.
CREATE FUNCTION database_make_room(growing name, width bigint, ahead integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '400ms' AS $$
DECLARE
  one database_growing;
  reached bigint;
  edge bigint;
  waiting boolean;
  made integer := 0;
BEGIN
  IF width < 1000 OR ahead NOT BETWEEN 1 AND 16 THEN
    RAISE EXCEPTION 'ranges of % and % of them ahead are not sensible', width, ahead;
  END IF;
  SELECT * INTO STRICT one FROM database_growing WHERE parent = growing;
  EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', one.parent);  -- one of us at a time
  EXECUTE format('SELECT last_value FROM %I', one.counter) INTO reached;
  edge := database_edge(one.parent);
  EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I >= %s)', one.parent || '_rest', one.key, edge) INTO waiting;
  IF waiting THEN
    PERFORM database_take_up_rest(one, width);
    edge := database_edge(one.parent);
    made := 1;
  END IF;
  WHILE edge <= reached + ahead * width LOOP
    PERFORM database_add_range(one.parent, (one.parent || '_' || edge)::name,
      format('FOR VALUES FROM (%s) TO (%s)', edge, (edge / width + 1) * width));
    edge := (edge / width + 1) * width;
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
"""
_BACKWARD = """
DROP FUNCTION database_make_room(name, bigint, integer);
DROP FUNCTION database_take_up_rest(database_growing, bigint);
DROP FUNCTION database_add_range(name, name, text);
DROP FUNCTION database_edge(name);
DROP VIEW database_range;
DROP TABLE database_growing;
"""


class Migration(migrations.Migration):
    """Adds the list of growing tables and the functions that make room."""

    dependencies = (("database", "0002_job_right"),)
    operations = (migrations.RunSQL(_FORWARD, _BACKWARD),)
