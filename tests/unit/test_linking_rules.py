"""Ties between reports: reasons, weights, the same-time rule for addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.report import Identifier, IdentifierKind, PersonRole, ReportHead, Source
from tipline.domain.states import ReportState
from tipline.stages.linking.rules import COMMON, RULES, Shared, decide, link, may_tie, mirrored, weight_of
from tipline.stages.routing.rules import LEAST_WEIGHT

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HEAD = ReportHead(
    id=1, number=1001, source=Source.ESP_API, state=ReportState.ENRICHED, priority=4, score=0, incident_type="",
    headline="", opened_at=NOON, received_at=NOON, esp_id=None, esp_name="", environment="production", hold=None,
    legal_hold=False, preserve_until=None,
)  # fmt: skip


def seen(
    kind: IdentifierKind, value: str, role: PersonRole = PersonRole.SUSPECT, at: datetime | None = None
) -> Identifier:
    return Identifier(kind, role, value, value, at)


def shared(own: Identifier, other: Identifier, reports: int = 2) -> Shared:
    return Shared(own, 2, 1002, other, reports)


def test_the_same_handle_is_a_tie_with_a_reason() -> None:
    handle = seen(IdentifierKind.HANDLE, "harbor_fox")
    found = link(shared(handle, handle))
    assert found.why == "The same handle (reported person in both)"
    assert found.weight == RULES[IdentifierKind.HANDLE].weight


def test_an_address_ties_only_at_the_same_time() -> None:
    early = seen(IdentifierKind.IP, "198.51.100.7", at=NOON)
    near = seen(IdentifierKind.IP, "198.51.100.7", at=NOON + timedelta(minutes=59))
    late = seen(IdentifierKind.IP, "198.51.100.7", at=NOON + timedelta(hours=3))
    timeless = seen(IdentifierKind.IP, "198.51.100.7")
    assert may_tie(early, near)
    assert not may_tie(early, late)
    assert not may_tie(early, timeless)


def test_what_identifies_a_reporter_never_ties() -> None:
    mail = seen(IdentifierKind.EMAIL, "desk@example.com", PersonRole.REPORTER)
    assert not may_tie(mail, mail)


def test_a_common_value_weighs_less_and_says_so() -> None:
    handle = seen(IdentifierKind.HANDLE, "admin")
    found = link(shared(handle, handle, reports=COMMON * 10))
    assert found.weight < RULES[IdentifierKind.HANDLE].weight
    assert "stands in 200 reports" in found.why


def test_the_other_report_sees_the_same_tie_mirrored() -> None:
    own = seen(IdentifierKind.HANDLE, "fox", PersonRole.SUSPECT)
    other = seen(IdentifierKind.HANDLE, "fox", PersonRole.VICTIM)
    back = mirrored(shared(own, other), HEAD)
    assert (back.other_report_id, back.other_number) == (1, 1001)
    assert link(back).why == "The same handle (child here, reported person there)"


def test_a_contact_of_a_seized_list_is_called_one_and_ties_too_weakly_for_a_copy() -> None:
    own = seen(IdentifierKind.EMAIL, "kim@example.org", PersonRole.CONTACT)
    other = seen(IdentifierKind.EMAIL, "kim@example.org", PersonRole.SUSPECT)
    for tie in (shared(own, other), mirrored(shared(own, other), HEAD)):
        found = link(tie)
        assert "contact found with the suspect" in found.why
        assert "child" not in found.why
        assert found.weight < LEAST_WEIGHT


def test_a_report_without_ties_walks_on() -> None:
    result = decide(HEAD, (), NOON)
    assert result.to_state is ReportState.LINKED
    assert result.findings == ()


@given(st.sampled_from(sorted(RULES)), st.integers(2, 100_000))
def test_weight_never_rises_with_how_common_a_value_is(kind: IdentifierKind, reports: int) -> None:
    assert weight_of(kind, reports + 1) <= weight_of(kind, reports) <= RULES[kind].weight
