"""The indexes of received pictures, copies in folders: every PDQ of every file that is kept, and the codes of features.

Rows are written by several workers at a time, so a lower number may be committed after a higher one. Before the
copy notes how far it has come, it waits a moment for those that are being written (a lock that lets readers pass); then
every number up to the highest is there. A row's file says whether this is the database that the copy was made from.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import connection, transaction
from django.db.models import Sum

from tipline.media.candidates import arrays_of
from tipline.media.index.copy import Copy, Marks, Missing, Rows, packed, stacked
from tipline.media.thresholds import PDQ_LEAST_QUALITY, PDQ_RADIUS
from tipline.platform.config import settings
from tipline.platform.database.identity import name_of_database
from tipline.reports.features import open_features
from tipline.reports.models import FileFeatures, Fingerprint

_PIECE = 50_000
_LAYOUT = struct.Struct("<q16s")
_ROW = "SELECT p.id, f.file_id FROM {table} p JOIN reports_file f ON f.id = p.file_id"
_LAST = f"{_ROW} ORDER BY p.id DESC LIMIT 1"
_THIS = f"{_ROW} WHERE p.id = %s"
_PRINTS_SINCE = """
SELECT id, value FROM reports_fingerprint
WHERE id > %s AND id <= %s AND quality >= %s AND algorithm LIKE 'pdq%%'
"""
_FEATURES_SINCE = "SELECT id, file_id, sealed FROM reports_filefeatures WHERE id > %s AND id <= %s"


def _note(row: tuple[int, str]) -> bytes:
    return _LAYOUT.pack(row[0], bytes.fromhex(row[1]))


@dataclass(frozen=True, slots=True)
class _Files:
    """A table, as its copy asks it. `since`: its rows above one number and up to another, as hashes and entries."""

    table: str
    since: Callable[[int, int], Rows]

    def missing(self, marks: Marks, *, to_keep: bool) -> Missing | None:
        """This function will tell what came since."""
        last = _last(self.table, settled=False)
        held = marks.get(0, b"")[: _LAYOUT.size]
        if held == (_note(last) if last else b"") and (marks or not last):
            return None
        if to_keep:  # only now: most looks find nothing new, and need not wait for whoever writes
            last = _last(self.table, settled=True)
        since = _LAYOUT.unpack(held)[0] if held and _stands(self.table, held) else 0
        hashes, ids = self.since(since, last[0] if last else 0)
        return Missing(hashes, ids, {0: _note(last)} if last else {}, is_whole=not since)


def _last(table: str, *, settled: bool) -> tuple[int, str] | None:
    with transaction.atomic(), connection.cursor() as cursor:
        if settled:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        cursor.execute(_LAST.format(table=table))
        found: tuple[int, str] | None = cursor.fetchone()
        return found


def _stands(table: str, note: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_THIS.format(table=table), [_LAYOUT.unpack(note)[0]])
        found = cursor.fetchone()
        return found is not None and _note(found) == note


def _prints_since(last: int, to: int) -> Rows:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_PRINTS_SINCE, [last, to, PDQ_LEAST_QUALITY])
        return packed(iter(lambda: cursor.fetchmany(_PIECE), []))


def _features_since(last: int, to: int) -> Rows:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_FEATURES_SINCE, [last, to])
        return stacked(arrays_of(key, open_features(file, sealed)) for key, file, sealed in cursor)


_TABLES = {
    "files": _Files("reports_fingerprint", _prints_since),
    "files-features": _Files("reports_filefeatures", _features_since),
}


@cache
def _copy(name: str, what: str, writes: bool) -> Copy:
    return Copy(settings().indexes / f"{name}-{what}", _TABLES[what], writes=writes)


def _held(what: str) -> Copy:
    return _copy(name_of_database(), what, settings().role in ("worker", "owner"))


def received() -> Copy:
    """This function will give this process's way into the index. The worker alone brings the folder up to date."""
    return _held("files")


def received_features() -> Copy:
    """This function will do what `received` does, for the codes of received pictures' features."""
    return _held("files-features")


def count_received() -> int:
    """This function will count what belongs into the index; what was purged since does not."""
    return Fingerprint.objects.filter(algorithm__startswith="pdq", quality__gte=PDQ_LEAST_QUALITY).count()


def count_received_features() -> int:
    """This function will count what belongs into the index of features."""
    rows: int = FileFeatures.objects.aggregate(rows=Sum("rows", default=0))["rows"]
    return rows


def find_near(values: Collection[str]) -> dict[str, list[tuple[int, int]]]:
    """This function will list (fingerprint, bits apart) of all received pictures within PDQ_RADIUS of each value.

    What the index says is compared with the table: a purged file is not found.
    """
    return received().find_true(values, PDQ_RADIUS, _values_of)


def _values_of(fingerprints: Sequence[int]) -> Iterable[tuple[int, str]]:
    kept = Fingerprint.objects.filter(pk__in=fingerprints, quality__gte=PDQ_LEAST_QUALITY)
    return kept.values_list("id", "value")
