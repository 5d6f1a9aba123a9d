"""Canary entries: made-up hashes that one partner alone is given, so that a leaked list says from where it leaked.

They are random, so they agree with no file; nothing is ever compared with them, and no other member sees them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min

from tipline.domain.actor import Actor
from tipline.platform.audit.act import Detail
from tipline.platform.audit.service import Act, record
from tipline.reference.hashlists.changing import Change, lock_lists, move_of, stamp, touch
from tipline.reference.hashlists.models import Entry, EntryPrint, HashList, Move
from tipline.reference.hashlists.values import ACTIVE, CLASSIFICATIONS, OUR_MEMBER
from tipline.reference.partners import queries as partners

A_PARTNER = 3  # of each list; a partner that drops one by chance still has two
_LENGTHS = {"MD5": 16, "SHA1": 20, "PDQ": 32}


@dataclass(frozen=True, slots=True)
class Planted:
    """Canaries of one partner on one list."""

    list_slug: str
    partner_name: str
    total: int
    since: datetime


@transaction.atomic
def plant(*, list_slug: str, partner_id: int, by: Actor, now: datetime) -> int:
    """This function will make up canary entries for a partner on a list, once, and return how many are new."""
    list_id = HashList.objects.values_list("id", flat=True).get(slug=list_slug)
    locked = lock_lists((list_id,))[list_id]
    ours = partners.find_partner_by_slug(OUR_MEMBER)
    missing = A_PARTNER - Entry.objects.filter(hash_list_id=list_id, canary_of_id=partner_id, state=ACTIVE).count()
    if ours is None or missing <= 0:
        return 0
    moment = stamp(locked, now)
    made = Entry.objects.bulk_create(_entry(locked, ours.id, partner_id, by, moment) for _ in range(missing))
    EntryPrint.objects.bulk_create(one for row in made for one in _prints(row))
    Move.objects.bulk_create(move_of(row, "", Change(ACTIVE, str(by), "canary"), now) for row in made)
    touch(locked)
    details: dict[str, Detail] = {"list": list_slug, "count": missing}
    record(Act(now, by, "hash.canaries_planted", "partner", str(partner_id), details=details))
    return missing


def _entry(locked: HashList, member: int, partner_id: int, by: Actor, moment: datetime) -> Entry:
    # It has to look like any other entry of ours.
    return Entry(
        hash_list_id=locked.id, member_id=member, entry_id=secrets.token_hex(12), media="image",
        classification=secrets.choice(CLASSIFICATIONS), state=ACTIVE, source="report", canary_of_id=partner_id,
        proposed_by=str(by), proposed_at=moment, changed_at=moment,
    )  # fmt: skip


def _prints(row: Entry) -> list[EntryPrint]:
    made = {kind: secrets.token_hex(length) for kind, length in _LENGTHS.items()}
    return [EntryPrint(entry=row, type=kind, value=value, quality=100) for kind, value in made.items()]


def _lines(rows: list[tuple[str, str, int, datetime]]) -> tuple[Planted, ...]:
    return tuple(Planted(*row) for row in rows)


def count(partner_id: int) -> tuple[Planted, ...]:
    """This function will count the canaries of a partner, list by list."""
    rows = Entry.objects.filter(canary_of_id=partner_id, state=ACTIVE).values("hash_list__slug", "canary_of__name")
    counted = rows.annotate(total=Count("id"), since=Min("changed_at")).order_by("hash_list__slug")
    return _lines(list(counted.values_list("hash_list__slug", "canary_of__name", "total", "since")))


def find(value: str) -> Planted | None:
    """This function will tell whose canary a hash is; None for everything else, known or not."""
    text = value.strip().lower()
    rows = EntryPrint.objects.filter(type__in=_LENGTHS, value=text, entry__canary_of__isnull=False)
    named = ("entry__hash_list__slug", "entry__canary_of__name", "entry__changed_at")
    found = rows.values_list(*named).first()
    return Planted(found[0], found[1], 1, found[2]) if found else None
