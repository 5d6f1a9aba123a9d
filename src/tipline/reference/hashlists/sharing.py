"""What the wire doors ask of hash lists beside `queries`: members of a list, and self-reported hashes by value."""

from __future__ import annotations

from django.db import connection

# Walks the index from member to member instead of through all entries.
_MEMBERS = """
WITH RECURSIVE found(list, member) AS (
    SELECT l.id, (SELECT min(member_id) FROM hashlists_entry WHERE hash_list_id = l.id)
    FROM hashlists_hashlist l WHERE l.slug = %s
    UNION ALL
    SELECT list, (SELECT min(member_id) FROM hashlists_entry WHERE hash_list_id = list AND member_id > member)
    FROM found WHERE member IS NOT NULL
)
SELECT member FROM found WHERE member IS NOT NULL
"""


def list_members(list_slug: str) -> tuple[int, ...]:
    """This function will list the numbers of the members that ever had an entry on a list."""
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [list_slug])
        return tuple(int(row[0]) for row in cursor.fetchall())
