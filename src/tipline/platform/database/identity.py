"""Which database this is: what is kept beside it, and made from it, is kept under its name."""

from __future__ import annotations

from functools import cache

from django.db import connection

_NAMED = """
SELECT c.system_identifier, d.oid FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()
"""


def name_of_database() -> str:
    """This function will give a name that no other database of any server has."""
    held = connection.settings_dict
    return _name(str(held["HOST"]), str(held["PORT"]), str(held["NAME"]))


@cache
def _name(*_: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NAMED)
        server, database = cursor.fetchone()
    return f"{int(server):x}-{database}"
