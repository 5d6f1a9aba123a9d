"""A case of one address: entered, verified, sent, answered, sent again, removed, closed; held for the police."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.integration import notice_world as world
from tests.integration.notice_world import ANALYST, HOST, SITE, URL

from tipline.domain.errors import Refusal
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.programs.notices import own, queries, service
from tipline.programs.notices.models import Answer, Case, Check, JournalLine, Notice, Origin
from tipline.programs.notices.rules.moves import LADDER, LINK_LIVES, Seen
from tipline.programs.notices.service import Look
from tipline.programs.notices.values import Hosting, NewAnswer, NewContact, NewEntry, PoliceHold

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
AsRole = Callable[..., AbstractContextManager[None]]


def say(number: int, notice_id: int, kind: str, now: datetime, **more: object) -> None:
    new = NewAnswer(kind, "DESK", **more)  # type: ignore[arg-type]
    service.record_answer(number=number, notice_id=notice_id, new=new, by=ANALYST, now=now)


def test_two_writings_of_one_page_are_one_case_with_two_origins(fixed_now: datetime) -> None:
    first = service.enter(new=NewEntry(URL), by=ANALYST, now=fixed_now)
    again = NewEntry("HTTPS://Photos.Example:443/p/./1001#top", source="REPORT", report_number=1234567890)
    second = service.enter(new=again, by=ANALYST, now=fixed_now)
    assert (first.joined, second.joined) == (False, True)
    assert first.number == second.number
    assert Case.objects.count() == 1
    assert Origin.objects.count() == 2
    assert [line.number for line in queries.list_of_report(1234567890, now=fixed_now)] == [first.number]


def test_no_notice_goes_out_before_a_person_verified(fixed_now: datetime) -> None:
    number = world.entered(fixed_now)
    with pytest.raises(Refusal) as refused:
        service.prepare(number=number, to=SITE, by=ANALYST, now=fixed_now)
    assert refused.value.code == "wrong_state"
    assert Notice.objects.count() == 0


def test_the_mail_holds_the_notice_twice_no_media_and_nothing_about_who_reported(fixed_now: datetime) -> None:
    new = NewEntry(URL, source="REPORT", report_number=9876543210, note="Dana Example told us by telephone")
    number = service.enter(new=new, by=ANALYST, now=fixed_now).number
    service.verify(number=number, found=world.FOUND, by=ANALYST, now=fixed_now)
    notice_id = service.prepare(number=number, to=SITE, by=ANALYST, now=fixed_now)
    mail = world.mail_of(notice_id)
    assert mail.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "application/json"]
    [attached] = mail.iter_attachments()
    report = json.loads(attached.get_content())
    assert report["type"] == "csam"
    assert report["url"] == URL
    assert "ncmec_report_id" not in report
    assert "evidence" not in report
    text = world.words_of(mail)
    assert "hxxps://photos[.]example/p/1001" in text
    assert URL not in text
    for closed in ("Dana", "9876543210", "analyst-1"):
        assert closed not in mail.as_string()


def test_only_the_digest_of_the_link_is_kept_and_the_mail_is_dropped_once_it_went_out(fixed_now: datetime) -> None:
    number, notice_id, token = world.sent(fixed_now)
    row = Notice.objects.get(pk=notice_id)
    assert row.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert row.mail_sealed is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notices_notice n WHERE n::text LIKE %s", [f"%{token}%"])
        assert cursor.fetchone() == (0,)
    with pytest.raises(Refusal):
        service.download(number=number, notice_id=notice_id, by=ANALYST, now=fixed_now)


def test_a_hold_of_the_police_wins_over_a_waiting_notice_until_it_ends(fixed_now: datetime) -> None:
    number, notice_id = world.prepared(fixed_now)
    asked = PoliceHold("Example Police", "A search is planned", fixed_now + 4 * HOUR)
    service.hold(number=number, asked=asked, by=ANALYST, now=fixed_now)
    for act in (
        lambda: service.download(number=number, notice_id=notice_id, by=ANALYST, now=fixed_now),
        lambda: service.record_sent(number=number, notice_id=notice_id, at=fixed_now, by=ANALYST, now=fixed_now),
        lambda: service.prepare(number=number, to=HOST, by=ANALYST, now=fixed_now),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "held"
    assert service.send_due(now=fixed_now) == 0
    assert Notice.objects.get(pk=notice_id).trouble == "held"
    later = fixed_now + 5 * HOUR
    service.climb(now=later)
    assert "Hold ended at its time" in world.codes_of(number, fixed_now)
    service.record_sent(number=number, notice_id=notice_id, at=later, by=ANALYST, now=later)
    assert world.state_of(number) == "SENT"


def test_reminders_wait_for_the_hold_too(fixed_now: datetime) -> None:
    number, _, _ = world.sent(fixed_now)
    asked = PoliceHold("Example Police", "A search is planned", fixed_now + timedelta(days=30))
    service.hold(number=number, asked=asked, by=ANALYST, now=fixed_now)
    assert service.climb(now=fixed_now + timedelta(days=3)) == 0
    assert Notice.objects.count() == 1


def test_the_ladder_reminds_at_its_intervals_and_then_asks_for_somebody_further_up(fixed_now: datetime) -> None:
    number, _, _ = world.sent(fixed_now)
    for place, rung in enumerate(LADDER):
        assert service.climb(now=fixed_now + rung.after - HOUR) == 0
        at = fixed_now + rung.after
        assert service.climb(now=at) == 1
        waiting = Notice.objects.filter(delivery="WAITING").first()
        if rung.act == "again":
            assert waiting is not None
            assert waiting.round == place + 2
            assert "Our first notice to you went out" in world.words_of(world.mail_of(waiting.id))
            service.record_sent(number=number, notice_id=waiting.id, at=at, by=ANALYST, now=at)
        else:
            assert waiting is None
    assert world.state_of(number) == "ESCALATED"
    end = fixed_now + timedelta(days=11)
    further = service.prepare(number=number, to=HOST, by=ANALYST, now=end)
    assert "those nearer to the page did not take it down" in world.words_of(world.mail_of(further))
    service.record_sent(number=number, notice_id=further, at=end, by=ANALYST, now=end)
    case = Case.objects.get(number=number)
    assert (case.state, case.next_act, case.next_at) == ("ESCALATED", "again", end + LADDER[0].after)
    assert [e.verb for e in list_entries(Wanted(), limit=100)].count("notice.escalated") == 1


def test_an_acknowledgement_gives_grace(fixed_now: datetime) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    say(number, notice_id, "ACKNOWLEDGED", fixed_now + 20 * HOUR)
    assert world.state_of(number) == "ACKNOWLEDGED"
    assert service.climb(now=fixed_now + 30 * HOUR) == 0
    assert service.climb(now=fixed_now + 69 * HOUR) == 1


def test_a_dispute_stops_the_ladder_until_a_person_decides(fixed_now: datetime) -> None:
    number, notice_id, token = world.sent(fixed_now)
    say(number, notice_id, "DISPUTED", fixed_now + HOUR, reason="not_ours")
    assert service.climb(now=fixed_now + timedelta(days=3)) == 0
    with pytest.raises(Refusal) as refused:
        service.prepare(number=number, to=HOST, by=ANALYST, now=fixed_now + HOUR)
    assert refused.value.code == "wrong_state"
    service.uphold(number=number, note="The name points at your network.", by=ANALYST, now=fixed_now + 2 * HOUR)
    with service.link_scope(token):
        seen = own.find_by_link(token, now=fixed_now + 2 * HOUR)
    assert seen is not None
    assert seen.standing == "UPHELD"
    assert seen.said_back == "The name points at your network."


def test_a_withdrawn_notice_says_so_takes_no_answer_and_counts_no_removal(fixed_now: datetime) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    say(number, notice_id, "DISPUTED", fixed_now + HOUR, reason="not_csam")
    service.withdraw(number=number, note="You were right.", by=ANALYST, now=fixed_now + 2 * HOUR)
    with pytest.raises(Refusal) as refused:
        service.give(notice_id=notice_id, new=NewAnswer("REMOVED", "LINK"), by=ANALYST, now=fixed_now + 3 * HOUR)
    assert refused.value.code == "no_notice"
    [line] = queries.list_figures(now=fixed_now + timedelta(days=9))
    assert (line.figures.noticed, line.figures.removed, line.figures.open) == (1, 0, 0)


def test_days_are_counted_from_the_first_notice_to_the_time_the_company_names(fixed_now: datetime) -> None:
    number, _, _ = world.sent(fixed_now)
    service.climb(now=fixed_now + 24 * HOUR)
    reminder = Notice.objects.get(delivery="WAITING")
    at = fixed_now + 25 * HOUR
    service.record_sent(number=number, notice_id=reminder.id, at=at, by=ANALYST, now=at)
    removed = fixed_now + 30 * HOUR
    say(number, reminder.id, "REMOVED", fixed_now + 40 * HOUR, removed_at=removed, account_suspended=True)
    case = queries.load_case(number, now=fixed_now + 40 * HOUR)
    assert case is not None
    assert case.hours_to_removal == 30
    [line] = queries.list_figures(now=fixed_now + 40 * HOUR)
    assert (line.figures.noticed, line.figures.removed, line.figures.median_hours) == (1, 1, 30)
    [fact] = [f for f in queries.list_facts(day=removed.date()) if f.kind == "notice_removed"]
    assert (fact.amount, fact.labels) == (30, {"company": "other", "country": ""})


def test_an_answer_to_a_mail_whose_sending_nobody_recorded_proves_that_it_went_out(fixed_now: datetime) -> None:
    number, notice_id = world.prepared(fixed_now)
    said = fixed_now + 2 * HOUR
    answer = service.give(notice_id=notice_id, new=NewAnswer("REMOVED", "LINK"), by=ANALYST, now=said)
    service.take(answer_id=answer, now=said)
    row = Notice.objects.get(pk=notice_id)
    assert (row.delivery, row.first_sent_at, row.mail_sealed) == ("BY_HAND", said, None)
    assert world.state_of(number) == "REMOVED"


def test_a_removal_in_the_future_is_refused_by_its_field(fixed_now: datetime) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    with pytest.raises(Refusal) as refused:
        say(number, notice_id, "REMOVED", fixed_now, removed_at=fixed_now + HOUR)
    assert refused.value.field == "removed_at"


def test_a_persons_second_look_closes_what_a_company_says_it_removed(fixed_now: datetime) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    say(number, notice_id, "REMOVED", fixed_now + HOUR)
    assert world.state_of(number) == "REMOVED"
    later = fixed_now + 26 * HOUR
    service.record_check(number=number, look=Look(Seen.GONE), at=later, by=ANALYST, now=later)
    assert world.state_of(number) == "CLOSED"


def test_what_was_said_to_be_gone_and_is_there_runs_on_from_the_first_notice(fixed_now: datetime) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    say(number, notice_id, "REMOVED", fixed_now + HOUR)
    later = fixed_now + 10 * HOUR
    service.record_check(number=number, look=Look(Seen.ANSWERS), at=later, by=ANALYST, now=later)
    assert world.state_of(number) == "REMOVED"
    again = service.prepare(number=number, to=SITE, by=ANALYST, now=later)
    service.record_sent(number=number, notice_id=again, at=later, by=ANALYST, now=later)
    assert world.state_of(number) == "RE_NOTICED"
    say(number, again, "REMOVED", later + 2 * HOUR)
    case = queries.load_case(number, now=later)
    assert case is not None
    assert case.hours_to_removal == 12


def test_a_page_that_comes_back_after_the_end_opens_a_new_episode_with_its_own_clock(fixed_now: datetime) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    say(number, notice_id, "REMOVED", fixed_now + 3 * HOUR)
    service.close(number=number, reason="confirmed", by=ANALYST, now=fixed_now + 4 * HOUR)
    back = fixed_now + timedelta(days=20)
    assert service.enter(new=NewEntry(URL), by=ANALYST, now=back).joined
    assert world.state_of(number) == "ENTERED"
    service.verify(number=number, found=world.FOUND, by=ANALYST, now=back)
    second = service.prepare(number=number, to=SITE, by=ANALYST, now=back)
    service.record_sent(number=number, notice_id=second, at=back, by=ANALYST, now=back)
    say(number, second, "REMOVED", back + 5 * HOUR)
    [line] = queries.list_figures(now=back + 5 * HOUR)
    assert (line.figures.noticed, line.figures.removed, line.figures.ninetieth_hours) == (2, 2, 5)
    # An answer under the old link changes nothing of the new episode.
    say(number, notice_id, "DISPUTED", back + 6 * HOUR, reason="not_ours")
    assert world.state_of(number) == "REMOVED"
    assert Answer.objects.filter(outcome="late").count() == 1


def test_journal_checks_and_answers_cannot_be_changed(fixed_now: datetime) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    say(number, notice_id, "REMOVED", fixed_now)
    service.record_check(number=number, look=Look(Seen.ANSWERS), at=fixed_now, by=ANALYST, now=fixed_now)
    for change in (
        lambda: JournalLine.objects.update(note="other"),
        lambda: Check.objects.update(seen="GONE"),
        lambda: Answer.objects.update(kind="DISPUTED"),
        lambda: Answer.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_the_audit_tells_every_act_and_never_the_address(fixed_now: datetime) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    say(number, notice_id, "ACKNOWLEDGED", fixed_now)
    entries = [entry for entry in list_entries(Wanted(), limit=100) if entry.object_kind == "notice"]
    assert [entry.verb for entry in reversed(entries)] == [
        "notice.entered",
        "notice.verified",
        "notice.prepared",
        "notice.sent",
        "notice.answered",
    ]
    assert "photos" not in repr(entries)


def test_contacts_and_hosting_lead_to_proposals_and_wrong_ones_are_named(fixed_now: datetime) -> None:
    number = world.verified(fixed_now)
    hosting = Hosting("Example Hosting", "Example Registrar", 64500, "nl")
    service.set_hosting(number=number, hosting=hosting, by=ANALYST, now=fixed_now)
    new = NewContact("HOST", "Example Hosting", "abuse@hosting.example")
    service.add_contact(number=number, new=new, by=ANALYST, now=fixed_now)
    [proposal] = queries.list_proposals(number, ())
    assert (proposal.kind, proposal.email, proposal.certainty) == ("HOST", "abuse@hosting.example", "medium")
    with pytest.raises(Refusal) as refused:
        service.set_hosting(number=number, hosting=Hosting(country="NLD"), by=ANALYST, now=fixed_now)
    assert refused.value.field == "country"
    bad = NewContact("HOST", "Example", "abuse at hosting")
    with pytest.raises(Refusal) as refused:
        service.add_contact(number=number, new=bad, by=ANALYST, now=fixed_now)
    assert refused.value.field == "email"


def test_the_companys_door_sees_the_one_notice_of_the_link_and_nothing_else(
    fixed_now: datetime, as_role: AsRole
) -> None:
    _, first, token = world.sent(fixed_now)
    _, second, _ = world.sent(fixed_now, url="https://photos.example/p/2002")
    with as_role("esp_web"):
        assert Notice.objects.count() == 0
        with service.link_scope(token):
            assert list(Notice.objects.values_list("id", flat=True)) == [first]
            assert own.find_by_link(token, now=fixed_now) is not None
            assert own.find_by_link(token, now=fixed_now + LINK_LIVES) is None
            answer = service.give(notice_id=first, new=NewAnswer("ACKNOWLEDGED", "LINK"), by=ANALYST, now=fixed_now)
            with pytest.raises(Refusal):
                service.give(notice_id=second, new=NewAnswer("ACKNOWLEDGED", "LINK"), by=ANALYST, now=fixed_now)
            with pytest.raises(DatabaseError), transaction.atomic():
                Answer.objects.create(notice_id=second, kind="REMOVED", at=fixed_now, via="LINK", by="x")
        for closed in ("notices_case", "notices_origin", "notices_journalline", "notices_check", "notices_hold"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(f"SELECT 1 FROM {closed}")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("SELECT mail_sealed FROM notices_notice")
    with as_role("worker"):
        assert service.take(answer_id=answer, now=fixed_now)
        assert not service.take(answer_id=answer, now=fixed_now)
    assert Notice.objects.get(pk=first).standing == "ACKNOWLEDGED"


def test_the_whole_course_works_with_the_rights_of_desk_and_worker(fixed_now: datetime, as_role: AsRole) -> None:
    with as_role("desk"):
        number, notice_id, _ = world.sent(fixed_now)
        assert queries.load_case(number, now=fixed_now) is not None
        assert queries.list_cases("out", now=fixed_now).total == 1
    with as_role("worker"):
        assert service.climb(now=fixed_now + 24 * HOUR) == 1
        assert service.send_due(now=fixed_now + 25 * HOUR) == 0
    with as_role("desk"):
        say(number, notice_id, "REMOVED", fixed_now + 26 * HOUR)
    assert Notice.objects.get(round=2).delivery == "STOPPED"
