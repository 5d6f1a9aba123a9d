"""The index of received pictures: a copy in a folder of every PDQ of every file that is kept.

Fingerprints are written by several workers at a time, so a lower number may be committed after a higher one. Before the
copy notes how far it has come, it waits a moment for those that are being written (a lock that lets readers pass); then
every number up to the highest is there. A row's file says whether this is the database that the copy was made from.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Sequence
from functools import cache

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from tipline.media.index.copy import Copy, Marks, Missing, packed
from tipline.media.thresholds import PDQ_LEAST_QUALITY, PDQ_RADIUS
from tipline.platform.config import settings
from tipline.platform.database.identity import name_of_database
from tipline.reports.models import Fingerprint

_PIECE = 50_000
_LAYOUT = struct.Struct("<q16s")
_ROW = "SELECT p.id, f.file_id FROM reports_fingerprint p JOIN reports_file f ON f.id = p.file_id"
_LAST = f"{_ROW} ORDER BY p.id DESC LIMIT 1"
_THIS = f"{_ROW} WHERE p.id = %s"
_SINCE = """
SELECT id, value FROM reports_fingerprint
WHERE id > %s AND id <= %s AND quality >= %s AND algorithm LIKE 'pdq%%'
"""


def _note(row: tuple[int, str]) -> bytes:
    return _LAYOUT.pack(row[0], bytes.fromhex(row[1]))


class _Files:
    """The table, as the copy asks it."""

    def missing(self, marks: Marks, *, to_keep: bool) -> Missing | None:
        """This function will tell which fingerprints came since."""
        last = _last(settled=False)
        held = marks.get(0, b"")[: _LAYOUT.size]
        if held == (_note(last) if last else b"") and (marks or not last):
            return None
        if to_keep:  # only now: most looks find nothing new, and need not wait for whoever writes
            last = _last(settled=True)
        since = _LAYOUT.unpack(held)[0] if held and _stands(held) else 0
        hashes, ids = _since(since, last[0] if last else 0)
        return Missing(hashes, ids, {0: _note(last)} if last else {}, is_whole=not since)


def _last(*, settled: bool) -> tuple[int, str] | None:
    with transaction.atomic(), connection.cursor() as cursor:
        if settled:
            cursor.execute("LOCK TABLE reports_fingerprint IN SHARE MODE")
        cursor.execute(_LAST)
        found: tuple[int, str] | None = cursor.fetchone()
        return found


def _stands(note: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_THIS, [_LAYOUT.unpack(note)[0]])
        found = cursor.fetchone()
        return found is not None and _note(found) == note


def _since(last: int, to: int) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_SINCE, [last, to, PDQ_LEAST_QUALITY])
        return packed(iter(lambda: cursor.fetchmany(_PIECE), []))


@cache
def _copy(name: str, writes: bool) -> Copy:
    return Copy(settings().indexes / f"{name}-files", _Files(), writes=writes)


def received() -> Copy:
    """This function will give this process's way into the index. The worker alone brings the folder up to date."""
    return _copy(name_of_database(), settings().role in ("worker", "owner"))


def count_received() -> int:
    """This function will count what belongs into the index; what was purged since does not."""
    return Fingerprint.objects.filter(algorithm__startswith="pdq", quality__gte=PDQ_LEAST_QUALITY).count()


def find_near(values: Collection[str]) -> dict[str, list[tuple[int, int]]]:
    """This function will list (fingerprint, bits apart) of all received pictures within PDQ_RADIUS of each value.

    What the index says is compared with the table: a purged file is not found.
    """
    return received().find_true(values, PDQ_RADIUS, _values_of)


def _values_of(fingerprints: Sequence[int]) -> Iterable[tuple[int, str]]:
    kept = Fingerprint.objects.filter(pk__in=fingerprints, quality__gte=PDQ_LEAST_QUALITY)
    return kept.values_list("id", "value")
