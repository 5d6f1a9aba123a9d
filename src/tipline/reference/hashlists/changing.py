"""How an entry changes: under its list's lock, with a stamp that no consumer has paged past, and a line in its story.

Order of commits and order of stamps. A consumer asks for changes from its last `to` on, and must not miss one that
began earlier and committed later. So whoever changes entries first locks the list's row until the commit, and a door
that promises a window whole raises `settled_to` under the same lock: it waits for changes in progress, and whatever
comes later is stamped after the window's end. Entries leave a settled window when they change; none ever enters it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tipline.domain.known import SURVIVOR
from tipline.reference.hashlists.models import Entry, EntryFeatures, EntryPrint, HashList, Move, WithdrawnPrint
from tipline.reference.hashlists.values import DELETED, TEST_LISTS

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Change:
    """Where an entry goes, by whom and why. `reason` is a sentence that stays inside the house."""

    to_state: str
    by: str
    reason: str = ""


def lock_lists(ids: Iterable[int]) -> dict[int, HashList]:
    """This function will lock lists until the transaction ends, always in the same order."""
    rows = HashList.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("id")
    return {row.id: row for row in rows}


def whole_second(moment: datetime) -> datetime:
    """This function will cut a moment to the second, which is all that the wire carries."""
    return moment.replace(microsecond=0)


def stamp(locked: HashList, now: datetime) -> datetime:
    """This function will give the time of a change: now, or the second after the latest settled window."""
    moment = whole_second(now)
    if locked.settled_to is not None and moment <= locked.settled_to:
        return whole_second(locked.settled_to) + SECOND
    return moment


def touch(locked: HashList) -> None:
    """This function will give a list a new edition, so that no cache takes an older one for it."""
    locked.edition = secrets.randbits(62)
    locked.save(update_fields=["edition"])


def apply(entry: Entry, change: Change, *, locked: HashList, now: datetime) -> None:
    """This function will move an entry and write it into its story; a tombstone loses its fingerprints."""
    before, entry.state = entry.state, change.to_state
    entry.changed_at = max(stamp(locked, now), entry.changed_at)
    if change.to_state == DELETED:
        entry.deleted_at = now
        _keep_withdrawn(entry, now)
        EntryPrint.objects.filter(entry_id=entry.id).delete()
        if entry.source != SURVIVOR:  # theirs never have any, and their door may not touch others'
            EntryFeatures.objects.filter(entry_id=entry.id).delete()
    entry.save(update_fields=["state", "classification", "categorizations", "changed_at", "deleted_at"])
    write_move(entry, before, change, now)


def _keep_withdrawn(entry: Entry, now: datetime) -> None:
    if entry.source != SURVIVOR:
        return
    prints = EntryPrint.objects.filter(entry_id=entry.id, type__in=("PDQ", "MD5")).values_list("type", "value")
    WithdrawnPrint.objects.bulk_create(
        WithdrawnPrint(entry_id=entry.id, type=kind, value=value, at=now) for kind, value in prints
    )


def write_move(entry: Entry, before: str, change: Change, now: datetime) -> None:
    """This function will write one line into an entry's story."""
    Move.objects.bulk_create([move_of(entry, before, change, now)])


def move_of(entry: Entry, before: str, change: Change, now: datetime) -> Move:
    """This function will make one line of an entry's story."""
    return Move(
        entry_id=entry.id, from_state=before, to_state=change.to_state, classification=entry.classification,
        by=change.by, reason=change.reason[:300], at=now,
    )  # fmt: skip


def is_for_search(locked: HashList, entry: Entry) -> bool:
    """This function will say whether earlier files are searched for an entry: not for made-up ones."""
    return locked.slug not in TEST_LISTS and entry.canary_of_id is None
