"""Taking entries onto lists: checks, the member's way of admission, and rows in bulk."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.known import SURVIVOR
from tipline.reference.hashlists.changing import Change, is_for_search, lock_lists, move_of, stamp, touch
from tipline.reference.hashlists.features import keep_features
from tipline.reference.hashlists.models import Entry, EntryPrint, HashList, Move
from tipline.reference.hashlists.never import first_never
from tipline.reference.hashlists.rules import admission_of, fault_of, tidied
from tipline.reference.hashlists.values import (
    ACTIVE,
    CLASSIFICATIONS,
    LARGE_TYPES,
    MEDIA,
    OUR_MEMBER,
    PROPOSED,
    SELF_REPORTED,
    SURVIVORS_LISTS,
    THREE_PEOPLE,
    NewEntry,
    Print,
)
from tipline.reference.partners import queries as partners
from tipline.reference.partners.values import PartnerLine

CHANGED = "tipline.pipeline.hash_changed"
_OPEN = (ACTIVE, PROPOSED)
_Key = tuple[int, int, str]  # list, member, the member's own id


@dataclass(frozen=True, slots=True)
class Admitted:
    """Our keys in the order of the proposals, and those that count at once and are looked for in earlier files."""

    keys: tuple[int, ...]
    active: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Checked:
    new: NewEntry
    hash_list: HashList
    state: str

    @property
    def key(self) -> _Key:
        return self.hash_list.id, self.new.member_id, self.new.entry_id


def admit(new: Sequence[NewEntry], by: Actor, now: datetime) -> Admitted:
    """This function will write proposed entries. Raises Refusal naming what is wrong; see `service.propose_many`."""
    checked = _check_all(new)
    _check_that_all_count(checked)
    known = _find_known(checked)
    before = {key: (row.state, row.round) for key, row in known.items()}
    rows = {each.key: _row(each, known.get(each.key), str(by), now) for each in checked}
    _write(rows, before)
    _write_prints(rows, checked)
    Move.objects.bulk_create(
        move_of(row, before.get(key, ("", 0))[0], Change(row.state, str(by)), now) for key, row in rows.items()
    )
    for locked in {each.hash_list.id: each.hash_list for each in checked}.values():
        touch(locked)
    return Admitted(
        keys=tuple(rows[each.key].id for each in checked),
        active=tuple(
            row.id for each in checked if is_for_search(each.hash_list, row := rows[each.key]) and row.state == ACTIVE
        ),
    )


def _check_all(new: Sequence[NewEntry]) -> list[_Checked]:
    slugs = {each.list_slug for each in new}
    ids = dict(HashList.objects.filter(slug__in=slugs).values_list("slug", "id"))
    if len(ids) < len(slugs):
        raise Refusal("no_such_list", "There is no such list.", field="list")
    locked = lock_lists(ids.values())
    members = {each: partners.find_partner(each) for each in {each.member_id for each in new}}
    return [_check(each, locked[ids[each.list_slug]], members[each.member_id]) for each in new]


def _check(new: NewEntry, locked: HashList, member: PartnerLine | None) -> _Checked:
    if member is None:
        raise Refusal("no_such_member", "There is no such member.", field="member")
    if new.media not in MEDIA:
        raise Refusal("bad_media", f"Choose one of: {', '.join(MEDIA)}.", field="media")
    if new.classification and new.classification not in CLASSIFICATIONS:
        raise Refusal("bad_classification", f"Choose one of: {', '.join(CLASSIFICATIONS)}.", field="classification")
    prints = tuple(tidied(each) for each in new.prints)
    _check_prints(prints)
    how = admission_of(locked.admission, member.kind, member.slug == OUR_MEMBER)
    if how == SELF_REPORTED and locked.slug not in SURVIVORS_LISTS:
        raise Refusal("wrong_list", "Survivors' hashes go out on the organisations' list alone.", field="list")
    # What three people have to judge carries no classification before they did; a survivor's never carries one.
    classification = "" if how in (THREE_PEOPLE, SELF_REPORTED) else new.classification
    entry_id = new.entry_id or secrets.token_hex(12)
    tidy = replace(new, prints=prints, entry_id=entry_id, classification=classification)
    return _Checked(tidy, locked, PROPOSED if how == THREE_PEOPLE else ACTIVE)


def _check_prints(prints: Sequence[Print]) -> None:
    if not prints or len({each.type for each in prints}) < len(prints):
        raise Refusal("bad_print", "Give at least one fingerprint, each type once.", field="fingerprints")
    for each in prints:
        if fault := fault_of(each):
            raise Refusal("bad_print", fault, field="fingerprints")


def _check_that_all_count(checked: Iterable[_Checked]) -> None:
    prints = ((each.type, each.value) for one in checked for each in one.new.prints)
    if kind := first_never(prints):
        raise Refusal(
            "never_counts", f"The {kind} is on the list of fingerprints that never count.", field="fingerprints"
        )


def _find_known(checked: Iterable[_Checked]) -> dict[_Key, Entry]:
    keys = {each.key for each in checked}
    found = Entry.objects.filter(
        hash_list_id__in={key[0] for key in keys}, member_id__in={key[1] for key in keys},
        entry_id__in={key[2] for key in keys},
    ).only("id", "hash_list_id", "member_id", "entry_id", "state", "round", "changed_at", "deleted_at")  # fmt: skip
    by_key = {(row.hash_list_id, row.member_id, row.entry_id): row for row in found}
    return {key: row for key, row in by_key.items() if key in keys}


def _row(checked: _Checked, known: Entry | None, by: str, now: datetime) -> Entry:
    new, moment = checked.new, stamp(checked.hash_list, now)
    if known is not None and known.state in _OPEN and checked.state == PROPOSED:
        raise Refusal("already_listed", "This entry is on the list, or waits for judgement.", field="entry")
    row = Entry(
        id=known.id if known else None, hash_list_id=checked.hash_list.id, member_id=new.member_id,
        entry_id=new.entry_id, media=new.media, classification=new.classification,
        categorizations=list(new.categorizations), state=checked.state, source=new.source, report_id=new.report_id,
        file_id=new.file_id, canary_of_id=new.canary_of, proposed_by=by, proposed_at=now,
    )  # fmt: skip
    row.changed_at = max(moment, known.changed_at) if known else moment
    if known is not None:
        row.deleted_at, row.round = known.deleted_at, known.round + 1
    return row


# A survivors' or partners' entry that comes again keeps its key; these are the columns that it replaces.
_REPLACED = (
    "media", "classification", "categorizations", "state", "source", "report_id", "file_id", "canary_of_id",
    "proposed_by", "proposed_at", "changed_at", "round",
)  # fmt: skip


def _write(rows: dict[_Key, Entry], before: dict[_Key, tuple[str, int]]) -> None:
    Entry.objects.bulk_create([row for key, row in rows.items() if key not in before], batch_size=1000)
    for key in before:
        values = {name: getattr(rows[key], name) for name in _REPLACED}
        Entry.objects.filter(pk=rows[key].id).update(**values)


def _write_prints(rows: dict[_Key, Entry], checked: Sequence[_Checked]) -> None:
    last = {each.key: each.new.prints for each in checked}
    EntryPrint.objects.filter(entry_id__in=[row.id for row in rows.values()]).delete()
    made = [_print(rows[key].id, one) for key, prints in last.items() for one in prints]
    EntryPrint.objects.bulk_create(made, batch_size=1000)
    keep_features({rows[each.key].id: each.new.features for each in checked if each.new.source != SURVIVOR})


def _print(entry: int, one: Print) -> EntryPrint:
    if one.type in LARGE_TYPES:
        return EntryPrint(entry_id=entry, type=one.type, data=base64.b64decode(one.value), quality=one.quality)
    return EntryPrint(entry_id=entry, type=one.type, value=one.value, quality=one.quality)
