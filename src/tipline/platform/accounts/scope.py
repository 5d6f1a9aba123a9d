"""The database's own knowledge of who asks: row-level security reads app.agency and app.esp."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_SET = "SELECT set_config('app.agency', %s, true), set_config('app.esp', %s, true)"
_GET = "SELECT coalesce(current_setting('app.agency', true), ''), coalesce(current_setting('app.esp', true), '')"


@contextmanager
def agency_scope(*, agency: str = "", esp: int | None = None) -> Iterator[None]:
    """This function will open a transaction in which the database shows the rows of one agency or company.

    The setting is local to the transaction and is put back before it ends; an error rolls it back,
    so nothing of it is left on a connection that is used again. Scopes nest.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GET)
        before = cursor.fetchone()
        cursor.execute(_SET, [agency, "" if esp is None else str(esp)])
        yield
        cursor.execute(_SET, list(before))
