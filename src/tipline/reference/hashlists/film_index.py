"""The index of listed films: a copy in a folder, shared by all processes, of the frames of films that stand on lists.

Rows are written one after the other (`films.keep`), so what came since is what has a higher number. The last row's time
tells whether this is the database that the copy was made from; where that row went with its entry, the copy is made
anew. A film is its row in the index: what stays of one that went belongs to no entry.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache

import numpy as np
from django.db import connection, models
from django.db.models import Sum

from tipline.media.index.copy import Copy, Marks, Missing, Rows, stacked
from tipline.media.thresholds import PDQ_RADIUS
from tipline.media.video.matching import Vote
from tipline.media.video.prints import RECORD, FramePrint, entries_of, split
from tipline.platform.config import settings
from tipline.platform.database.identity import name_of_database
from tipline.reference.hashlists.models import EntryFrames
from tipline.reference.hashlists.values import TEST_LISTS

_LAYOUT = struct.Struct("<qq")
_TRUE = """
SELECT f.id, f.entry_id FROM hashlists_entryframes f
JOIN hashlists_entry e ON e.id = f.entry_id AND e.state = 'ACTIVE' AND e.canary_of_id IS NULL
JOIN hashlists_hashlist l ON l.id = e.hash_list_id AND (l.slug = ANY(%s)) = %s
WHERE f.id = ANY(%s)
"""


class _Films:
    """The table, as the copy asks it."""

    def missing(self, marks: Marks, *, to_keep: bool) -> Missing | None:
        """This function will tell which films came since."""
        last = _note(EntryFrames.objects.order_by("-id"))
        held = marks.get(0, b"")[: _LAYOUT.size]
        if held == last and (marks or not last):
            return None
        since = _LAYOUT.unpack(held)[0] if held else 0
        is_known = bool(held) and _note(EntryFrames.objects.filter(pk=since)) == held
        to = _LAYOUT.unpack(last)[0] if last else 0
        hashes, entries = _between(since if is_known else 0, to)
        return Missing(hashes, entries, {0: last} if last else {}, is_whole=not is_known)


def _note(rows: models.QuerySet[EntryFrames]) -> bytes:
    row = rows.values_list("id", "at").first()
    return _LAYOUT.pack(row[0], round(row[1].timestamp() * 1_000_000)) if row else b""


def _between(since: int, to: int) -> Rows:
    rows = EntryFrames.objects.filter(id__gt=since, id__lte=to).order_by("id").values_list("id", "packed")
    return stacked(_rows(row, bytes(packed)) for row, packed in rows.iterator(chunk_size=50))


def _rows(row: int, packed: bytes) -> Rows:
    frames = np.frombuffer(packed, dtype=RECORD)
    return frames["hash"], entries_of(row, frames["ms"])


@cache
def _copy(name: str) -> Copy:
    return Copy(settings().indexes / f"{name}-films", _Films())


def listed_films() -> Copy:
    """This function will give this process's way into the index."""
    return _copy(name_of_database())


def count_frames() -> int:
    """This function will count what belongs into the index."""
    return EntryFrames.objects.aggregate(all=Sum("count"))["all"] or 0


def votes_of(prints: Sequence[FramePrint], *, test: bool) -> list[Vote]:
    """This function will list the moments of listed films that a film's moments are near to; `film` is the entry.

    What the index says counts where the entry is on a list now: on one for trying where `test`, else on a real one.
    """
    near = listed_films().find_many(b"".join(one.hash for one in prints), PDQ_RADIUS) if prints else []
    said = {split(one.entry)[0] for each in near for one in each}
    if not said:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TRUE, [list(TEST_LISTS), test, sorted(said)])
        entries = dict(cursor.fetchall())
    return [
        Vote(one.ms, entries[row], ms, one.form, one.is_trimmed, found.distance)
        for one, each in zip(prints, near, strict=True)
        for found in each
        for row, ms in (split(found.entry),)
        if row in entries
    ]
