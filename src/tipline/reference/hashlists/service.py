"""Writes to hash lists: proposing, judging, withdrawing, voting, hits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record
from tipline.reference.hashlists import films, queries, seeding
from tipline.reference.hashlists.brake import hold_floods
from tipline.reference.hashlists.changing import Change, apply, is_for_search, lock_lists, touch, whole_second
from tipline.reference.hashlists.models import AccessGrant, Entry, HashList, Judgement, Vote
from tipline.reference.hashlists.proposing import CHANGED, admit
from tipline.reference.hashlists.rules import (
    DISPUTED,
    REJECT,
    SETTLED,
    Standing,
    Verdict,
    may_judge,
    standing_of,
    sum_up,
)
from tipline.reference.hashlists.values import (
    ACTIVE,
    AFFIRMATIVE,
    BLOCKED,
    CLASSIFICATIONS,
    DELETED,
    NEGATIVE,
    NOT_BLOCKED,
    PENDING,
    PROPOSED,
    REJECTED,
    Match,
    NewEntry,
    NewVote,
)

__all__ = [
    "CHANGED", "ensure_lists", "grant_access", "judge", "propose", "propose_many", "record_hits", "revoke_access",
    "settle", "vote", "withdraw",
]  # fmt: skip
VERDICTS = (*CLASSIFICATIONS, REJECT)
VOTES = (AFFIRMATIVE, NEGATIVE, BLOCKED, NOT_BLOCKED, PENDING)
_HITS = """
INSERT INTO hashlists_hit (report_id, file_id, at, came_before, entry_id, how, distance, form)
SELECT %s, %s, %s, %s < e.proposed_at, one.entry, one.how, one.distance, one.form
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[]) AS one(entry, how, distance, form)
JOIN hashlists_entry e ON e.id = one.entry
ON CONFLICT (entry_id, file_id) DO NOTHING RETURNING entry_id
"""
A_JOB = 500  # entries that one search of earlier files takes


def _audit(by: Actor, verb: str, now: datetime, kind: str, ident: int | str, **details: str | int) -> None:
    record(Act(at=now, actor=by, verb=verb, object_kind=kind, object_id=str(ident), details=details))


@transaction.atomic
def ensure_lists(*, now: datetime) -> None:
    """This function will enter the lists, their reasons and categorisations, and our own members, where missing."""
    seeding.seed(now)


@transaction.atomic
def propose(*, new: NewEntry, by: Actor, now: datetime) -> int:
    """This function will propose one entry and return our key of it; see `propose_many`."""
    return propose_many(new=(new,), by=by, now=now)[0]


@transaction.atomic
def propose_many(*, new: Sequence[NewEntry], by: Actor, now: datetime) -> tuple[int, ...]:
    """This function will propose entries and return our keys of them, in the same order; all or none.

    A survivor's and a partner's entries count at once; ours wait for three people. The same member and entry id again
    replaces a survivor's or a partner's entry, and begins another round where the entry was withdrawn or rejected.
    Raises Refusal `no_such_list`, `no_such_member`, `wrong_list`, `bad_print`, `bad_media`, `already_listed`.
    """
    admitted = admit(new, by, now)
    for list_slug in sorted({each.list_slug for each in new}):
        _audit(by, "hash.proposed", now, "hash_list", list_slug, count=sum(n.list_slug == list_slug for n in new))
    _tell_pipeline(admitted.active)
    return admitted.keys


def _tell_pipeline(keys: Sequence[int]) -> None:
    for start in range(0, len(keys), A_JOB):
        jobs.defer(CHANGED, entries=list(keys[start : start + A_JOB]))


@transaction.atomic
def judge(*, entry: int, verdict: str, note: str, by: Actor, now: datetime) -> Standing:
    """This function will keep one person's verdict; with the one that settles it, the entry counts or is rejected.

    Raises Refusal `no_such_choice`, `not_waiting`, or `may_not_judge`: not who proposed it, not twice, people only.
    """
    if verdict not in VERDICTS:
        raise Refusal("no_such_choice", f"Choose one of: {', '.join(VERDICTS)}.", field="verdict")
    locked, row = _locked(entry)
    if row.state != PROPOSED:
        raise Refusal("not_waiting", "This entry no longer waits for judgement.")
    given = _verdicts(row)
    if by.kind is not ActorKind.USER or not may_judge(str(by), row.proposed_by, given):
        raise Refusal("may_not_judge", "Somebody else has to judge this one: you proposed it, or judged it before.")
    settles = standing_of(given).state == DISPUTED
    _keep_judgement(row, Verdict(str(by), verdict, settles), note.strip()[:300], by, now)
    standing = standing_of((*given, Verdict(str(by), verdict, settles)))
    if standing.state == SETTLED:
        _conclude(row, standing.verdict, locked, by, now)
    return standing


def _locked(entry: int) -> tuple[HashList, Entry]:
    list_id = Entry.objects.filter(pk=entry).values_list("hash_list_id", flat=True).first()
    if list_id is None:
        raise Refusal("no_such_entry", "There is no such entry.")
    locked = lock_lists((list_id,))[list_id]
    return locked, Entry.objects.get(pk=entry)


def _verdicts(row: Entry) -> list[Verdict]:
    given = Judgement.objects.filter(entry_id=row.id, round=row.round).order_by("id")
    return [Verdict(*each) for each in given.values_list("reviewer", "verdict", "settles")]


def _keep_judgement(row: Entry, said: Verdict, note: str, by: Actor, now: datetime) -> None:
    kept = Judgement.objects.create(
        entry_id=row.id, round=row.round, reviewer=said.reviewer, verdict=said.verdict, settles=said.settles,
        note=note, at=now,
    )  # fmt: skip
    # The audit ties the row without telling the verdict: who reads the audit may have to judge the same entry.
    written = "\n".join((str(kept.id), str(row.id), str(row.round), said.reviewer, said.verdict, note, now.isoformat()))
    digest = hashlib.sha256(written.encode()).hexdigest()
    _audit(by, "hash.judged", now, "hash_entry", row.id, round=row.round, settles=int(said.settles), digest=digest)


def _conclude(row: Entry, verdict: str, locked: HashList, by: Actor, now: datetime) -> None:
    if verdict == REJECT:
        apply(row, Change(REJECTED, str(by)), locked=locked, now=now)
    else:
        row.classification = verdict
        apply(row, Change(ACTIVE, str(by)), locked=locked, now=now)
        if is_for_search(locked, row):
            _tell_pipeline((row.id,))
    touch(locked)
    _audit(by, "hash.settled", now, "hash_entry", row.id, list=locked.slug, verdict=verdict)


@transaction.atomic
def withdraw(*, entries: Sequence[int], by: Actor, now: datetime, reason: str = "") -> int:
    """This function will take entries off their lists and return how many; each leaves a tombstone for ever.

    A proposed one was never served and is rejected; what is gone already stays as it is.
    """
    lists = Entry.objects.filter(pk__in=entries).values_list("hash_list_id", flat=True)
    locked = lock_lists(lists)
    rows = list(Entry.objects.filter(pk__in=entries, state__in=(PROPOSED, ACTIVE)).order_by("id"))
    for row in rows:
        to_state = DELETED if row.state == ACTIVE else REJECTED
        apply(row, Change(to_state, str(by), reason), locked=locked[row.hash_list_id], now=now)
        _audit(by, "hash.withdrawn", now, "hash_entry", row.id, list=locked[row.hash_list_id].slug)
    for list_id in {row.hash_list_id for row in rows}:
        touch(locked[list_id])
    _tell_pipeline([row.id for row in rows if row.state == DELETED and is_for_search(locked[row.hash_list_id], row)])
    return len(rows)


@transaction.atomic
def settle(*, list_slug: str, to: datetime, now: datetime) -> datetime:
    """This function will promise a window whole and return its end, in whole seconds: at most `to`, at most now.

    It waits for changes in progress; whatever changes later is stamped after the returned end. A door calls it before
    it reads the first page of a window. Raises Refusal `no_such_list`.
    """
    until = whole_second(min(to, now))
    settled = HashList.objects.filter(slug=list_slug).values_list("settled_to", flat=True).first()
    if settled is not None and settled >= until:
        return until
    row = HashList.objects.select_for_update(no_key=True).filter(slug=list_slug).first()
    if row is None:
        raise Refusal("no_such_list", "There is no such list.")
    if row.settled_to is None or row.settled_to < until:
        row.settled_to = until
        row.save(update_fields=["settled_to"])
    return until


@transaction.atomic
def vote(*, entry: int, vote: NewVote, by: Actor, now: datetime) -> None:
    """This function will keep what a partner says of one fingerprint of an entry; the last word counts.

    A vote does not move the entry's time. Raises Refusal `no_such_choice`, `no_such_entry`, `no_such_print`,
    `own_entry`, `no_such_reason`.
    """
    if vote.verdict not in VOTES:
        raise Refusal("no_such_choice", f"Choose one of: {', '.join(VOTES)}.", field="verdict")
    found = queries.find_visible(entry, vote.partner_id)
    if found is None or found.state != ACTIVE:
        raise Refusal("no_such_entry", "There is no such entry.")
    if vote.type not in {each.type for each in found.prints}:
        raise Refusal("no_such_print", "The entry has no fingerprint of this type.", field="type")
    if found.member_id == vote.partner_id:
        raise Refusal("own_entry", "A member cannot vote on its own entry.")
    _check_reasons(found.list_slug, vote)
    kept = {"verdict": vote.verdict, "reasons": list(vote.reasons), "tags": list(vote.tags), "at": now}
    before = _said(entry)
    Vote.objects.update_or_create(entry_id=entry, type=vote.type, partner_id=vote.partner_id, defaults=kept)
    if _said(entry) != before:  # reports whose files agreed with it before are told now
        jobs.defer(CHANGED, queueing_lock=f"voted:{entry}", entries=[entry])
    _audit(by, "hash.voted", now, "hash_entry", entry, partner=vote.partner_id, type=vote.type, verdict=vote.verdict)


def _said(entry: int) -> str:
    said = set(Vote.objects.filter(entry_id=entry).values_list("partner_id", "verdict"))
    verdicts = [verdict for _, verdict in said]
    return sum_up(verdicts.count(AFFIRMATIVE), verdicts.count(NEGATIVE))


def _check_reasons(list_slug: str, vote: NewVote) -> None:
    if vote.verdict != NEGATIVE:
        return
    known = {each.guid for each in queries.list_reasons(list_slug, vote.type)}
    if not vote.reasons or not known.issuperset(vote.reasons):
        raise Refusal("no_such_reason", "Give at least one of the reasons that this list offers.", field="reasonIds")


@transaction.atomic
def record_hits(*, report_id: int, file_id: str, came_at: datetime, matches: Sequence[Match], now: datetime) -> int:
    """This function will count that a file agreed with entries, each once, and return how many are new.

    An entry that agrees with too many files in a day is held (`brake`).
    came_at: when the report came in.
    """
    found = [(each.entry, each.how, each.distance, each.form) for each in matches]
    if not found:
        return 0
    with connection.cursor() as cursor:
        columns = (list(column) for column in zip(*found, strict=True))
        cursor.execute(_HITS, [report_id, file_id, now, came_at, *columns])
        fresh = [entry for (entry,) in cursor.fetchall()]
    hold_floods(fresh, now)
    # A file that is a listed film, by its bytes, is one whose frames can be hashed.
    same = [one.entry for one in matches if one.entry in fresh and one.how in films.DIGESTS]
    for entry in films.list_wanting(same) if same else ():
        jobs.defer(CHANGED, queueing_lock=f"frames:{entry}", entries=[entry])
    return len(fresh)


@transaction.atomic
def grant_access(*, list_slug: str, owner: int, granted: Iterable[int], by: Actor, now: datetime) -> None:
    """This function will let other members see an owner's entries; the first grant hides them from all the rest."""
    hash_list = queries.require_list(list_slug)
    for partner_id in granted:
        AccessGrant.objects.bulk_create(
            [AccessGrant(hash_list_id=hash_list.id, owner_id=owner, granted_id=partner_id)], ignore_conflicts=True
        )
        _audit(by, "hash.access_granted", now, "hash_list", list_slug, owner=owner, partner=partner_id)


@transaction.atomic
def revoke_access(*, list_slug: str, owner: int, granted: int, by: Actor, now: datetime) -> None:
    """This function will take a grant back; with the last one everybody sees the owner's entries again."""
    hash_list = queries.require_list(list_slug)
    gone, _ = AccessGrant.objects.filter(hash_list_id=hash_list.id, owner_id=owner, granted_id=granted).delete()
    if gone:
        _audit(by, "hash.access_revoked", now, "hash_list", list_slug, owner=owner, partner=granted)
