"""The indexes of listed pictures: copies in folders, shared by all processes, of the PDQs that stand on lists, and of
the codes of listed pictures' features.

The story of an entry (`Move`) is never rewritten and is written under its list's lock, so within a list the order of
its numbers is the order of commits: what came since is what has a later number. A list's edition tells whether
anything did. The number's own time tells whether this is the database that the copy was made from.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Sum

from tipline.media.candidates import arrays_of
from tipline.media.index.copy import Copy, Marks, Missing, Rows, packed, stacked
from tipline.media.thresholds import PDQ_LEAST_QUALITY, PDQ_RADIUS
from tipline.platform.config import settings
from tipline.platform.database.identity import name_of_database
from tipline.reference.hashlists.features import open_features
from tipline.reference.hashlists.models import EntryFeatures, EntryPrint, HashList, Move
from tipline.reference.hashlists.values import ACTIVE

_LAYOUT = struct.Struct("<qqq")
# The last number of each list stands with its rows, also where none of them has a PDQ.
_SINCE = """
SELECT m.id, m.at, e.hash_list_id, e.id, {value}
FROM hashlists_move m
JOIN hashlists_entry e ON e.id = m.entry_id
JOIN unnest(%s::bigint[], %s::bigint[]) AS asked(list, last) ON asked.list = e.hash_list_id AND m.id > asked.last
LEFT JOIN {table} p ON p.entry_id = e.id AND e.state = 'ACTIVE' {more}
WHERE m.id > %s
"""
_PRINTS = _SINCE.format(
    value="p.value", table="hashlists_entryprint", more=f"AND p.type = 'PDQ' AND p.quality >= {PDQ_LEAST_QUALITY}"
)
_FEATURES = _SINCE.format(value="p.sealed", table="hashlists_entryfeatures", more="")
_TRUE = """
SELECT p.entry_id, p.value FROM hashlists_entryprint p
JOIN hashlists_entry e ON e.id = p.entry_id AND e.state = 'ACTIVE' AND e.canary_of_id IS NULL
JOIN hashlists_hashlist l ON l.id = e.hash_list_id AND (l.slug = ANY(%s)) = %s
WHERE p.entry_id = ANY(%s) AND p.type = 'PDQ' AND p.quality >= %s
"""


class _Mark(NamedTuple):
    """How far a copy has come in one list: its edition, and the number and time of the last line of its story."""

    edition: int = 0
    move: int = 0
    at: int = 0  # microseconds since 1970

    @property
    def note(self) -> bytes:
        """The mark as the index keeps it."""
        return _LAYOUT.pack(*self)


def _mark(note: bytes) -> _Mark:
    return _Mark(*_LAYOUT.unpack_from(note))


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


Batches = Iterator[list[tuple[int, Any]]]


@dataclass(frozen=True, slots=True)
class _Lists:
    """The tables, as a copy asks them. `made`: hashes and entries of (entry, what stands in its row)."""

    since: str
    piece: int
    made: Callable[[Batches], Rows]

    def missing(self, marks: Marks, *, to_keep: bool) -> Missing | None:
        """This function will tell what came onto lists since; the lists' locks keep it whole in any case."""
        # Before the rows: a change in between makes the copy look older than it is, never newer.
        editions: dict[int, int] = dict(HashList.objects.values_list("id", "edition"))
        held = {number: _mark(note) for number, note in marks.items()}
        stale = [number for number in editions if number not in held or held[number].edition != editions[number]]
        if not stale:
            return None
        is_known = bool(held) and _all_written([held[number] for number in stale if number in held])
        if not is_known:
            stale, held = list(editions), {}
        reached = {number: held.get(number, _Mark())._replace(edition=editions[number]) for number in stale}
        hashes, entries = self._since(reached)
        notes = {number: one.note for number, one in reached.items()}
        return Missing(hashes, entries, {**(marks if is_known else {}), **notes}, is_whole=not is_known)

    def _since(self, reached: dict[int, _Mark]) -> Rows:
        """Return what is listed as hashes and entries, and bring the marks along."""
        lists, lasts = list(reached), [one.move for one in reached.values()]
        with connection.chunked_cursor() as cursor:
            cursor.execute(self.since, [lists, lasts, min(lasts)])
            return self.made(_listed(iter(lambda: cursor.fetchmany(self.piece), []), reached))


def _all_written(held: Collection[_Mark]) -> bool:
    asked = {one.move: one.at for one in held if one.move}
    found = dict(Move.objects.filter(pk__in=asked).values_list("id", "at"))
    return all(number in found and _microseconds(found[number]) == at for number, at in asked.items())


def _coded(batches: Batches) -> Rows:
    # An entry stands there once for each line of its story.
    made = {entry: arrays_of(entry, open_features(entry, sealed)) for entry, sealed in chain.from_iterable(batches)}
    return stacked(made.values())


def _listed(batches: Iterable[Sequence[tuple[Any, ...]]], reached: dict[int, _Mark]) -> Batches:
    for rows in batches:
        for move, at, number, *_ in rows:
            if move > reached[number].move:
                reached[number] = reached[number]._replace(move=move, at=_microseconds(at))
        yield [(entry, value) for *_, entry, value in rows if value is not None]


_WHAT = {"lists": _Lists(_PRINTS, 50_000, packed), "lists-features": _Lists(_FEATURES, 500, _coded)}


@cache
def _copy(name: str, what: str) -> Copy:
    return Copy(settings().indexes / f"{name}-{what}", _WHAT[what])


def listed() -> Copy:
    """This function will give this process's way into the index."""
    return _copy(name_of_database(), "lists")


def listed_features() -> Copy:
    """This function will do what `listed` does, for the codes of listed pictures' features. For the worker alone."""
    return _copy(name_of_database(), "lists-features")


def count_listed() -> int:
    """This function will count what belongs into the index; what was withdrawn since does not."""
    rows = EntryPrint.objects.filter(type="PDQ", quality__gte=PDQ_LEAST_QUALITY, entry__state=ACTIVE)
    return rows.count()


def count_listed_features() -> int:
    """This function will count what belongs into the index of features."""
    rows: int = EntryFeatures.objects.filter(entry__state=ACTIVE).aggregate(rows=Sum("rows", default=0))["rows"]
    return rows


def find_near(values: Collection[str], *, lists: Collection[str], inside: bool) -> dict[str, list[tuple[int, int]]]:
    """This function will list (entry, bits apart) of all that is listed within PDQ_RADIUS of each value.

    Only entries of `lists` where `inside`, else of all others. What the index says is compared with the tables.
    """

    def values_of(entries: Sequence[int]) -> list[tuple[int, str]]:
        with connection.cursor() as cursor:
            cursor.execute(_TRUE, [list(lists), inside, list(entries), PDQ_LEAST_QUALITY])
            found: list[tuple[int, str]] = cursor.fetchall()
            return found

    return listed().find_true(values, PDQ_RADIUS, values_of)
