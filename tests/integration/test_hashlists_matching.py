"""Looking up on a real database: exact digests, near PDQ, many at once, and an index that is never stale."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import transaction
from tests.integration import hashlists_world as world

from tipline.reference.hashlists import queries, service
from tipline.reference.hashlists.values import NewEntry, Print

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(db: None, fixed_now: datetime) -> datetime:
    service.ensure_lists(now=fixed_now)
    return fixed_now


@pytest.mark.parametrize(("flipped", "found"), [(0, True), (31, True), (32, False)])
def test_a_near_picture_is_found_within_31_bits(now: datetime, flipped: int, found: bool) -> None:
    key = world.listed(1, now)
    matches = queries.look_up([Print("PDQ", world.pdq(1, flipped), 80)])
    assert [(each.entry, each.how, each.distance) for each in matches] == ([(key, "PDQ", flipped)] if found else [])


@pytest.mark.parametrize(("asked", "kept", "found"), [(50, 50, True), (49, 100, False), (100, 49, False)])
def test_a_flat_picture_is_not_compared_loosely(now: datetime, asked: int, kept: int, found: bool) -> None:
    new = NewEntry("npo", world.partner("Hotline", now), "image", (Print("PDQ", world.pdq(1), kept),), "A1")
    service.propose(new=new, by=world.BY, now=now)
    assert bool(queries.look_up([Print("PDQ", world.pdq(1), asked)])) is found


@pytest.mark.parametrize("kind", ["MD5", "SHA1", "SHA256"])
def test_a_digest_agrees_exactly_and_in_either_case_of_letters(now: datetime, kind: str) -> None:
    key = world.listed(1, now)
    (value,) = [each.value for each in world.prints(1) if each.type == kind]
    assert [each.entry for each in queries.look_up([Print(kind, value.upper())])] == [key]
    assert queries.look_up([Print(kind, value[:-1] + ("0" if value[-1] != "0" else "1"))]) == ()


def test_of_several_agreements_the_strongest_is_told_and_each_entry_once(now: datetime) -> None:
    exact = world.listed(1, now)
    near = service.propose(
        new=NewEntry("npo", world.partner("Hotline", now), "image", (Print("PDQ", world.pdq(1, 12), 90),), "A1"),
        by=world.BY, now=now,
    )  # fmt: skip
    found = queries.look_up(world.prints(1))
    assert [(each.entry, each.how, each.distance) for each in found] == [(exact, "SHA256", 0), (near, "PDQ", 12)]


def test_the_lists_for_trying_are_compared_only_when_asked(now: datetime) -> None:
    key = service.propose(new=world.ours(1, list_slug="industry-test"), by=world.BY, now=now)
    real = world.listed(2, now)
    asked = {0: world.prints(1), 1: world.prints(2)}
    assert {row: found[0].entry for row, found in queries.look_up_many(asked).items()} == {1: real}
    assert {row: found[0].entry for row, found in queries.look_up_many(asked, test=True).items()} == {0: key}


def test_the_index_follows_every_change_and_every_rollback(now: datetime) -> None:
    asked = [Print("PDQ", world.pdq("a"), 90)]
    assert queries.look_up(asked) == ()
    key = world.listed("a", now)
    assert queries.look_up(asked)
    before = transaction.savepoint()
    service.withdraw(entries=(key,), by=world.BY, now=now)
    assert queries.look_up(asked) == ()
    transaction.savepoint_rollback(before)
    assert queries.look_up(asked)
    service.withdraw(entries=(key,), by=world.BY, now=now)
    assert queries.look_up(asked) == ()


def test_thousands_of_rows_are_looked_up_in_a_handful_of_statements(
    now: datetime, django_assert_max_num_queries: object
) -> None:
    service.propose_many(new=[world.ours(each, list_slug="industry-test") for each in range(60)], by=world.BY, now=now)
    rows = {each: world.prints(each) for each in range(50, 2050)}
    queries.look_up_many(rows, test=True)  # the index is brought up
    # One a kind of digest, two for the PDQ, one for what never counts, one to tell.
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        found = queries.look_up_many(rows, test=True)
    assert set(found) == set(range(50, 60))


def test_nearness_by_the_index_equals_nearness_bit_by_bit(now: datetime) -> None:
    kept = [world.pdq(each % 7, each * 3) for each in range(40)]
    hotline = world.partner("Hotline", now)
    new = [NewEntry("npo", hotline, "image", (Print("PDQ", value, 90),), "A1") for value in kept]
    keys = service.propose_many(new=new, by=world.BY, now=now)
    for probe in (world.pdq(0, 5), world.pdq(3, 40), world.pdq(6, 111), "f" * 64):
        expected = {
            (key, apart)
            for key, value in zip(keys, kept, strict=True)
            if (apart := (int(value, 16) ^ int(probe, 16)).bit_count()) <= 31
        }
        found = queries.look_up([Print("PDQ", probe, 90)])
        assert {(each.entry, each.distance) for each in found} == expected
