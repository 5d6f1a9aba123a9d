"""What a company may still do with a report, and what a reporter is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tipline.domain.errors import Refusal
from tipline.domain.findings import Body, Judged, OutcomeRecorded, ReferralMade
from tipline.domain.states import ReportState
from tipline.stages.intake.rules import STATUS, Standing, require_open, status_for

OPENED = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def standing(state: ReportState = ReportState.OPEN, *, changed_at: datetime = OPENED) -> Standing:
    return Standing(7, "production", state, OPENED, changed_at)


def refusal(found: Standing | None, *, esp_id: int = 7, environment: str = "production", hours: float = 1) -> str:
    try:
        require_open(found, esp_id=esp_id, environment=environment, now=OPENED + hours * HOUR)
    except Refusal as refused:
        return f"{refused.code}: {refused.sentence}"
    return ""


def test_an_open_report_of_the_sender_is_open() -> None:
    assert refusal(standing()) == ""


def test_a_foreign_report_is_answered_like_one_that_does_not_exist() -> None:
    unknown = refusal(None)
    assert unknown.startswith("no_such_report")
    assert refusal(standing(), esp_id=8) == unknown
    assert refusal(standing(), environment="test") == unknown
    assert refusal(standing(ReportState.SCORED), esp_id=8) == unknown
    assert refusal(standing(ReportState.RETRACTED), esp_id=8) == unknown


def test_a_report_expires_at_the_later_of_a_day_and_an_hour_after_the_last_change() -> None:
    late_upload = standing(changed_at=OPENED + 23.5 * HOUR)
    assert refusal(standing(), hours=23.9) == ""
    assert refusal(standing(), hours=24.1).startswith("no_such_report")
    assert refusal(late_upload, hours=24.4) == ""
    assert refusal(late_upload, hours=24.6).startswith("no_such_report")
    assert refusal(standing(ReportState.LAPSED)).startswith("no_such_report")


def test_ended_reports_are_named_as_retracted_or_finished() -> None:
    assert refusal(standing(ReportState.RETRACTED)).startswith("retracted")
    for state in (ReportState.RECEIVED, ReportState.SCORED, ReportState.MADE_AVAILABLE, ReportState.CLOSED):
        assert refusal(standing(state), hours=9999).startswith("finished")


TOLD = ReferralMade("icac-az", "PRIMARY", 1)
OUT = Judged("OUT_OF_SCOPE", "no_child")


def outcome(status: str) -> OutcomeRecorded:
    return OutcomeRecorded("icac-az", status)


@pytest.mark.parametrize(
    ("state", "findings", "status"),
    [
        (ReportState.RECEIVED, (), "received"),
        (ReportState.SCORED, (), "received"),
        (ReportState.TRIAGED, (), "looked_at"),
        (ReportState.ROUTED, (), "looked_at"),
        (ReportState.MADE_AVAILABLE, (), "with_police"),
        (ReportState.SECURED, (TOLD,), "with_police"),  # an early referral
        (ReportState.MADE_AVAILABLE, (TOLD, outcome("ongoing")), "acted"),
        (ReportState.CLOSED, (TOLD, outcome("arrest")), "arrest"),
        (ReportState.CLOSED, (TOLD, outcome("ongoing"), outcome("conviction")), "arrest"),
        (ReportState.CLOSED, (TOLD, outcome("closed")), "with_police"),
        (ReportState.CLOSED, (OUT,), "closed"),
        (ReportState.TRIAGED, (OUT,), "closed"),
    ],
)
def test_the_reporter_is_told_where_the_report_stands(
    state: ReportState, findings: tuple[Body, ...], status: str
) -> None:
    assert status_for(state, findings) == status
    assert STATUS[status].endswith(".")


@pytest.mark.parametrize("status", ["ongoing", "referred_onward"])
def test_no_act_is_claimed_before_there_was_one(status: str) -> None:
    said = STATUS[status_for(ReportState.MADE_AVAILABLE, (TOLD, outcome(status)))]
    assert said == "The police are looking into it."
