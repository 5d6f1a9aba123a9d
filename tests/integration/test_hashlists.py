"""Hash lists on a real database: how entries come on, how they go, and what stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from tests.integration import hashlists_world as world

from tipline.domain.errors import Refusal
from tipline.reference.hashlists import queries, service
from tipline.reference.hashlists.values import LISTS, TYPES, NewEntry, NewVote, Print, Window

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def now(db: None, fixed_now: datetime) -> datetime:
    service.ensure_lists(now=fixed_now)
    return fixed_now


def window(now: datetime, viewer: int = 0, **more: Any) -> Window:
    asked = {"list_slug": "industry", "since": now - timedelta(days=1), "until": now} | more
    return Window(viewer=viewer, **asked)


def test_lists_reasons_and_members_are_there_once_and_guids_differ_between_lists(now: datetime) -> None:
    service.ensure_lists(now=now)
    assert [each.slug for each in queries.list_lists()] == [slug for slug, _, _ in LISTS]
    reasons = {slug: {one.guid for one in queries.list_reasons(slug, "MD5")} for slug, _, _ in LISTS}
    assert all(len(found) == 4 for found in reasons.values())
    assert len(set.union(*reasons.values())) == 4 * len(LISTS)
    assert all(queries.list_reasons("npo", kind) for kind in TYPES)
    groups = {each.group: each.allow_multiple for each in queries.list_categorizations("npo")}
    assert groups == {"Content": False, "Context": True, "Egregious": True}
    assert world.member("tipline") != world.member("take-it-down")


def test_an_entry_counts_after_three_people_agreed_and_not_before(now: datetime) -> None:
    key = service.propose(new=world.ours(1, classification="A1"), by=world.PROPOSER, now=now)
    waiting = queries.load_entry(key)
    assert waiting is not None
    assert (waiting.state, waiting.classification) == ("PROPOSED", "")
    for by in world.JUDGES[:2]:
        assert service.judge(entry=key, verdict="B2", note="", by=by, now=now).state == "WAITING"
        assert queries.look_up(world.prints(1)) == ()
    assert service.judge(entry=key, verdict="B2", note="", by=world.JUDGES[2], now=now).verdict == "B2"
    (match,) = queries.look_up(world.prints(1))
    assert (match.entry, match.classification, match.judged_by, match.how) == (key, "B2", 3, "SHA256")
    with pytest.raises(Refusal, match="not_waiting"):
        service.judge(entry=key, verdict="B2", note="", by=world.JUDGES[3], now=now)


def test_who_proposed_it_and_who_judged_before_may_not_judge(now: datetime) -> None:
    key = service.propose(new=world.ours(1), by=world.PROPOSER, now=now)
    service.judge(entry=key, verdict="A1", note="", by=world.JUDGES[0], now=now)
    for by in (world.PROPOSER, world.JUDGES[0], world.BY):
        with pytest.raises(Refusal, match="may_not_judge"):
            service.judge(entry=key, verdict="A1", note="", by=by, now=now)
    with pytest.raises(Refusal, match="no_such_choice"):
        service.judge(entry=key, verdict="C9", note="", by=world.JUDGES[1], now=now)


@pytest.mark.parametrize(("fourth", "state"), [("A1", "ACTIVE"), ("REJECT", "REJECTED"), ("B1", "ACTIVE")])
def test_a_disagreement_is_settled_by_a_fourth(now: datetime, fourth: str, state: str) -> None:
    key = service.propose(new=world.ours(1), by=world.PROPOSER, now=now)
    assert world.agree(key, now, ("A1", "A1", "REJECT")).state == "DISPUTED"
    assert service.judge(entry=key, verdict=fourth, note="", by=world.JUDGES[3], now=now).verdict == fourth
    found = queries.load_entry(key)
    assert found is not None
    assert (found.state, found.classification) == (state, "" if fourth == "REJECT" else fourth)


def test_a_judgement_and_a_tombstone_cannot_be_changed_by_anybody(now: datetime) -> None:
    key = world.listed(1, now)
    for statement in (
        "UPDATE hashlists_judgement SET verdict = 'A2'",
        "DELETE FROM hashlists_judgement",
        "DELETE FROM hashlists_move",
        f"DELETE FROM hashlists_entry WHERE id = {key}",
    ):
        with pytest.raises(ProgrammingError, match="kept for ever"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_audit_ties_each_judgement_and_does_not_tell_the_verdict(now: datetime) -> None:
    key = service.propose(new=world.ours(1), by=world.PROPOSER, now=now)
    service.judge(entry=key, verdict="B1", note="", by=world.JUDGES[0], now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT canonical FROM audit_entry WHERE verb = 'hash.judged'")
        ((written,),) = cursor.fetchall()
    assert b'"digest":"' in bytes(written)
    assert b"B1" not in bytes(written)


def test_a_withdrawn_entry_leaves_a_tombstone_with_its_time_and_no_fingerprint(now: datetime) -> None:
    key = world.listed(1, now)
    later = now + timedelta(hours=1)
    assert service.withdraw(entries=(key,), by=world.PROPOSER, now=later, reason="wrong entry") == 1
    assert service.withdraw(entries=(key,), by=world.PROPOSER, now=later) == 0
    (line,) = queries.list_changes(window(later))
    assert (line.is_gone, line.prints, line.changed_at) == (True, (), later.replace(microsecond=0))
    assert queries.look_up(world.prints(1)) == ()


def test_a_tombstone_proposed_anew_is_told_as_gone_until_three_people_agreed_again(now: datetime) -> None:
    key = world.listed(1, now)
    known = queries.load_entry(key)
    assert known is not None
    later = now + timedelta(hours=1)
    service.withdraw(entries=(key,), by=world.PROPOSER, now=later)
    again = service.propose(new=world.ours(1, entry_id=known.entry_id), by=world.PROPOSER, now=later)
    assert again == key
    (line,) = queries.list_changes(window(later))
    assert (line.state, line.is_gone) == ("PROPOSED", True)
    world.agree(key, later + SECOND, ("A2", "A2", "A2"))
    (line,) = queries.list_changes(window(later + SECOND))
    assert (line.state, line.is_gone, line.classification) == ("ACTIVE", False, "A2")
    (match,) = queries.look_up(world.prints(1))
    assert match.judged_by == 3


def test_a_survivors_word_counts_at_once_and_only_on_the_organisations_list(now: datetime) -> None:
    key = service.propose(new=world.survivors(1, classification="A1"), by=world.BY, now=now)
    (match,) = queries.look_up(world.prints(1))
    assert (match.entry, match.judged_by, match.classification, match.source) == (key, 0, "", "survivor")
    with pytest.raises(Refusal, match="wrong_list"):
        service.propose(new=world.survivors(2, list_slug="industry"), by=world.BY, now=now)


def test_an_entry_of_a_partner_is_replaced_when_it_comes_again(now: datetime) -> None:
    hotline = world.partner("Example Hotline", now, "HOTLINE")
    first = NewEntry("npo", hotline, "image", world.prints(1), "B1", entry_id="x-1", source="partner")
    key = service.propose(new=first, by=world.BY, now=now)
    second = NewEntry("npo", hotline, "image", world.prints(2), "B2", entry_id="x-1", source="partner")
    assert service.propose(new=second, by=world.BY, now=now + SECOND) == key
    assert queries.look_up(world.prints(1)) == ()
    (match,) = queries.look_up(world.prints(2))
    assert (match.entry, match.classification) == (key, "B2")


def test_ours_is_not_replaced_while_it_is_listed_or_waits(now: datetime) -> None:
    service.propose(new=world.ours(1, entry_id="t-1"), by=world.PROPOSER, now=now)
    with pytest.raises(Refusal, match="already_listed"):
        service.propose(new=world.ours(2, entry_id="t-1"), by=world.PROPOSER, now=now)


@pytest.mark.parametrize(
    ("prints", "words"),
    [
        ((), "at least one"),
        ((Print("MD5", "12"),), "32 hex digits"),
        ((Print("MD5", "0" * 32), Print("MD5", "1" * 32)), "each type once"),
        ((Print("CRC", "0"),), "no type"),
        ((Print("TMK_PDQF", "not base64!"),), "not base64"),
    ],
)
def test_a_wrong_fingerprint_is_refused_in_words(now: datetime, prints: tuple[Print, ...], words: str) -> None:
    new = NewEntry("industry", world.member("tipline"), "image", prints)
    with pytest.raises(Refusal) as refused:
        service.propose(new=new, by=world.BY, now=now)
    assert refused.value.code == "bad_print"
    assert words in refused.value.sentence


def test_a_large_fingerprint_is_kept_as_bytes(now: datetime) -> None:
    new = NewEntry("industry-test", world.member("tipline"), "video", (Print("TMK_PDQF", "AAECAw=="),))
    key = service.propose(new=new, by=world.BY, now=now)
    assert queries.load_large(key, "TMK_PDQF") == b"\x00\x01\x02\x03"
    assert queries.load_large(key, "VIDENTIFIER") is None


def test_votes_are_kept_and_the_last_word_counts(now: datetime) -> None:
    key = world.listed(1, now)
    one, two = world.partner("Example Chat", now), world.partner("Example Video", now)
    reason = queries.list_reasons("industry", "MD5")[0].guid

    def vote(partner: int, verdict: str, *reasons: str) -> str:
        service.vote(entry=key, vote=NewVote("MD5", partner, verdict, reasons), by=world.BY, now=now)
        return queries.look_up(world.prints(1))[0].standing

    assert vote(one, "NEGATIVE", reason) == "disputed"
    assert vote(two, "AFFIRMATIVE") == "confirmed"
    assert vote(two, "NEGATIVE", reason) == "disputed"
    assert [(each.partner_id, each.verdict) for each in queries.list_votes((key,))] == [
        (one, "NEGATIVE"),
        (two, "NEGATIVE"),
    ]


def test_a_vote_that_changes_what_partners_say_is_told_to_earlier_reports_and_another_is_not(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, told = world.listed(1, now), list[object]()
    monkeypatch.setattr(service.jobs, "defer", lambda task, **given: told.append((task, given["entries"])))
    for name in ("Example Chat", "Example Video"):
        vote = NewVote("MD5", world.partner(name, now), "AFFIRMATIVE")
        service.vote(entry=key, vote=vote, by=world.BY, now=now)
    assert told == [(service.CHANGED, [key])]


def test_a_vote_that_cannot_be_is_refused(now: datetime) -> None:
    key = world.listed(1, now)
    one, elsewhere = world.partner("Example Chat", now), queries.list_reasons("npo", "MD5")[0].guid
    for vote, code in (
        (NewVote("MD5", one, "NEGATIVE"), "no_such_reason"),
        (NewVote("MD5", one, "NEGATIVE", (elsewhere,)), "no_such_reason"),
        (NewVote("PDNA", one, "AFFIRMATIVE"), "no_such_print"),
        (NewVote("MD5", one, "MAYBE"), "no_such_choice"),
        (NewVote("MD5", world.member("tipline"), "AFFIRMATIVE"), "own_entry"),
    ):
        with pytest.raises(Refusal, match=code):
            service.vote(entry=key, vote=vote, by=world.BY, now=now)
    with pytest.raises(Refusal, match="no_such_entry"):
        service.vote(entry=0, vote=NewVote("MD5", one, "AFFIRMATIVE"), by=world.BY, now=now)


def test_the_first_grant_closes_a_members_entries_to_all_others_and_the_last_opens_them(now: datetime) -> None:
    owner, friend, other = (world.partner(name, now) for name in ("Owner", "Friend", "Other"))
    service.propose(new=NewEntry("industry-test", owner, "image", world.prints(1)), by=world.BY, now=now)

    def seen_by(viewer: int) -> int:
        return queries.count_changes(window(now, viewer, list_slug="industry-test"))

    assert [seen_by(each) for each in (owner, friend, other)] == [1, 1, 1]
    service.grant_access(list_slug="industry-test", owner=owner, granted=(friend,), by=world.BY, now=now)
    assert [seen_by(each) for each in (owner, friend, other)] == [1, 1, 0]
    assert queries.list_access("industry-test", owner) == (friend,)
    service.revoke_access(list_slug="industry-test", owner=owner, granted=friend, by=world.BY, now=now)
    assert seen_by(other) == 1


def test_a_canary_is_shown_to_one_partner_and_agrees_with_nothing(now: datetime) -> None:
    one, other = world.partner("Example Chat", now), world.partner("Example Video", now)
    new = NewEntry("npo", world.partner("Hotline", now), "image", world.prints(1), "A1", canary_of=one)
    service.propose(new=new, by=world.BY, now=now)
    seen = [queries.count_changes(window(now, each, list_slug="npo")) for each in (one, other)]
    assert seen == [1, 0]
    assert queries.look_up(world.prints(1)) == ()


def test_hits_are_counted_once_and_removals_as_platforms_told_them(now: datetime) -> None:
    key = service.propose(new=world.survivors(1), by=world.BY, now=now)
    matches = queries.look_up(world.prints(1))
    assert service.record_hits(report_id=7, file_id="f" * 32, came_at=now, matches=matches, now=now) == 1
    assert service.record_hits(report_id=7, file_id="f" * 32, came_at=now, matches=matches, now=now) == 0
    assert service.record_hits(report_id=8, file_id="e" * 32, came_at=now, matches=matches, now=now + SECOND) == 1
    for name, verdict in (("Example Chat", "BLOCKED"), ("Example Video", "NOT_BLOCKED")):
        said = NewVote("PDQ", world.partner(name, now), verdict)
        service.vote(entry=key, vote=said, by=world.BY, now=now)
    count = queries.count_hits((key,))
    assert (count.found, count.last_found_at, count.removed, count.not_removed) == (2, now + SECOND, 1, 1)


def test_facts_count_additions_and_withdrawals_of_a_day_without_trying_and_canaries(now: datetime) -> None:
    key = world.listed(1, now)
    service.propose(new=world.ours(2, list_slug="industry-test"), by=world.BY, now=now)
    service.propose(new=world.ours(3), by=world.BY, now=now)
    service.withdraw(entries=(key,), by=world.BY, now=now)
    facts = list(queries.list_facts(day=now.date()))
    assert [(each.kind, dict(each.labels)) for each in facts] == [
        ("hash_added", {"list": "industry", "classification": "A1"}),
        ("hash_removed", {"list": "industry"}),
    ]
    assert list(queries.list_facts(day=now.date() + timedelta(days=1))) == []


def test_a_settled_window_only_shrinks(now: datetime) -> None:
    keys = [world.listed(each, now) for each in range(3)]
    until = service.settle(list_slug="industry", to=now, now=now)
    assert until == now.replace(microsecond=0)
    service.withdraw(entries=(keys[0],), by=world.BY, now=now)
    late = world.listed("late", now - timedelta(hours=1))
    assert {each.id for each in queries.list_changes(window(now, until=until))} == set(keys[1:])
    following = window(now, since=until, until=until + SECOND)
    assert {each.id for each in queries.list_changes(following)} == {*keys, late}


def test_pages_follow_each_other_without_gap_or_double_while_data_changes(now: datetime) -> None:
    new = [world.ours(each, list_slug="industry-test") for each in range(25)]
    keys = service.propose_many(new=new, by=world.BY, now=now)
    asked = window(now, list_slug="industry-test", until=service.settle(list_slug="industry-test", to=now, now=now))
    first = queries.list_changes(asked, size=10)
    after = queries.Place(first[-1].changed_at, first[-1].id)
    service.withdraw(entries=(keys[0], keys[24]), by=world.BY, now=now)
    service.propose(new=world.ours("new", list_slug="industry-test"), by=world.BY, now=now)
    rest = queries.list_changes(asked, after=after, size=100)
    assert [each.id for each in (*first, *rest)] == list(keys[:24])


@pytest.mark.django_db(transaction=True)
def test_a_window_waits_for_a_change_in_progress_and_later_ones_come_after_it(fixed_now: datetime) -> None:
    service.ensure_lists(now=fixed_now)
    promised: list[datetime] = []

    def promise() -> None:
        try:
            promised.append(service.settle(list_slug="industry-test", to=fixed_now, now=fixed_now))
        finally:
            connection.close()

    reader = threading.Thread(target=promise)
    with transaction.atomic():
        key = service.propose(new=world.ours(1, list_slug="industry-test"), by=world.BY, now=fixed_now)
        reader.start()
        reader.join(0.3)
        assert not promised
    reader.join(10)
    asked = window(fixed_now, list_slug="industry-test", until=promised[0])
    assert [each.id for each in queries.list_changes(asked)] == [key]
    late = service.propose(new=world.ours(2, list_slug="industry-test"), by=world.BY, now=fixed_now)
    line = queries.load_entry(late)
    assert line is not None
    assert line.changed_at == promised[0] + SECOND


def test_the_portal_has_no_list_and_the_survivors_door_only_its_own(now: datetime, as_role: Callable[..., Any]) -> None:
    judged = world.listed(1, now)
    service.record_hits(report_id=7, file_id="f" * 32, came_at=now, matches=queries.look_up(world.prints(1)), now=now)
    for table in ("hashlist", "entry", "entryprint", "judgement", "hit"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal"):
            connection.cursor().execute(f"SELECT 1 FROM hashlists_{table}")
    with as_role("survivors"):
        own = service.propose(new=world.survivors(2), by=world.BY, now=now)
        assert queries.load_entry(judged) is None
        assert queries.count_hits((judged,)).found == 0
        assert service.withdraw(entries=(judged,), by=world.BY, now=now) == 0
    # An entry of no case, or of another's, is not the door's to change: whoever steals its log-in withdraws none.
    with pytest.raises(DatabaseError), as_role("survivors"):
        service.withdraw(entries=(own,), by=world.BY, now=now)
    with pytest.raises(ProgrammingError, match="row-level security"), as_role("survivors"):
        service.propose(new=world.survivors(3, source="report"), by=world.BY, now=now)
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("survivors"):
        connection.cursor().execute("SELECT 1 FROM hashlists_judgement")


def test_the_wire_door_serves_and_votes_without_learning_who_judged_or_which_report(
    now: datetime, as_role: Callable[..., Any]
) -> None:
    key = world.listed(1, now)
    one = world.partner("Example Chat", now)
    with as_role("hash_sharing"):
        until = service.settle(list_slug="industry", to=now, now=now)
        assert [each.id for each in queries.list_changes(window(now, one, until=until))] == [key]
        service.vote(entry=key, vote=NewVote("MD5", one, "AFFIRMATIVE"), by=world.BY, now=now)
        service.grant_access(list_slug="industry", owner=one, granted=(one,), by=world.BY, now=now)
        service.revoke_access(list_slug="industry", owner=one, granted=one, by=world.BY, now=now)
        assert queries.look_up(world.prints(1))[0].judged_by == 3
    for column in ("proposed_by", "report_id", "file_id"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("hash_sharing"):
            connection.cursor().execute(f"SELECT {column} FROM hashlists_entry")
    for table, column in (("judgement", "reviewer"), ("judgement", "note"), ("hit", "report_id"), ("move", "by")):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("hash_sharing"):
            connection.cursor().execute(f"SELECT {column} FROM hashlists_{table}")
