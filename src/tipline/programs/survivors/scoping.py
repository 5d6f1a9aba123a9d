"""The database's knowledge of which case is asked for: row-level security reads `app.case`."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import connection, transaction

from tipline.platform import keys
from tipline.platform.config import settings

_SET = "SELECT set_config('app.case', %s, true)"
_GET = "SELECT coalesce(current_setting('app.case', true), '')"


@cache
def _key() -> bytes:
    return keys.load_bytes("receipt", settings().keys)


def keyed(what: str, value: str) -> bytes:
    """This function will give the keyed hash of a value; its key is not in the database."""
    return hmac.digest(_key(), f"survivors:{what}:{value}".encode(), "sha256")


@contextmanager
def case_scope(number: str) -> Iterator[bytes]:
    """This function will open a transaction in which the database shows one case, and give its keyed number.

    The setting is local to the transaction and is put back before it ends; an error rolls it back.
    """
    digest = keyed("number", number)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GET)
        before = cursor.fetchone()
        cursor.execute(_SET, [digest.hex()])
        yield digest
        cursor.execute(_SET, list(before))
