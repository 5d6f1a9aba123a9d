"""The automatic way: a report from a human door walks to the queue, and its ties are told to both reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from tipline import pipeline
from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.domain.findings import LinkFound
from tipline.domain.report import Source
from tipline.domain.states import Disposition, ReportState
from tipline.reference.directory import service as directory
from tipline.reports import queries as reports
from tipline.reports import retention
from tipline.reports import service as record
from tipline.reports.values import Opening
from tipline.simulation import story
from tipline.stages.triage import queries as triage_queries
from tipline.stages.triage import rulesets
from tipline.stages.triage import service as triage

pytestmark = pytest.mark.django_db

ANALYST = Actor(ActorKind.USER, "analyst", role="ANALYST")


@pytest.fixture
def now() -> datetime:
    from tipline.platform import clock

    return clock.now()


def received(now: datetime, environment: str = "production") -> int:
    """One company's report about the story's suspect, finished."""
    opening = Opening(
        source=Source.ESP_API,
        raw=b"<report/>",
        media_type="text/xml",
        document=story.company_document(now),
        esp_id=1,
        esp_name=story.COMPANY,
        environment=environment,
    )
    opened = record.open_report(opening=opening, by=ANALYST, now=now)
    record.receive(report_id=opened.id, by=ANALYST, now=now)
    return opened.id


def judged(report_id: int, disposition: Disposition, reason: str, now: datetime) -> None:
    judgement = triage.Judgement(disposition, reason)
    triage.decide_report(report_id=report_id, judgement=judgement, by=ANALYST, now=now)
    for decision_id in triage_queries.list_due(now + timedelta(minutes=1)):
        triage.apply_decision(decision_id=decision_id, now=now + timedelta(minutes=1))


def test_a_finished_report_walks_to_the_queue_by_itself(now: datetime) -> None:
    report_id = received(now)
    pipeline.walk(report_id)
    head = reports.load_head(report_id)
    assert head.state is ReportState.SCORED
    assert head.score > 0
    assert [line.to_state for line in reports.list_journal(report_id)] == [
        "OPEN", "RECEIVED", "SECURED", "ENRICHED", "LINKED", "SCORED",
    ]  # fmt: skip


def test_walking_twice_changes_nothing(now: datetime) -> None:
    report_id = received(now)
    pipeline.walk(report_id)
    before = reports.all_findings(report_id)
    pipeline.walk(report_id)
    assert reports.all_findings(report_id) == before


def test_the_second_report_about_a_suspect_tells_the_first(now: datetime) -> None:
    first, second = received(now), received(now)
    pipeline.walk(first)
    pipeline.walk(second)
    for report_id, other in ((first, second), (second, first)):
        links = [found.body for found in reports.current_findings(report_id, "link_found")]
        assert {link.other_report_id for link in links if isinstance(link, LinkFound)} == {other}


def test_a_test_report_is_never_tied_to_a_real_one(now: datetime) -> None:
    real, trial = received(now), received(now, "test")
    pipeline.walk(real)
    pipeline.walk(trial)
    assert not reports.current_findings(real, "link_found")
    assert not reports.current_findings(trial, "link_found")


def test_late_news_raises_the_score_of_the_first(now: datetime) -> None:
    first = received(now)
    pipeline.walk(first)
    before = reports.load_head(first).score
    pipeline.walk(received(now))
    pipeline.news(first, ["link_found"])
    assert reports.load_head(first).score > before


def test_a_decision_can_be_undone_in_its_window_and_not_after(now: datetime) -> None:
    report_id = received(now)
    pipeline.walk(report_id)
    judgement = triage.Judgement(Disposition.INFORMATIONAL, "too_thin")
    triage.decide_report(report_id=report_id, judgement=judgement, by=ANALYST, now=now)
    with pytest.raises(Refusal, match="already_decided"):
        triage.decide_report(report_id=report_id, judgement=judgement, by=ANALYST, now=now)
    triage.undo_decision(report_id=report_id, by=ANALYST, now=now)
    assert triage_queries.find_pending(report_id) is None
    with pytest.raises(Refusal, match="nothing_to_undo"):
        triage.undo_decision(report_id=report_id, by=ANALYST, now=now)
    assert reports.load_head(report_id).state is ReportState.SCORED


def test_a_machine_decides_nothing(now: datetime) -> None:
    report_id = received(now)
    pipeline.walk(report_id)
    judgement = triage.Judgement(Disposition.REFERRAL, "new_material")
    with pytest.raises(Refusal, match="not_a_person"):
        triage.decide_report(report_id=report_id, judgement=judgement, by=pipeline.BY, now=now)


def test_out_of_scope_closes_without_any_agency(now: datetime) -> None:
    report_id = received(now)
    pipeline.walk(report_id)
    judged(report_id, Disposition.OUT_OF_SCOPE, "test_or_spam", now)
    pipeline.walk(report_id)
    assert reports.load_head(report_id).state is ReportState.CLOSED
    assert not reports.current_findings(report_id, "recipient_chosen")


def test_a_referral_reaches_the_suspects_task_force(now: datetime) -> None:
    directory.load_reference(now=now)
    report_id = received(now)
    pipeline.walk(report_id)
    judged(report_id, Disposition.REFERRAL, "suspect_identifiable", now)
    late = partial(triage_queries.late_referrals, rulesets.current().clocks, now + timedelta(days=90), size=5)
    assert [one for one, _ in late().longest] == [report_id]
    pipeline.walk(report_id)
    assert reports.load_head(report_id).state is ReportState.MADE_AVAILABLE
    assert late().longest == ()  # the clock of the referral stops with it
    made = {found.body.agency: found.body.part for found in reports.current_findings(report_id, "referral_made")}  # type: ignore[union-attr]
    assert made["icac-fl-north"] == "PRIMARY"


def test_a_hold_stops_a_report_until_a_person_releases_it(now: datetime) -> None:
    report_id = received(now)
    record.put_hold(report_id=report_id, reason="bug", detail="ValueError", by=pipeline.BY, now=now)
    pipeline.walk(report_id)
    assert reports.load_head(report_id).state is ReportState.RECEIVED
    record.release_hold(report_id=report_id, by=ANALYST, now=now)
    pipeline.walk(report_id)
    assert reports.load_head(report_id).state is ReportState.SCORED


def test_a_legal_hold_wins_over_every_purge(now: datetime) -> None:
    report_id = received(now)
    pipeline.walk(report_id)
    judged(report_id, Disposition.OUT_OF_SCOPE, "test_or_spam", now)
    pipeline.walk(report_id)
    retention.set_legal_hold(report_id=report_id, reason="court order 1", by=ANALYST, now=now)
    later = now + timedelta(days=4000)
    pipeline.purge(later)
    assert reports.load_head(report_id).state is ReportState.CLOSED
    with pytest.raises(Refusal, match="legal_hold"):
        retention.purge(report_id=report_id, by=pipeline.BY, now=later)
    retention.release_legal_hold(report_id=report_id, by=ANALYST, now=later)
    pipeline.purge(later)
    assert reports.load_head(report_id).state is ReportState.PURGED
    assert reports.load_document(report_id) == {}
    assert reports.raw_digest(report_id)


def test_an_unfinished_report_lapses_at_the_later_of_both_clocks(now: datetime) -> None:
    opening = Opening(Source.ESP_API, b"<report/>", "text/xml", story.company_document(now), esp_id=1)
    opened = record.open_report(opening=opening, by=ANALYST, now=now)
    pipeline.lapse(now + timedelta(hours=23))
    assert reports.load_head(opened.id).state is ReportState.OPEN
    pipeline.lapse(now + timedelta(hours=25))
    assert reports.load_head(opened.id).state is ReportState.LAPSED


def test_an_error_inside_a_step_leaves_nothing_behind(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    report_id = received(now)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(record, "audit", broken)
    with pytest.raises(ZeroDivisionError):
        pipeline.step(report_id, now)
    monkeypatch.undo()
    assert reports.load_head(report_id).state is ReportState.RECEIVED
    assert not reports.all_findings(report_id)
