"""Writes to survivors' cases. Only hashes arrive here; what is sealed here can be opened by others alone."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from django.db import IntegrityError, transaction

from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.platform import program_secrets
from tipline.platform.audit.service import Act, Outcome, record
from tipline.platform.vault.fields import seal_field
from tipline.programs.survivors import brakes, queries, rules
from tipline.programs.survivors.models import Case, CaseFile, HandOver
from tipline.programs.survivors.rules import Hashed
from tipline.programs.survivors.scoping import case_scope, keyed
from tipline.reference.hashlists import queries as lists
from tipline.reference.hashlists import service as hashlists
from tipline.reference.hashlists.values import SURVIVORS_MEMBER, NewEntry, Print
from tipline.reference.partners import queries as partners

LIST = "npo"
BY = system("survivors")  # on the list nobody stands behind an entry but the member


@dataclass(frozen=True, slots=True)
class NewCase:
    """What somebody asks for. `pin` empty: one is made. `once` is the secret of the page that asks."""

    for_whom: str
    hashes: tuple[Hashed, ...]
    known_where: str = ""
    platforms: tuple[str, ...] = ()
    pin: str = ""
    once: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh case. Number and PIN are shown this once and kept nowhere."""

    number: str
    pin: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How the support organisation reaches somebody, in the person's own words; sealed at once."""

    partner_id: int
    name: str
    contact: str
    when: str = ""
    wants_news: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """A trusted person, and whether they may be told; sealed at once."""

    trusted_name: str
    trusted_contact: str
    may_tell: bool


def _audit(by: Actor, verb: str, now: datetime, ident: str, **details: str | int) -> None:
    record(Act(at=now, actor=by, verb=verb, object_kind="survivor_case", object_id=ident, details=details))


def open_case(*, new: NewCase, by: Actor, now: datetime) -> Opened:
    """This function will put the hashes of a case on the list and return its number and PIN, once.

    The same page sent twice, by a second press or a reload, is one case with one number and one PIN.
    Raises Refusal `too_many`, `pin_wrong`, `pin_weak`, `no_hashes`, `no_such_choice`.
    """
    _check(new)
    seed = _seed(new)
    pin = rules.check_pin(new.pin) if new.pin.strip() else _new_pin(seed)
    opened = Opened(rules.number_of(_random("number", seed, rules.NUMBER_DIGITS - 1)), pin)
    if _is_open(opened):
        return opened
    brakes.count_new_case(origin=by.origin, now=now)
    try:
        _open(new, opened, by, now)
    except IntegrityError:
        # Two presses at one moment: the other one made the case.
        if not _is_open(opened):
            raise
    return opened


def _open(new: NewCase, opened: Opened, by: Actor, now: datetime) -> None:
    with case_scope(opened.number) as digest:
        row = Case.objects.create(
            id=secrets.token_hex(16), number_hmac_sha256=digest, pin_argon2id=_pin_hash(opened.number, opened.pin),
            for_whom=new.for_whom, known_where=new.known_where, platforms=list(new.platforms), opened_at=now,
        )  # fmt: skip
        _list_files(row, new.hashes, now)
        _audit(by, "survivor.case_opened", now, row.id, files=len(new.hashes), for_whom=new.for_whom)


def _is_open(opened: Opened) -> bool:
    with case_scope(opened.number) as digest:
        row = Case.objects.filter(number_hmac_sha256=digest).only("pin_argon2id").first()
        return row is not None and program_secrets.matches(row.pin_argon2id, _peppered(opened.number, opened.pin))


def _seed(new: NewCase) -> str:
    """What is asked, and the page's secret: another file or another PIN is another case."""
    asked = [new.for_whom, sorted(one.sha256 for one in new.hashes), new.pin]
    return f"{new.once or secrets.token_hex(16)}:{json.dumps(asked)}"


def _random(what: str, seed: str, digits: int) -> int:
    return int(int.from_bytes(keyed(f"fresh {what}", seed)) % 10**digits)


def _check(new: NewCase) -> None:
    if not 1 <= len(new.hashes) <= rules.MOST_FILES:
        raise Refusal("no_hashes", "Choose at least one picture or video.", field="hashes")
    fits = new.for_whom in rules.FOR_WHOM and new.known_where in rules.KNOWN_WHERE
    if not fits or not set(new.platforms) <= set(rules.PLATFORMS):
        raise Refusal("no_such_choice", "Please choose one of the answers.")


def _new_pin(seed: str) -> str:
    for attempt in count():
        with suppress(Refusal):
            return rules.check_pin(f"{_random(f'PIN {attempt}', seed, rules.LEAST_PIN):0{rules.LEAST_PIN}d}")
    raise AssertionError("a weak PIN is rare")


def _peppered(number: str, pin: str) -> str:
    # Six digits alone are guessed in minutes from a stolen database; with a key that is not in it they are not.
    return keyed("pin", f"{number}:{pin}").hex()


def _pin_hash(number: str, pin: str) -> str:
    return program_secrets.hash_secret(_peppered(number, pin))


def _list_files(row: Case, hashes: Sequence[Hashed], now: datetime) -> None:
    member = partners.find_partner_by_slug(SURVIVORS_MEMBER)
    if member is None:
        raise RuntimeError("the survivors' member is missing: start Tipline once, which enters it")
    new = [
        NewEntry(list_slug=LIST, member_id=member.id, media=one.media, prints=_prints(one), source="survivor")
        for one in hashes
    ]
    entries = hashlists.propose_many(new=new, by=BY, now=now)
    CaseFile.objects.bulk_create(
        CaseFile(case=row, entry=entry, media=one.media, has_look=bool(one.pdq), added_at=now)
        for entry, one in zip(entries, hashes, strict=True)
    )


def _prints(one: Hashed) -> tuple[Print, ...]:
    exact = (Print("MD5", one.md5), Print("SHA256", one.sha256))
    return (*exact, Print("PDQ", one.pdq, one.quality)) if one.pdq else exact


def enter(*, number: str, pin: str, by: Actor, now: datetime) -> str:
    """This function will let in whoever has number and PIN, and return the number as digits.

    Raises Refusal `number_typo`, `too_many`, and `no_such_case` for an unknown number and a wrong PIN alike, after the
    same time.
    """
    digits = rules.read_number(number)
    plain = "".join(sign for sign in pin if sign.isdigit())[: rules.MOST_PIN + 1]
    brakes.count_pin_try(number=digits, origin=by.origin, now=now)
    with case_scope(digits) as digest:
        row = Case.objects.filter(number_hmac_sha256=digest).only("id", "pin_argon2id").first()
        if program_secrets.matches(row.pin_argon2id if row else None, _peppered(digits, plain)) and row is not None:
            brakes.forget_tries(digits)
            _audit(by, "survivor.case_viewed", now, row.id)
            return digits
        refused = Act(now, by, "survivor.pin_refused", "survivor_case", row.id if row else "unknown", Outcome.REFUSED)
        record(refused)
    raise Refusal("no_such_case", "Case number and PIN do not fit together. Please compare both with your note.")


def note_look(*, number: str, now: datetime) -> None:
    """This function will remember when the person last looked."""
    with case_scope(number) as digest:
        Case.objects.filter(number_hmac_sha256=digest).update(last_seen_at=now)


def withdraw(*, number: str, by: Actor, now: datetime) -> int:
    """This function will take all hashes of a case off the list at once, and end its hand-over; returns how many.

    Consumers get tombstones. Twice is harmless. Raises Refusal `no_such_case`.
    """
    with case_scope(number) as digest:
        row = _locked(digest)
        if row.withdrawn_at is not None:
            return 0
        entries = list(CaseFile.objects.filter(case_id=row.id).values_list("entry", flat=True))
        gone = hashlists.withdraw(entries=entries, by=BY, now=now, reason="survivor")
        # What is no longer needed goes: whom it was for and when it ended stay, for counting.
        Case.objects.filter(pk=row.id).update(withdrawn_at=now, wishes_sealed=None, known_where="", platforms=[])
        _revoke(row.id, by, now)
        _audit(by, "survivor.case_withdrawn", now, row.id, entries=gone)
    return gone


def _locked(digest: bytes) -> Case:
    rows = Case.objects.select_for_update().filter(number_hmac_sha256=digest).only("id", "for_whom", "withdrawn_at")
    row = rows.first()
    if row is None:
        raise Refusal("no_such_case", "There is no such case.")
    return row


def ask_support(*, number: str, reach: Reach, by: Actor, now: datetime) -> None:
    """This function will hand a case over to a support organisation, with the person's consent.

    Raises Refusal `no_such_partner`, `no_contact`, `withdrawn`, `asked_before`.
    """
    allowed = {each.id for each in partners.find_partners_with("SUPPORT", on=now.date())}
    if reach.partner_id not in allowed:
        raise Refusal("no_such_partner", "Please choose one of the organisations.", field="partner")
    if not reach.contact.strip():
        raise Refusal("no_contact", "Tell them how they can reach you.", field="contact")
    with case_scope(number) as digest:
        row = _locked(digest)
        if row.withdrawn_at is not None:
            raise Refusal("withdrawn", "This case was withdrawn.")
        if HandOver.objects.filter(case_id=row.id, state__in=rules.MOVES).exists():
            raise Refusal("asked_before", "You asked for support already. You can take that back first.")
        _hand_over(row, reach, now)
        _audit(by, "survivor.support_asked", now, row.id, partner=reach.partner_id)


def _hand_over(row: Case, reach: Reach, now: datetime) -> None:
    ident = secrets.token_hex(16)
    told = json.dumps({"name": reach.name.strip(), "contact": reach.contact.strip(), "when": reach.when.strip()})
    HandOver.objects.create(
        id=ident, case_id=row.id, partner_id=reach.partner_id, for_whom=row.for_whom, state=rules.WAITING,
        reach_sealed=seal_field(told.encode(), queries.reach_context(ident)), wants_news=reach.wants_news,
        consented_at=now, follow_up_on=(now + rules.FIRST_FOLLOW_UP).date(), moved_at=now,
    )  # fmt: skip


def revoke_support(*, number: str, by: Actor, now: datetime) -> None:
    """This function will take a hand-over back; how to reach the person is deleted."""
    with case_scope(number) as digest:
        _revoke(_locked(digest).id, by, now)


def _revoke(case_id: str, by: Actor, now: datetime) -> None:
    open_rows = HandOver.objects.filter(case_id=case_id, state__in=rules.MOVES)
    if open_rows.update(state=rules.REVOKED, reach_sealed=None, follow_up_on=None, moved_at=now, moved_by=""):
        _audit(by, "survivor.support_revoked", now, case_id)


def keep_wishes(*, number: str, wishes: Wishes, by: Actor, now: datetime) -> None:
    """This function will seal whom the person trusts; an empty one deletes what was kept.

    Raises Refusal `withdrawn`.
    """
    told = {"name": wishes.trusted_name.strip(), "contact": wishes.trusted_contact.strip(), "may_tell": wishes.may_tell}
    with case_scope(number) as digest:
        row = _locked(digest)
        if row.withdrawn_at is not None:
            raise Refusal("withdrawn", "This case was withdrawn.")
        sealed = seal_field(json.dumps(told).encode(), queries.wishes_context(row.id)) if told["contact"] else None
        Case.objects.filter(pk=row.id).update(wishes_sealed=sealed)
        _audit(by, "survivor.wishes_kept", now, row.id)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a hand-over as the desk notes it."""

    state: str
    follow_up_on: date | None


@transaction.atomic
def move_hand_over(*, ident: str, step: Step, by: Actor, now: datetime) -> None:
    """This function will note a step of a hand-over and the day on which somebody looks again.

    Raises Refusal `no_hand_over`, `wrong_state`, `no_follow_up`. With the end how to reach the person is deleted.
    """
    row = HandOver.objects.select_for_update().filter(pk=ident).only("id", "state").first()
    if row is None:
        raise Refusal("no_hand_over", "There is no such hand-over.")
    rules.check_follow_up(row.state, step.state, step.follow_up_on, now.date())
    kept = {"state": step.state, "follow_up_on": step.follow_up_on, "news_at": None}
    if step.state == rules.ENDED:
        kept |= {"follow_up_on": None, "reach_sealed": None}
    HandOver.objects.filter(pk=ident).update(**kept, moved_at=now, moved_by=str(by))
    record(Act(now, by, "survivor.support_moved", "hand_over", ident, details={"state": step.state}))


@transaction.atomic
def note_news(*, now: datetime) -> int:
    """This function will mark the hand-overs of people who want to be told and whose pictures were found again."""
    told = 0
    for row in HandOver.objects.filter(wants_news=True, state__in=rules.MOVES).only("id", "case_id", "found"):
        entries = list(CaseFile.objects.filter(case_id=row.case_id).values_list("entry", flat=True))
        found = lists.count_hits(entries).found
        if found > row.found:
            told += HandOver.objects.filter(pk=row.id).update(found=found, news_at=now)
    return told


def clear_tries(*, now: datetime) -> int:
    """This function will delete spent counts of the brakes, and tell how many."""
    return brakes.clear(now)
