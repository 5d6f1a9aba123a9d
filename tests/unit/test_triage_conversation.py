"""A child that can be reached: what was written with one, how lately, what the sender marks; a place says less."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.test_triage_rules import NOTHING

from tipline.domain.answers import TIME, Answers
from tipline.domain.findings import BestPlace
from tipline.stages.triage.features import features_of
from tipline.stages.triage.rules import Facts, score

CAME = datetime(2026, 2, 20, 8, 30, tzinfo=UTC)
CHAT = {"internetDetails": [{"chatImIncident": {"content": "morning table paper"}}]}
CHILD = {"intendedRecipient": [{"screenName": "kite_17"}]}
NAMES = ("conversation", "within_day", "within_week", "aggravating")


def told(*parts: dict[str, Any], before: timedelta | None = None, **changed: Any) -> Facts:
    summary: dict[str, Any] = {"incidentType": "Child Pornography (possession, manufacture, and distribution)"}
    if before is not None:
        summary["incidentDateTime"] = (CAME - before).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {"incidentSummary": summary} | {name: value for part in parts for name, value in part.items()}
    return replace(NOTHING, document=document, received_at=CAME, **changed)


def said(facts: Facts) -> set[str]:
    return {name for name in NAMES if features_of(facts).get(name)}


def grown(age: int) -> dict[str, Any]:
    return {"intendedRecipient": [{"intendedRecipientPerson": {"age": age}}]}


@pytest.mark.parametrize(
    ("parts", "is_one"),
    [
        ((CHAT, CHILD), True),
        ((CHAT, {"victim": [{"victimPerson": {"age": 12}}]}), True),
        ((CHAT, grown(17)), True),
        ((CHAT, grown(18)), False),
        ((CHAT,), False),
        ((CHILD,), False),
        (({"additionalInfo": "morning table paper"}, CHILD), False),
        (({"internetDetails": [{"chatImIncident": {"content": "  "}}]}, CHILD), False),
    ],
)
def test_a_conversation_has_messages_and_a_child(parts: tuple[dict[str, Any], ...], is_one: bool) -> None:
    assert ("conversation" in said(told(*parts))) is is_one


def test_a_conversation_that_came_later_counts_too() -> None:
    later = {"incidentSummary": {}} | CHAT | CHILD
    assert "conversation" in said(told(later=(later,)))


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (timedelta(hours=3), {"within_day", "within_week"}),
        (timedelta(hours=-1), {"within_day", "within_week"}),  # a clock that is ahead
        (timedelta(days=3), {"within_week"}),
        (timedelta(days=9), set()),
        (None, set()),
    ],
)
def test_how_lately_it_happened(before: timedelta | None, found: set[str]) -> None:
    assert said(told(before=before)) == found


def test_a_time_that_nobody_told_is_no_time() -> None:
    facts = told(before=timedelta(0), answers=Answers(ongoing="unknown", not_told=(TIME,)))
    assert not said(facts)
    assert not said(replace(told(before=timedelta(0)), received_at=None))


def test_each_of_it_lifts_the_score_and_has_its_sentence() -> None:
    steps = [
        told(CHAT),
        told(CHAT, CHILD),
        told(CHAT, CHILD, before=timedelta(days=3)),
        told(CHAT, CHILD, before=timedelta(hours=3)),
    ]
    scores = [score(facts).score for facts in steps]
    assert scores == sorted(set(scores))
    sentences = [point.sentence for point in score(steps[-1]).points]
    assert "The conversation is less than a day old" in sentences
    assert "A conversation in which a child takes part is sent along" in sentences


def test_the_senders_mark_of_aggravating_factors_lifts_it() -> None:
    marked = {"incidentType": "", "reportAnnotations": {"potentialAggravatingFactors": True}}
    facts = replace(NOTHING, document={"incidentSummary": marked})
    assert said(facts) == {"aggravating"}
    assert score(facts).points[0].sentence == "The sender sees possible aggravating factors"


def test_a_place_weighs_less_than_a_child_who_can_be_reached() -> None:
    sides = ("SUSPECT", "VICTIM")
    places = tuple(BestPlace(side, "US", "FL", county="Duval", confidence="certain") for side in sides)
    both = replace(told(CHAT), places=places)
    assert score(told(CHAT)).score < score(both).score < score(told(CHAT, CHILD)).score
