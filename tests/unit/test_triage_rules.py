"""The score: every point has a sentence, overrides are urgent, nothing is decided by it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.referral_samples import file as sample_file

from tipline.domain.answers import HARMS, ONGOING, Answers
from tipline.domain.findings import BestPlace, FileKnown, LinkFound, RingFound
from tipline.domain.report import FileRef
from tipline.domain.vocabulary import INCIDENT_TYPES, Priority
from tipline.stages.triage.features import features_of
from tipline.stages.triage.rules import Facts, score, score_features

NOTHING = Facts(
    document={"incidentSummary": {"incidentType": "Misleading Domain Name"}},
    answers=Answers(),
    files=(),
    links=(),
    places=(),
    child_age=None,
)


def with_summary(**fields: Any) -> Facts:
    return replace(NOTHING, document={"incidentSummary": fields})


def test_a_report_that_says_nothing_scores_nothing_and_is_ordinary() -> None:
    result = score(NOTHING)
    assert (result.score, result.priority) == (0, Priority.ORDINARY)


@pytest.mark.parametrize(
    "facts",
    [
        with_summary(incidentType="", escalateToHighPriority="a meeting is planned"),
        replace(NOTHING, answers=Answers(danger_now=True)),
        replace(NOTHING, answers=Answers(harms=("self_harm",))),
        replace(NOTHING, escalated=True),
    ],
    ids=["sender", "reporter", "self-harm", "analyst"],
)
def test_stated_danger_is_urgent_whatever_the_score(facts: Facts) -> None:
    assert score(facts).priority == Priority.URGENT


def test_a_blank_escalation_is_no_escalation() -> None:
    assert score(with_summary(incidentType="", escalateToHighPriority="  ")).priority == Priority.ORDINARY


def test_contact_today_with_a_threat_to_a_child_of_14_is_urgent_once_linked() -> None:
    facts = replace(
        NOTHING,
        document={"incidentSummary": {"incidentType": "Online Enticement of Children for Sexual Acts"}},
        answers=Answers(ongoing="today", harms=("pictures_threat",)),
        child_age=14,
        links=(LinkFound(2, 1002, "HANDLE", "@fox", 70, "The same handle (reported person in both)"),),
    )
    result = score(facts)
    assert result.priority == Priority.URGENT
    assert "contact today" in result.tags


def test_a_viral_file_lowers_and_never_below_zero() -> None:
    document: dict[str, Any] = {"incidentSummary": {"incidentType": INCIDENT_TYPES[0].wire}}
    assert score(replace(NOTHING, document=document)).score == 5


def test_a_viral_file_takes_nothing_from_the_new_one_beside_it() -> None:
    seen = sample_file(1, b"a", "<fileViewedByEsp>true</fileViewedByEsp>")
    viral = replace(seen, file_id="2" * 32, sha256="2" * 64, details={"fileAnnotations": {"viral": True}})
    assert features_of(replace(NOTHING, files=(seen, viral))).get("unseen")
    assert not features_of(replace(NOTHING, files=(viral,))).get("unseen")


def test_a_rule_that_reached_its_most_says_so_and_one_below_it_says_nothing() -> None:
    ties = {many: score_features({"linked": many, "linked_words": "The same handle"}).points for many in (3, 4)}
    assert [(one.points, one.sentence) for one in ties[3]] == [(10, "The same handle")]  # reached, nothing cut
    assert [(one.points, one.sentence) for one in ties[4]] == [(10, "The same handle (the most for this is 10 points)")]


def test_a_place_never_lowers() -> None:
    place = BestPlace(role="SUSPECT", country="US", state="FL", county="Duval", confidence="likely")
    assert score(replace(NOTHING, places=(place,))).score > score(NOTHING).score


facts_strategy = st.builds(
    Facts,
    document=st.sampled_from([{"incidentSummary": {"incidentType": kind.wire}} for kind in INCIDENT_TYPES]),
    answers=st.builds(
        Answers,
        ongoing=st.sampled_from(["", *ONGOING]),
        danger_now=st.booleans(),
        harms=st.lists(st.sampled_from(sorted(HARMS)), unique=True).map(tuple),
    ),
    files=st.just(()),
    links=st.just(()),
    places=st.just(()),
    child_age=st.none() | st.integers(0, 17),
)


@given(facts_strategy)
def test_every_point_has_a_sentence_and_the_sum_is_the_score(facts: Facts) -> None:
    result = score(facts)
    assert all(point.sentence.strip() for point in result.points)
    assert result.score == sum(point.points for point in result.points)


@given(facts_strategy, facts_strategy)
def test_a_child_in_danger_now_stands_before_everything_else_and_it_is_said_why(one: Facts, other: Facts) -> None:
    first = score(replace(one, answers=replace(one.answers, danger_now=True)))
    second = score(replace(other, answers=replace(other.answers, danger_now=False)))
    assert (first.priority, -first.score) < (second.priority, -second.score)
    assert any("in danger right now" in point.sentence for point in first.points)


def test_a_type_that_was_not_told_gives_no_points_and_is_called_so() -> None:
    document = {"incidentSummary": {"incidentType": "Online Enticement of Children for Sexual Acts"}}
    result = score(replace(NOTHING, document=document, answers=Answers(not_told=("type",))))
    assert result.score == 0
    assert [point.sentence for point in result.points] == ["What kind of incident it is was not told: no points for it"]


@given(facts_strategy)
def test_danger_said_by_the_reporter_never_lowers_the_score(facts: Facts) -> None:
    calm = replace(facts, answers=replace(facts.answers, danger_now=False))
    alarmed = replace(facts, answers=replace(facts.answers, danger_now=True))
    assert score(alarmed).score >= score(calm).score


def test_a_part_like_a_known_picture_gives_no_points_and_the_file_may_still_be_new() -> None:
    file = sample_file(1, b"a", "<fileViewedByEsp>true</fileViewedByEsp>")
    alone = replace(NOTHING, files=(file,))
    part = FileKnown(file.file_id, 7, "Industry", "Example", "FEATURES", places=40)
    result = score(replace(alone, known=(part,)))
    assert result.score == score(alone).score
    assert {"maybe new", "like a known one"} <= set(result.tags)
    same = score(replace(alone, known=(replace(part, how="PDQ", classification="B2"),)))
    assert ("known file" in same.tags, "maybe new" in same.tags) == (True, False)


def marked(annotation: str, viewed: bool = True) -> FileRef:
    file = sample_file(1, b"a", f"<fileViewedByEsp>{str(viewed).lower()}</fileViewedByEsp>")
    return replace(file, details={"fileAnnotations": {annotation: True}})


@pytest.mark.parametrize(("annotation", "ground"), [("infant", "infant"), ("liveStreaming", "live")])
def test_an_infant_or_a_live_stream_is_urgent_in_a_file_that_nobody_knew(annotation: str, ground: str) -> None:
    file = marked(annotation)
    new = replace(NOTHING, files=(file,))
    listed = replace(new, known=(FileKnown(file.file_id, 7, "Industry", "Example", "SHA256", classification="A1"),))
    sent = replace(new, links=(LinkFound(2, 1002, "FILE_SHA256", file.sha256, 90, "The same file"),))
    assert ground in score(new).overrides
    assert score(new).priority == Priority.URGENT
    assert (score(listed).overrides, score(sent).overrides) == ((), ())
    # What comes after it takes nothing away: a stream that a second company reports is no less live.
    assert score(replace(sent, report_id=1)).overrides == (ground,)
    assert score(replace(sent, report_id=3)).overrides == ()


def test_a_tie_is_counted_for_the_reports_that_have_it() -> None:
    email = LinkFound(2, 1002, "EMAIL", "x", 90, "The same e-mail address (reported person in both)")
    handle = LinkFound(3, 1003, "HANDLE", "@x", 70, "The same handle (reported person in both)")
    both = [one.sentence for one in score(replace(NOTHING, links=(email, handle))).points]
    assert "The same e-mail address in 1 other report, and 1 more by another tie" in both
    assert "The same handle in 1 other report" in [
        one.sentence for one in score(replace(NOTHING, links=(handle,))).points
    ]


def test_an_infant_that_only_a_machine_saw_is_a_claim() -> None:
    assert score(replace(NOTHING, files=(marked("infant", viewed=False),))).overrides == ()


def test_words_are_a_fact_when_a_person_tells_us_and_a_claim_in_a_companys_log_without_a_child() -> None:
    log = replace(NOTHING, document={**NOTHING.document, "additionalInfo": "He wants to meet me tomorrow."})
    told = replace(log, answers=Answers(reporter_is="child"))
    with_child = replace(log, child_age=13)
    assert [score(facts).overrides for facts in (log, told, with_child)] == [(), ("meeting",), ("meeting",)]
    assert any("wants to meet" in point.sentence for point in score(log).points)


def test_what_is_told_later_counts_too() -> None:
    later = replace(NOTHING, answers=Answers(reporter_is="parent"), later=({"additionalInfo": "She is in danger"},))
    assert "danger" in score(later).tags


def test_a_person_reported_again_and_again_beside_a_named_child_goes_on_and_a_shared_file_does_not() -> None:
    why = "The same e-mail address (reported person in both)"
    same = tuple(LinkFound(at, 1000 + at, "EMAIL", "x", 85, why) for at in range(3))
    files = tuple(LinkFound(at, 1000 + at, "FILE_SHA256", "x", 90, "The same file") for at in range(3))
    child = replace(NOTHING, child_age=12)
    assert score(replace(child, links=same)).overrides == ("growing",)
    assert score(replace(child, links=files)).overrides == ()
    assert score(replace(NOTHING, ring=RingFound(reports=9, children=4, lately=1))).overrides == ("growing",)
    assert score(replace(NOTHING, ring=RingFound(reports=9, children=4))).overrides == ()
