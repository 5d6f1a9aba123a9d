"""From an officer's answer to the company, and from a seized list to the children sought, on the real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.db import ProgrammingError, connection
from tests.integration.kept_files import empty_store
from tests.integration.referral_world import ANALYST, ARIZONA, FLORIDA, World, officer, queued, referred

from tipline import pipeline
from tipline.domain.errors import Refusal
from tipline.domain.findings import ContactsSeized, LinkFound, OutcomeRecorded
from tipline.domain.referral import Part, ReferralRef
from tipline.domain.report import PersonRole
from tipline.domain.states import ReferralState, ReportState
from tipline.reports import queries as reports
from tipline.stages.feedback import queries, service
from tipline.stages.feedback.rules import OutcomeAnswer
from tipline.stages.referral import queries as referrals
from tipline.stages.referral import service as referral_service
from tipline.stages.routing import service as routing
from tipline.stages.routing.rules import LEAST_WEIGHT
from tipline.stages.routing.rules import Part as RoutedPart

pytestmark = pytest.mark.django_db
AsRole = Callable[..., AbstractContextManager[None]]
ARREST = OutcomeAnswer("arrest", child_identified=True, further_victims=2, useful="yes", note="Case 12, our words.")


@pytest.fixture(autouse=True)
def _empty_store() -> Iterator[None]:
    yield
    empty_store()


@pytest.fixture
def now() -> datetime:
    from tipline.platform import clock

    return clock.now()


def ref(world: World, agency: str = FLORIDA) -> ReferralRef:
    found = referrals.find_referral(agency=agency, number=world.number)
    assert found is not None
    return found.ref


def answer(world: World, said: OutcomeAnswer, now: datetime, as_role: AsRole, agency: str = FLORIDA) -> int:
    """An officer answers at the portal; the worker takes the answer up."""
    with as_role("portal", agency=agency):
        outcome_id = service.record_outcome(referral=ref(world, agency), answer=said, by=officer(agency), now=now)
    with as_role("worker"):
        service.take_outcome(outcome_id=outcome_id, now=now)
    return outcome_id


def outcomes_of(report_id: int) -> list[OutcomeRecorded]:
    found = [one.body for one in reports.current_findings(report_id, "outcome_recorded")]
    return [body for body in found if isinstance(body, OutcomeRecorded)]


def test_an_answer_becomes_a_finding_and_reaches_the_company(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    outcome_id = answer(world, ARREST, now, as_role)
    (told,) = outcomes_of(world.id)
    assert (told.agency, told.case_status, told.child_identified, told.further_victims) == (FLORIDA, "arrest", True, 2)
    with as_role("worker"):
        assert service.take_outcome(outcome_id=outcome_id, now=now) is None  # twice does nothing
    pipeline.news(world.id, ["outcome_recorded"])
    line = referrals.find_referral(agency=FLORIDA, number=world.number)
    assert line is not None
    assert line.state is ReferralState.ANSWERED
    page = queries.list_outcomes_of_esp(5)
    assert [(row.report_number, row.status_words) for row in page.rows] == [(world.number, "Led to an arrest")]
    assert queries.count_outcomes_of_esp(5) == {"answered": 1, "useful": 1, "children_identified": 1}


def test_the_company_sees_its_own_news_and_nothing_of_the_case(now: datetime, as_role: AsRole) -> None:
    answer(referred(now), ARREST, now, as_role)
    with as_role("esp_web"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.esp', '6', true)")
        assert queries.list_outcomes_of_esp(5).total == 0
        cursor.execute("SELECT set_config('app.esp', '5', true)")
        (row,) = queries.list_outcomes_of_esp(5).rows
        assert not {"agency", "note", "by", "further_victims", "closing_words"} & set(row.__slots__)
        cursor.execute("SELECT set_config('app.esp', '', true)")
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("esp_web"):
        connection.cursor().execute("SELECT * FROM feedback_outcome")


def test_a_later_answer_counts_and_the_earlier_one_is_kept(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    answer(world, OutcomeAnswer("ongoing"), now, as_role)
    answer(world, ARREST, now + timedelta(days=1), as_role)
    assert [told.case_status for told in outcomes_of(world.id)] == ["arrest"]
    assert [line.case_status for line in queries.list_outcomes(world.id)] == ["arrest", "ongoing"]
    with as_role("portal", agency=FLORIDA):
        newest = queries.find_outcome(ref(world).id)
        assert newest is not None
        assert newest.note == "Case 12, our words."
    with as_role("portal", agency=ARIZONA):
        assert queries.list_outcomes(world.id) == ()


def test_an_answer_about_a_foreign_referral_is_refused_by_service_and_database(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    theirs = ref(world, FLORIDA)
    with as_role("portal", agency=ARIZONA), pytest.raises(Refusal, match="no_such_referral"):
        service.record_outcome(referral=theirs, answer=ARREST, by=officer(ARIZONA), now=now)
    forged = ReferralRef(theirs.id, theirs.report_id, theirs.report_number, ARIZONA, Part.PRIMARY)
    for about in (theirs, forged):
        by = officer(about.agency)
        with pytest.raises(ProgrammingError, match="row-level security"), as_role("portal", agency=ARIZONA):
            service.record_outcome(referral=about, answer=ARREST, by=by, now=now)
        with pytest.raises(ProgrammingError, match="row-level security"), as_role("portal", agency=ARIZONA):
            service.hand_in_contacts(referral=about, text="some_handle", by=by, now=now)
    assert queries.list_outcomes(world.id) == ()


def test_an_agency_that_knows_the_existence_alone_does_not_answer(now: datetime) -> None:
    known = ReferralRef(1, 1, 1, ARIZONA, Part.EXISTENCE_ONLY)
    with pytest.raises(Refusal, match="not_yours"):
        service.record_outcome(referral=known, answer=ARREST, by=officer(ARIZONA), now=now)


@pytest.mark.parametrize("table", ["feedback_outcome", "feedback_contactlist", "feedback_contactrow"])
def test_answers_cannot_be_changed_or_deleted_at_the_portal(table: str, as_role: AsRole) -> None:
    for statement in (f"UPDATE {table} SET agency = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal", agency=FLORIDA):
            connection.cursor().execute(statement)


def test_a_seized_list_is_compared_with_other_reports_and_ties_them(now: datetime, as_role: AsRole) -> None:
    world, other = referred(now), queued(now, handle="known_elsewhere")
    text = "handle\nknown_elsewhere\nnobody_knows\nkim@example.org, child\nno contact at all\n"
    with as_role("portal", agency=FLORIDA):
        handed = service.hand_in_contacts(referral=ref(world), text=text, by=officer(FLORIDA), now=now)
        (kept,) = queries.list_contact_lists(world.id)
        assert [row for row, _, _ in queries.list_contact_problems(kept.id)] == [5]
    assert (handed.read, [one.row for one in handed.problems]) == (3, [5])
    with as_role("portal", agency=ARIZONA):
        assert queries.list_contact_lists(world.id) == ()
    with as_role("worker"):
        pipeline.take_contacts(handed.list_id)
        pipeline.take_contacts(handed.list_id)  # twice does nothing
    (seized,) = [one.body for one in reports.current_findings(world.id, "contacts_seized")]
    assert isinstance(seized, ContactsSeized)
    assert (seized.rows, seized.known_in_reports, seized.sought) == (3, 1, 2)
    sought = [one for one in reports.list_identifiers(world.id) if one.path.startswith("seized list")]
    assert {one.value: one.role for one in sought} == {
        "known_elsewhere": PersonRole.CONTACT,
        "nobody_knows": PersonRole.CONTACT,
        "kim@example.org": PersonRole.VICTIM,
    }
    pipeline.news(world.id, ["contacts_seized"])
    links = [one.body for one in reports.current_findings(world.id, "link_found")]
    ties = [body for body in links if isinstance(body, LinkFound) and body.other_report_id == other.id]
    (tie,) = [body for body in ties if body.value == "known_elsewhere"]
    assert tie.why == "The same handle (contact found with the suspect here, reported person there)"
    assert tie.weight < LEAST_WEIGHT, "its places get no copy"
    document = referral_service.read_package_document(referral_id=ref(world).id)
    assert document is not None
    assert document["contacts"] == [{"rows": 3, "known_in_reports": 1, "sought": 2}]


def test_the_primary_agencys_final_answer_closes_the_report(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    answer(world, ARREST, now, as_role)
    assert service.close_due(now=now) == 0  # an arrest is not the end
    answer(world, OutcomeAnswer("closed", closing_reason="adult"), now, as_role, agency=ARIZONA)
    assert service.close_due(now=now) == 0  # the copy's answer ends nothing
    answer(world, OutcomeAnswer("conviction", child_identified=True), now, as_role)
    with as_role("worker"):
        assert service.close_due(now=now) == 1
    assert reports.load_head(world.id).state is ReportState.CLOSED
    assert service.close_due(now=now) == 0


def test_a_final_answer_that_was_taken_back_closes_nothing(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    answer(world, OutcomeAnswer("closed", closing_reason="cannot_locate"), now, as_role)
    answer(world, OutcomeAnswer("ongoing"), now + timedelta(hours=1), as_role)
    assert service.close_due(now=now) == 0
    assert reports.load_head(world.id).state is ReportState.MADE_AVAILABLE


def test_a_report_that_nobody_answers_closes_after_the_waiting_time(now: datetime) -> None:
    world = referred(now)
    assert service.close_due(now=now + timedelta(days=364)) == 0
    assert service.close_due(now=now + timedelta(days=366)) == 1
    assert reports.list_journal(world.id)[-1].code == "waiting_time_over"


def test_a_report_that_is_sent_to_another_agency_changes_its_primary(now: datetime) -> None:
    world = referred(now)
    parts = (("icac-ga", RoutedPart.PRIMARY), (FLORIDA, RoutedPart.COPY))
    choice = routing.Choice(parts, "The suspect has moved.")
    routing.choose_recipients(report_id=world.id, choice=choice, by=ANALYST, now=now + timedelta(hours=1))
    pipeline.news(world.id, ["recipient_chosen"])
    held = {line.agency: line for line in referrals.list_referrals(world.id)}
    assert held["icac-ga"].part is Part.PRIMARY
    assert held[FLORIDA].part is Part.COPY
    assert held[FLORIDA].primary_agency == held["icac-ga"].agency_name
    assert "You get a copy" in referrals.list_packages(held[FLORIDA].id)[0].news[0]
