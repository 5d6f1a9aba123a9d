"""Two brakes on lists: an entry that suddenly agrees with very many files is held; some fingerprints never count.

A held entry stays on its list and with the files that it was found in; it is looked up no more until a supervisor
releases or withdraws it. One that was released is not held again: some pictures are sent a million times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record
from tipline.platform.config import settings
from tipline.reference.hashlists.models import EntryHold, NeverCounts
from tipline.reference.hashlists.proposing import CHANGED
from tipline.reference.hashlists.rules import fault_of, tidied
from tipline.reference.hashlists.values import ACTIVE, LARGE_TYPES, HoldLine, Print

DAY = timedelta(days=1)
BY = system("hashlists")
_MANY = """
SELECT asked.entry FROM unnest(%s::bigint[]) AS asked(entry)
WHERE NOT EXISTS (SELECT FROM hashlists_entryhold h WHERE h.entry_id = asked.entry)
AND (SELECT count(*) FROM (
  SELECT FROM hashlists_hit i WHERE i.entry_id = asked.entry AND i.at > %s LIMIT %s
) AS counted) >= %s
ORDER BY asked.entry
"""


def hold_floods(entries: Collection[int], now: datetime) -> int:
    """This function will hold those of some entries that agreed with too many files within a day; how many were."""
    most = settings().flood_files
    if not entries or not most:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [list(entries), now - DAY, most, most])
        flooding = [entry for (entry,) in cursor.fetchall()]
    held = [EntryHold(entry_id=entry, files=most, held_at=now) for entry in flooding]
    EntryHold.objects.bulk_create(held, ignore_conflicts=True)  # two workers may see it at the same time
    for entry in flooding:
        _audit(BY, "hash.held", now, "hash_entry", entry, count=most)
    return len(flooding)


@transaction.atomic
def release(*, entry: int, reason: str, by: Actor, now: datetime) -> None:
    """This function will let a held entry count again, and send earlier files to be looked at once more.

    Raises Refusal `reason_missing`, `not_held`.
    """
    if not reason.strip():
        raise Refusal("reason_missing", "Say why so many files agree with it.", field="reason")
    rows = EntryHold.objects.filter(entry_id=entry, released_at=None)
    if not rows.update(released_at=now, released_by=str(by), reason=reason.strip()[:300]):
        raise Refusal("not_held", "This entry is not held.")
    jobs.defer(CHANGED, entries=[entry])
    _audit(by, "hash.released", now, "hash_entry", entry)


_SHOWN = (
    "entry_id", "files", "held_at", "entry__hash_list__name", "entry__member__name", "released_at", "released_by",
    "reason",
)  # fmt: skip


def list_held() -> tuple[HoldLine, ...]:
    """This function will list the entries that are held now, the latest first."""
    rows = EntryHold.objects.filter(released_at=None, entry__state=ACTIVE).order_by("-held_at", "-id")
    return tuple(HoldLine(*row) for row in rows.values_list(*_SHOWN))


def find_hold(entry: int) -> HoldLine | None:
    """This function will find the hold of an entry, also one that was released."""
    row = EntryHold.objects.filter(entry_id=entry).values_list(*_SHOWN).first()
    return HoldLine(*row) if row else None


def held_among(entries: Iterable[int]) -> frozenset[int]:
    """This function will tell which of some entries are held now."""
    rows = EntryHold.objects.filter(entry_id__in=set(entries), released_at=None, entry__state=ACTIVE)
    return frozenset(rows.values_list("entry_id", flat=True))


@transaction.atomic
def never_count(*, found: Print, reason: str, by: Actor, now: datetime) -> None:
    """This function will keep a fingerprint that never counts.

    Raises Refusal `bad_print`, `reason_missing`, `is_there`.
    """
    one = tidied(found._replace(quality=0))
    if fault := fault_of(one) or ("It is kept with its entry alone." if one.type in LARGE_TYPES else ""):
        raise Refusal("bad_print", fault, field="value")
    if not reason.strip():
        raise Refusal("reason_missing", "Say what it is, and why it must not count.", field="reason")
    kept = NeverCounts(type=one.type, value=one.value, reason=reason.strip()[:300], by=str(by), at=now)
    if NeverCounts.objects.filter(type=one.type, value=one.value, ended_at=None).exists():
        raise Refusal("is_there", "It is on this list already.", field="value")
    kept.save()
    _audit(by, "hash.never", now, "hash_never", kept.id, type=one.type)


@transaction.atomic
def count_again(*, number: int, by: Actor, now: datetime) -> None:
    """This function will let a fingerprint count again. Raises Refusal `not_there`."""
    if not NeverCounts.objects.filter(pk=number, ended_at=None).update(ended_at=now, ended_by=str(by)):
        raise Refusal("not_there", "It is not on this list.")
    _audit(by, "hash.counts_again", now, "hash_never", number)


def _audit(by: Actor, verb: str, now: datetime, kind: str, ident: int, **details: str | int) -> None:
    record(Act(at=now, actor=by, verb=verb, object_kind=kind, object_id=str(ident), details=details))
