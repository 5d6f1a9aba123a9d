"""Allocates internal ids and gives them their outside numbers."""

from __future__ import annotations

from functools import cache

from tipline.domain.number import number_of
from tipline.platform import keys
from tipline.platform.config import settings
from tipline.platform.database.rows import ask


@cache
def _number_key() -> bytes:
    return keys.load_bytes("number", settings().keys)


def allocate(count: int) -> list[tuple[int, int]]:
    """This function will take the next internal ids and return each with its number."""
    rows = ask("SELECT nextval('reports_report_id_seq') FROM generate_series(1, %s)", (count,))
    return [(row[0], number_of(row[0], _number_key())) for row in rows]
