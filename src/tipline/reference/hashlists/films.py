"""Films on hash lists: whose frames are wanted, kept, and compared with a film that came in.

Who lists a film gives digests of it. Where its bytes are at hand too, because a report brought the same file, its
frames are hashed densely (`stages.evidence.known_films`) and kept here; from then on edited copies of it are found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from tipline.media.video.matching import LEAST_MOMENTS, FilmMatch, count
from tipline.media.video.prints import FramePrint, pack, unpack
from tipline.reference.hashlists.film_index import votes_of
from tipline.reference.hashlists.models import Entry, EntryFrames, EntryPrint
from tipline.reference.hashlists.never import load_never
from tipline.reference.hashlists.values import ACTIVE, TEST_LISTS, Print

DIGESTS = ("SHA256", "SHA1", "MD5")
_LOCK = 0x66696C6D73  # rows of frames are written one at a time: their numbers are in the order of commits


def list_wanting(entries: Collection[int]) -> dict[int, tuple[Print, ...]]:
    """This function will give the digests of those entries that are films on a real list and have no frames yet."""
    rows = Entry.objects.filter(pk__in=entries, state=ACTIVE, media="video", canary_of=None, frames=None)
    rows = rows.exclude(hash_list__slug__in=TEST_LISTS)
    wanting: dict[int, tuple[Print, ...]] = dict.fromkeys(rows.values_list("id", flat=True), ())
    kept = EntryPrint.objects.filter(entry_id__in=list(wanting), type__in=DIGESTS)
    for entry, kind, value in kept.values_list("entry_id", "type", "value"):
        wanting[entry] += (Print(kind, value),)
    return wanting


@transaction.atomic
def keep(*, entry: int, digest: str, prints: Sequence[FramePrint], now: datetime) -> bool:
    """This function will keep the frames of an entry's film, whose bytes were found by one of the entry's digests.

    None at all where it could not be decoded: then it is not tried again. False where the entry went meanwhile,
    changed, or has frames.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if digest not in {one.value for one in list_wanting((entry,)).get(entry, ())}:
        return False
    EntryFrames.objects.create(entry_id=entry, digest=digest, packed=pack(prints), count=len(prints), at=now)
    return True


@transaction.atomic
def drop_gone(entries: Collection[int]) -> int:
    """This function will delete the frames of those entries that are on no list now, or name another film now."""
    rows = EntryFrames.objects.filter(entry_id__in=entries)
    named = EntryPrint.objects.filter(entry_id=OuterRef("entry_id"), value=OuterRef("digest"), type__in=DIGESTS)
    return rows.filter(~Q(entry__state=ACTIVE) | ~Exists(named)).delete()[0]


def list_probes(entries: Collection[int]) -> Iterator[Print]:
    """This function will give the frames of some entries, as pictures by which earlier films are searched."""
    rows = EntryFrames.objects.filter(entry_id__in=entries, entry__state=ACTIVE)
    for packed in rows.values_list("packed", flat=True):
        yield from (Print("PDQ", one.hash.hex(), one.quality) for one in unpack(bytes(packed)))


def look_up_film(prints: Sequence[FramePrint], *, test: bool = False) -> list[FilmMatch]:
    """This function will list the entries whose films agree with a film, the surest first; `film` is the entry."""
    votes = votes_of(prints, test=test)
    if votes:
        never = load_never()
        prints = [one for one in prints if not never.holds("PDQ", one.hash.hex())]
        seen = {(one.ms, one.form, one.is_trimmed) for one in prints}
        votes = [one for one in votes if (one.at_ms, one.form, one.is_trimmed) in seen]
    found = count(votes, [one.ms for one in prints]) if votes else []
    return [one for one in found if one.moments >= LEAST_MOMENTS]  # of a single one nothing lines up
