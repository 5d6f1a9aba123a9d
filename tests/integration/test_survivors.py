"""Survivors' cases: number and PIN, hashes on the list, what may be seen by whom, brakes, support, withdrawing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.conftest import AsRole
from tests.integration.survivors_world import BY, SOMEBODY, a_case, hashed, seed

from tipline.domain.errors import Refusal
from tipline.platform.audit.models import Entry as AuditEntry
from tipline.programs.survivors import brakes, queries, rules, service
from tipline.programs.survivors.models import Case, CaseFile, HandOver, Try
from tipline.programs.survivors.scoping import case_scope
from tipline.reference.hashlists import queries as lists
from tipline.reference.hashlists import service as hashlists
from tipline.reference.hashlists.models import Entry, EntryPrint, Hit
from tipline.reference.hashlists.values import ACTIVE, BLOCKED, DELETED, Match, NewVote, Print, Window
from tipline.reference.partners import service as registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(fixed_now: datetime) -> int:
    return seed(fixed_now)


def entries() -> list[int]:
    return list(CaseFile.objects.order_by("id").values_list("entry", flat=True))


def matches_of(entry: int, distance: int = 4) -> list[Match]:
    line = lists.load_entry(entry)
    assert line
    [found] = [one for one in lists.look_up(line.prints) if one.entry == entry]
    return [found]


def test_a_case_s_hashes_are_served_as_a_member_of_the_organisations_list(partner: int, fixed_now: datetime) -> None:
    a_case(fixed_now, 1, 2)
    window = Window("npo", fixed_now - timedelta(1), fixed_now + timedelta(1), viewer=partner)
    served = lists.list_changes(window)
    assert [(one.member_name, one.media, one.classification, one.source) for one in served] == [
        ("Take It Down", "image", "", "survivor")
    ] * 2
    assert {each.type for each in served[0].prints} == {"MD5", "SHA256", "PDQ"}


def test_self_reported_hashes_never_count_as_judged(partner: int, fixed_now: datetime) -> None:
    a_case(fixed_now)
    one = hashed(1)
    [match] = lists.look_up([Print("SHA256", one.sha256)])
    assert (match.judged_by, match.classification, match.member_name) == (0, "", "Take It Down")


def test_number_and_pin_stand_nowhere_in_the_database(partner: int, fixed_now: datetime) -> None:
    opened = a_case(fixed_now, pin="580213")
    row = Case.objects.get()
    stored = " ".join(map(str, (row.id, bytes(row.number_hmac_sha256), row.pin_argon2id)))
    assert row.pin_argon2id.startswith("$argon2id$")
    assert opened.number not in stored
    assert opened.pin not in stored
    told = " ".join(bytes(one).decode() for one in AuditEntry.objects.values_list("canonical", flat=True))
    assert opened.number not in told
    assert SOMEBODY.origin not in told


def test_whoever_has_both_gets_in_however_typed(partner: int, fixed_now: datetime) -> None:
    opened = a_case(fixed_now, pin="580213")
    spaced = f" {opened.number[:4]}-{opened.number[4:8]} {opened.number[8:]} "
    assert service.enter(number=spaced, pin="580 213", by=SOMEBODY, now=fixed_now) == opened.number


@pytest.mark.parametrize("wrong", ["580214", "", "0", "5802130000000000000", "abc"])
def test_an_unknown_case_and_a_wrong_pin_are_answered_alike(partner: int, fixed_now: datetime, wrong: str) -> None:
    opened = a_case(fixed_now, pin="580213")
    answers = set()
    for number, pin in ((opened.number, wrong), (rules.number_of(17), "580213")):
        with pytest.raises(Refusal) as refused:
            service.enter(number=number, pin=pin, by=SOMEBODY, now=fixed_now)
        answers.add((refused.value.code, refused.value.sentence, refused.value.field))
    assert len(answers) == 1
    assert refused.value.code == "no_such_case"


def test_an_unknown_case_takes_the_time_of_a_wrong_pin(
    partner: int, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tipline.platform import program_secrets

    opened, costs = a_case(fixed_now, pin="580213"), []
    verify = type(program_secrets._HASHER).verify
    monkeypatch.setattr(
        type(program_secrets._HASHER), "verify", lambda self, *args: costs.append(1) or verify(self, *args)
    )
    for number in (opened.number, rules.number_of(17)):
        with pytest.raises(Refusal):
            service.enter(number=number, pin="111222", by=SOMEBODY, now=fixed_now)
    assert len(costs) == 2


def enter_wrongly(number: str, now: datetime, origin: str = "192.0.2.7") -> str:
    from dataclasses import replace

    with pytest.raises(Refusal) as refused:
        service.enter(number=number, pin="000111", by=replace(SOMEBODY, origin=origin), now=now)
    return refused.value.code


def test_the_sixth_try_of_a_case_is_refused_from_wherever_it_comes(partner: int, fixed_now: datetime) -> None:
    opened = a_case(fixed_now, pin="580213")
    codes = [enter_wrongly(opened.number, fixed_now, f"192.0.2.{one}") for one in range(1, 7)]
    assert codes == ["no_such_case"] * 5 + ["too_many"]
    with pytest.raises(Refusal, match="too_many"):
        service.enter(number=opened.number, pin="580213", by=SOMEBODY, now=fixed_now)
    later = fixed_now + brakes.WINDOW + timedelta(seconds=1)
    assert service.enter(number=opened.number, pin="580213", by=SOMEBODY, now=later)


def test_a_number_that_is_nobody_s_is_braked_like_one_that_is(partner: int, fixed_now: datetime) -> None:
    codes = [enter_wrongly(rules.number_of(17), fixed_now) for _ in range(6)]
    assert codes == ["no_such_case"] * 5 + ["too_many"]


def test_one_address_cannot_try_many_cases(partner: int, fixed_now: datetime) -> None:
    codes = [enter_wrongly(rules.number_of(one), fixed_now) for one in range(brakes.PIN_TRIES_OF_ADDRESS + 1)]
    assert codes[-1] == "too_many"
    assert set(codes[:-1]) == {"no_such_case"}


def test_the_right_pin_forgets_earlier_slips(partner: int, fixed_now: datetime) -> None:
    opened = a_case(fixed_now, pin="580213")
    for _ in range(3):
        for _ in range(4):
            enter_wrongly(opened.number, fixed_now)
        service.enter(number=opened.number, pin="580213", by=SOMEBODY, now=fixed_now)
    assert not Try.objects.filter(kind="pin").exists()


def test_one_address_opens_so_many_cases_an_hour(partner: int, fixed_now: datetime) -> None:
    for one in range(brakes.CASES_OF_ADDRESS):
        a_case(fixed_now, one)
    with pytest.raises(Refusal, match="too_many"):
        a_case(fixed_now, 99)
    assert Case.objects.count() == brakes.CASES_OF_ADDRESS
    a_case(fixed_now + brakes.WINDOW + timedelta(seconds=1), 99)


def test_the_door_sees_the_one_case_it_was_given_and_no_other(
    partner: int, fixed_now: datetime, as_role: AsRole
) -> None:
    mine, other = a_case(fixed_now, 1), a_case(fixed_now, 2, 3)
    with as_role("survivors"):
        assert (Case.objects.count(), CaseFile.objects.count(), HandOver.objects.count()) == (0, 0, 0)
        with case_scope(mine.number):
            assert (Case.objects.values("id").count(), CaseFile.objects.count()) == (1, 1)
        with case_scope(other.number):
            assert CaseFile.objects.count() == 2
        assert not Case.objects.values("id").exists()


def test_the_door_does_all_its_work_under_its_own_role(partner: int, fixed_now: datetime, as_role: AsRole) -> None:
    with as_role("survivors"):
        opened = a_case(fixed_now, 1, 2)
        number = service.enter(number=opened.number, pin=opened.pin, by=SOMEBODY, now=fixed_now)
        reach = service.Reach(partner, "Fox", "fox@example.com", "after four", wants_news=True)
        service.ask_support(number=number, reach=reach, by=SOMEBODY, now=fixed_now)
        service.keep_wishes(
            number=number, wishes=service.Wishes("my aunt", "202-555-0117", True), by=SOMEBODY, now=fixed_now
        )
        service.note_look(number=number, now=fixed_now)
        view = queries.find_status(number)
        assert view
        assert (view.pictures, view.found, view.support and view.support.partner_name) == (2, 0, "Harbour Support")
        assert service.withdraw(number=number, by=SOMEBODY, now=fixed_now) == 2
        with pytest.raises(Refusal, match="withdrawn"):
            service.ask_support(number=number, reach=reach, by=SOMEBODY, now=fixed_now)


@pytest.mark.parametrize(
    ("role", "column", "table"),
    [
        ("survivors", "wishes_sealed", "survivors_case"),
        ("survivors", "reach_sealed", "survivors_handover"),
        ("desk", "id", "survivors_case"),
        ("desk", "entry", "survivors_casefile"),
        ("desk", "id", "survivors_try"),
        ("portal", "id", "survivors_handover"),
        ("public", "id", "survivors_case"),
        ("hash_sharing", "id", "survivors_case"),
        ("esp_web", "id", "survivors_handover"),
    ],
)
def test_what_a_role_may_never_read(role: str, column: str, table: str, as_role: AsRole) -> None:
    denied = pytest.raises(DatabaseError, match="permission denied")
    with as_role(role), denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")


def test_the_desk_sees_counts_and_hand_overs_alone(partner: int, fixed_now: datetime, as_role: AsRole) -> None:
    opened = a_case(fixed_now, 1)
    a_case(fixed_now, 2)
    reach = service.Reach(partner, "Fox", "fox@example.com", "after four")
    service.ask_support(number=opened.number, reach=reach, by=SOMEBODY, now=fixed_now)
    with as_role("desk"):
        assert queries.count_cases() == (queries.CaseCount("me", False, 2),)
        [line] = queries.list_hand_overs()
        assert (line.partner_name, line.state, line.follow_up_on) == (
            "Harbour Support", "WAITING", (fixed_now + timedelta(days=2)).date(),
        )  # fmt: skip
        assert queries.open_reach(line.id) == queries.ReachLine("Fox", "fox@example.com", "after four")


def test_what_is_sealed_stands_nowhere_in_the_clear(partner: int, fixed_now: datetime) -> None:
    opened = a_case(fixed_now)
    reach = service.Reach(partner, "Fox", "fox@example.com", "after four")
    service.ask_support(number=opened.number, reach=reach, by=SOMEBODY, now=fixed_now)
    wishes = service.Wishes("my aunt", "202-555-0117", True)
    service.keep_wishes(number=opened.number, wishes=wishes, by=SOMEBODY, now=fixed_now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT h::text FROM survivors_handover h UNION ALL SELECT c::text FROM survivors_case c")
        stored = "".join(row[0] for row in cursor.fetchall())
    assert len(stored) > 500
    for word in ("fox@example.com", "Fox", "my aunt", "202-555-0117", b"fox@example.com".hex(), b"my aunt".hex()):
        assert word not in stored


def test_a_hand_over_walks_with_a_day_to_look_again(partner: int, fixed_now: datetime) -> None:
    opened = a_case(fixed_now)
    reach = service.Reach(partner, "", "fox@example.com")
    service.ask_support(number=opened.number, reach=reach, by=SOMEBODY, now=fixed_now)
    [line] = queries.list_hand_overs()
    today = fixed_now.date()
    for follow_up in (None, today - timedelta(days=1), today + timedelta(days=400)):
        with pytest.raises(Refusal, match="no_follow_up"):
            service.move_hand_over(ident=line.id, step=service.Step(rules.TAKEN, follow_up), by=BY, now=fixed_now)
    service.move_hand_over(ident=line.id, step=service.Step(rules.TAKEN, today), by=BY, now=fixed_now)
    service.move_hand_over(ident=line.id, step=service.Step(rules.ENDED, None), by=BY, now=fixed_now)
    assert queries.list_hand_overs() == ()
    with pytest.raises(Refusal, match="wrong_state"):
        service.move_hand_over(ident=line.id, step=service.Step(rules.TAKEN, today), by=BY, now=fixed_now)
    assert [one.state for one in queries.list_hand_overs(ended=True)] == [rules.ENDED]


def test_with_the_end_and_with_taking_back_the_way_to_reach_somebody_is_deleted(
    partner: int, fixed_now: datetime
) -> None:
    reach = service.Reach(partner, "", "fox@example.com")
    opened = [a_case(fixed_now, 1), a_case(fixed_now, 2), a_case(fixed_now, 3)]
    for one in opened:
        service.ask_support(number=one.number, reach=reach, by=SOMEBODY, now=fixed_now)
    first = queries.list_hand_overs()[0]
    case = HandOver.objects.get(pk=first.id).case_id
    service.move_hand_over(ident=first.id, step=service.Step(rules.ENDED, None), by=BY, now=fixed_now)
    for one in opened:
        service.revoke_support(number=one.number, by=SOMEBODY, now=fixed_now)
    assert sorted(HandOver.objects.values_list("state", flat=True)) == [rules.ENDED, rules.REVOKED, rules.REVOKED]
    assert HandOver.objects.filter(case_id=case).get().state == rules.ENDED
    assert not HandOver.objects.exclude(reach_sealed=None).exists()


def test_support_needs_an_organisation_with_a_living_agreement(partner: int, fixed_now: datetime) -> None:
    opened = a_case(fixed_now)
    stranger = registry.create_partner(new=registry.NewPartner("Elsewhere", "SUPPORT"), by=BY, now=fixed_now)
    with pytest.raises(Refusal, match="no_such_partner"):
        service.ask_support(
            number=opened.number, reach=service.Reach(stranger, "", "fox@example.com"), by=SOMEBODY, now=fixed_now
        )


def test_finds_and_removals_are_counted_and_those_who_want_to_know_are_marked(
    partner: int, fixed_now: datetime, as_role: AsRole
) -> None:
    opened = a_case(fixed_now, 1, 2)
    quiet = a_case(fixed_now, 3)
    for one, news in ((opened, True), (quiet, False)):
        reach = service.Reach(partner, "", "fox@example.com", wants_news=news)
        service.ask_support(number=one.number, reach=reach, by=SOMEBODY, now=fixed_now)
    for entry in entries():
        hashlists.record_hits(
            report_id=5, file_id=f"{entry:032d}", came_at=fixed_now, matches=matches_of(entry), now=fixed_now
        )
    platform = registry.create_partner(new=registry.NewPartner("Example Chat", "COMPANY"), by=BY, now=fixed_now)
    hashlists.vote(entry=entries()[0], vote=NewVote("PDQ", platform, BLOCKED), by=BY, now=fixed_now)
    view = queries.find_status(opened.number)
    assert view
    assert (view.found, view.last_found_at, view.removed, view.looks) == (2, fixed_now, 1, 2)
    with as_role("worker"):
        assert service.note_news(now=fixed_now) == 1
        assert service.note_news(now=fixed_now) == 0
    assert sorted((one.found, one.news_at) for one in queries.list_hand_overs() if one.news_at) == [(2, fixed_now)]
    with as_role("worker"):
        facts = [(one.kind, dict(one.labels)) for one in queries.list_facts(day=fixed_now.date())]
    assert sorted(facts, key=str) == sorted(
        [("survivor_case", {"for_whom": "me"})] * 2 + [("survivor_found", {})] * 3 + [("survivor_removed", {})],
        key=str,
    )
    assert not list(queries.list_facts(day=fixed_now.date() + timedelta(days=1)))


def test_withdrawing_leaves_tombstones_at_once_and_twice_is_harmless(partner: int, fixed_now: datetime) -> None:
    opened, other = a_case(fixed_now, 1, 2), a_case(fixed_now, 3)
    later = fixed_now + timedelta(hours=1)
    assert service.withdraw(number=opened.number, by=SOMEBODY, now=later) == 2
    assert service.withdraw(number=opened.number, by=SOMEBODY, now=later) == 0
    assert list(Entry.objects.order_by("id").values_list("state", flat=True)) == [DELETED, DELETED, "ACTIVE"]
    assert lists.look_up([Print("SHA256", hashed(1).sha256)]) == ()
    assert lists.look_up([Print("SHA256", hashed(3).sha256)])
    assert queries.find_status(other.number)
    told = lists.list_changes(Window("npo", later - timedelta(minutes=1), later, viewer=partner))
    assert [one.is_gone for one in told] == [True, True]
    view = queries.find_status(opened.number)
    assert view
    assert view.withdrawn_at == later
    row = Case.objects.get(withdrawn_at=later)
    assert (row.platforms, row.known_where, row.wishes_sealed) == ([], "", None)


def test_the_same_picture_in_two_cases_is_withdrawn_from_one_alone(partner: int, fixed_now: datetime) -> None:
    one, two = a_case(fixed_now, 1), a_case(fixed_now, 1)
    service.withdraw(number=one.number, by=SOMEBODY, now=fixed_now)
    assert len(lists.look_up([Print("SHA256", hashed(1).sha256)])) == 1
    service.withdraw(number=two.number, by=SOMEBODY, now=fixed_now)
    assert lists.look_up([Print("SHA256", hashed(1).sha256)]) == ()


def test_spent_counts_of_the_brakes_are_deleted(partner: int, fixed_now: datetime, as_role: AsRole) -> None:
    a_case(fixed_now)
    with as_role("worker"):
        service.clear_tries(now=fixed_now + brakes.KEPT - timedelta(seconds=1))
        assert Try.objects.count() == 1
        service.clear_tries(now=fixed_now + brakes.KEPT)
        assert not Try.objects.exists()


def test_the_page_never_tells_whether_a_picture_was_known_before_somebody_asked(
    partner: int, fixed_now: datetime, as_role: AsRole
) -> None:
    """Whoever made a picture could else read here that it was reported."""
    opened = a_case(fixed_now, 1, 2)
    first, second = entries()
    for entry, came_at in ((first, fixed_now - timedelta(seconds=1)), (second, fixed_now)):
        hashlists.record_hits(
            report_id=5, file_id=f"{entry:032d}", came_at=came_at, matches=matches_of(entry), now=fixed_now
        )
    with as_role("survivors"):
        view = queries.find_status(opened.number)
        assert view
        assert view.found == 1
        assert list(Hit.objects.values_list("entry_id", flat=True)) == [second]
    assert Hit.objects.count() == 2


def test_a_stolen_door_cannot_withdraw_what_it_has_no_number_for(
    partner: int, fixed_now: datetime, as_role: AsRole
) -> None:
    mine, _ = a_case(fixed_now, 1), a_case(fixed_now, 2)
    own, foreign = entries()
    with as_role("survivors"), case_scope(mine.number):
        assert Entry.objects.update(state=DELETED) == 1
        EntryPrint.objects.all().delete()
    assert dict(Entry.objects.values_list("id", "state")) == {own: DELETED, foreign: ACTIVE}
    assert set(EntryPrint.objects.values_list("entry_id", flat=True)) == {foreign}


def test_one_line_with_many_addresses_of_its_own_counts_as_one_caller(fixed_now: datetime) -> None:
    for one in range(brakes.CASES_OF_ADDRESS):
        brakes.count_new_case(origin=f"2001:db8:0:1::{one:x}", now=fixed_now)
    with pytest.raises(Refusal, match="too_many"):
        brakes.count_new_case(origin="2001:db8:0:1:ffff::1", now=fixed_now)
    brakes.count_new_case(origin="2001:db8:0:2::1", now=fixed_now)
