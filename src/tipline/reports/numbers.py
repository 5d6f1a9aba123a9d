"""Allocates internal ids and gives them their outside numbers."""

from __future__ import annotations

from functools import cache

from django.db import connection

from tipline.domain.number import number_of
from tipline.platform import keys
from tipline.platform.config import settings


@cache
def _number_key() -> bytes:
    return keys.load_bytes("number", settings().keys)


def allocate() -> tuple[int, int]:
    """This function will take the next internal id and return it with its number."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('reports_report_id_seq')")
        row = cursor.fetchone()
    assert row is not None
    return row[0], number_of(row[0], _number_key())
