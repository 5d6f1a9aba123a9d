"""The two brakes on hash lists: an entry that is suddenly in very many files, and fingerprints that never count."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.integration import hashlists_world as world

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.platform.config import settings
from tipline.reference.hashlists import brake, queries, service
from tipline.reference.hashlists.never import list_never, load_never
from tipline.reference.hashlists.values import Print

pytestmark = pytest.mark.django_db
SUPERVISOR = Actor(ActorKind.USER, "sue", role="SUPERVISOR")
AsRole = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def now(db: None, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    service.ensure_lists(now=fixed_now)
    braked = replace(settings(), flood_files=5)
    monkeypatch.setattr(brake, "settings", lambda: braked)
    return fixed_now


def hit(seed: object, files: range, now: datetime) -> None:
    """Files agree with an entry, one after the other."""
    for number in files:
        matches = queries.look_up(world.prints(seed))
        service.record_hits(report_id=7, file_id=f"{number:032x}", came_at=now, matches=matches, now=now)


def test_an_entry_that_is_suddenly_in_many_files_is_held_and_another_is_not(now: datetime) -> None:
    flooding, other = world.listed("a", now), world.listed("b", now)
    hit("a", range(4), now)
    hit("b", range(4), now)
    assert brake.list_held() == ()
    hit("a", range(3, 9), now)  # one of them was counted before
    (held,) = brake.list_held()
    assert (held.entry, held.files, held.list_name) == (flooding, 5, "Industry: child sexual abuse material")
    assert queries.look_up(world.prints("a")) == ()
    assert queries.count_hits((flooding,)).found == 5
    assert [each.entry for each in queries.look_up(world.prints("b"))] == [other]
    assert brake.held_among([flooding, other]) == {flooding}


def test_as_many_files_over_several_days_are_no_flood(now: datetime) -> None:
    world.listed("a", now)
    for day in range(4):
        hit("a", range(day * 3, day * 3 + 3), now + timedelta(days=2 * day))
    assert brake.list_held() == ()


def test_a_released_entry_counts_again_and_is_not_held_twice(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    key = world.listed("a", now)
    hit("a", range(6), now)
    told = list[object]()
    monkeypatch.setattr(brake.jobs, "defer", lambda task, **given: told.append((task, given)))
    with pytest.raises(Refusal, match="reason_missing"):
        brake.release(entry=key, reason=" ", by=SUPERVISOR, now=now)
    brake.release(entry=key, reason="sent about by many", by=SUPERVISOR, now=now)
    assert told == [(service.CHANGED, {"entries": [key]})]
    hit("a", range(10, 30), now)
    assert [each.entry for each in queries.look_up(world.prints("a"))] == [key]
    kept = brake.find_hold(key)
    assert kept is not None
    assert (kept.reason, kept.released_by) == ("sent about by many", str(SUPERVISOR))
    with pytest.raises(Refusal, match="not_held"):
        brake.release(entry=key, reason="again", by=SUPERVISOR, now=now)


def test_a_held_entry_that_is_withdrawn_is_no_longer_shown_as_held(now: datetime) -> None:
    key = world.listed("a", now)
    hit("a", range(6), now)
    service.withdraw(entries=(key,), by=SUPERVISOR, now=now, reason="an avatar")
    assert brake.list_held() == ()


def never(found: Print, now: datetime) -> None:
    brake.never_count(found=found, reason="the avatar of a new account", by=SUPERVISOR, now=now)


@pytest.mark.parametrize(("flipped", "counts"), [(0, False), (31, False), (32, True)])
def test_what_is_near_to_a_picture_that_never_counts_agrees_with_nothing(
    now: datetime, flipped: int, counts: bool
) -> None:
    world.listed("a", now)
    never(Print("PDQ", world.pdq("a")), now)
    found = queries.look_up([Print("PDQ", world.pdq("a", 20), 90)])
    assert found == ()
    moved = world.pdq("a", flipped)
    assert bool(brake_free(moved)) is counts


def brake_free(value: str) -> bool:
    """Whether a fingerprint may come onto a list."""
    return not load_never().holds("PDQ", value)


def test_a_digest_that_never_counts_leaves_the_others_of_the_same_file(now: datetime) -> None:
    key = world.listed("a", now)
    sha256 = next(one for one in world.prints("a") if one.type == "SHA256")
    never(sha256._replace(value=sha256.value.upper()), now)
    assert queries.look_up([sha256]) == ()
    assert [(each.entry, each.how) for each in queries.look_up(world.prints("a"))] == [(key, "SHA1")]


def test_no_entry_comes_onto_a_list_by_what_never_counts_until_it_counts_again(now: datetime) -> None:
    md5 = next(one for one in world.prints("a") if one.type == "MD5")
    never(md5, now)
    with pytest.raises(Refusal, match="never_counts"):
        service.propose(new=world.ours("a"), by=world.BY, now=now)
    with pytest.raises(Refusal, match="is_there"):
        never(md5, now)
    (line,) = list_never()
    assert (line.type, line.reason, line.by) == ("MD5", "the avatar of a new account", str(SUPERVISOR))
    brake.count_again(number=line.id, by=SUPERVISOR, now=now)
    assert service.propose(new=world.ours("a"), by=world.BY, now=now)
    with pytest.raises(Refusal, match="not_there"):
        brake.count_again(number=line.id, by=SUPERVISOR, now=now)


@pytest.mark.parametrize(
    ("found", "code"), [(Print("MD5", "12"), "bad_print"), (Print("TMK_PDQF", "AAEC"), "bad_print")]
)
def test_what_is_no_fingerprint_is_refused(now: datetime, found: Print, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        never(found, now)


def test_the_roles_suffice(now: datetime, as_role: AsRole) -> None:
    key = world.listed("a", now)
    with as_role("worker"):
        hit("a", range(6), now)
    with as_role("desk"):
        assert [one.entry for one in brake.list_held()] == [key]
        brake.release(entry=key, reason="sent about", by=SUPERVISOR, now=now)
        never(Print("MD5", "0" * 32), now)
        brake.count_again(number=list_never()[0].id, by=SUPERVISOR, now=now)
    with as_role("hash_sharing"):
        assert queries.look_up(world.prints("a"))
