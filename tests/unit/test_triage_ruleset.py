"""Rules as data: each fires and does not fire; whoever edits them, a danger that is added never lowers a report."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.triage_cases import CASES

from tipline.domain.answers import Answers
from tipline.domain.findings import Scored, decode, encode
from tipline.domain.vocabulary import Priority
from tipline.stages.triage.facts import Facts
from tipline.stages.triage.features import FEATURES_LIST, FLAG, NUMBER, features_of
from tipline.stages.triage.overrides import OVERRIDES, holding
from tipline.stages.triage.rules import score_features
from tipline.stages.triage.ruleset import SHIPPED, faults_of, parse, read_line, rule_faults, shipped_data

RULES = {rule.id: rule for rule in SHIPPED.rules}
DANGER_FLAGS = [one.name for one in FEATURES_LIST if one.danger and one.kind == FLAG]
DANGER_NUMBERS = [one.name for one in FEATURES_LIST if one.danger and one.kind == NUMBER]


def test_every_shipped_rule_has_a_case() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_each_rule_fires_with_its_points_and_does_not_fire_near_it(name: str) -> None:
    fires_on, points, not_on = CASES[name]
    assert RULES[name].fires(fires_on)
    assert RULES[name].points_of(fires_on) == points
    assert not RULES[name].fires(not_on)
    sentences = [one.sentence for one in score_features(fires_on).points]
    assert all(sentence.strip() and "{" not in sentence for sentence in sentences)


OVERRIDDEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "danger_now": ({"danger_now": True}, {"sender_urgent": True}),
    "escalated": ({"escalated": True}, {}),
    "sender_checked": ({"sender_urgent": True, "threat": True}, {"sender_urgent": True}),
    "self_harm": ({"word_self_harm": 2, "by_person": True}, {"word_self_harm": 2}),
    "contact": ({"contact": "today"}, {"contact": "week"}),
    "meeting": ({"word_meeting": 2, "child_said": True}, {"word_meeting": 1, "child_said": True}),
    "hands_on": ({"touched": True}, {"word_hands_on": 2}),
    "live": ({"live": True, "live_new": True}, {"live": True}),
    "danger": ({"word_danger": 2, "by_person": True}, {"word_danger": 2}),
    "infant": ({"infant": True, "infant_new": True}, {"infant": True}),
    "growing": ({"same_person": 3, "child_named": True}, {"same_person": 3, "child_said": True}),
}


@pytest.mark.parametrize("code", [one.code for one in OVERRIDES])
def test_each_ground_for_urgency_holds_for_its_fact_and_not_for_a_claim(code: str) -> None:
    fact, claim = OVERRIDDEN[code]
    assert code in score_features(fact).overrides
    assert score_features(fact).priority == Priority.URGENT
    assert code not in score_features(claim).overrides


def test_what_somebody_ticks_as_live_is_urgent_without_a_file() -> None:
    found = features_of(Facts({}, Answers(harms=("live",)), (), (), (), None))
    assert found["on_camera"]
    assert score_features(found).overrides == ("live",)


def test_the_senders_word_alone_is_looked_at_soon_and_is_not_urgent() -> None:
    assert score_features({"sender_urgent": True}).priority == Priority.SOON


def _value(name: str) -> st.SearchStrategy[Any]:
    feature = next(one for one in FEATURES_LIST if one.name == name)
    if feature.kind == FLAG:
        return st.just(True)
    if feature.kind == NUMBER:
        return st.integers(0, 20)
    return st.sampled_from(["today", "week", "csam", "enticement", "A1", "x"])


some_features = st.lists(st.sampled_from([one.name for one in FEATURES_LIST]), unique=True, max_size=14).flatmap(
    lambda names: st.fixed_dictionaries({name: _value(name) for name in names})
)


@st.composite
def edited(draw: st.DrawFn) -> Any:
    """A rule set as some supervisor might leave it: points changed at will, rules taken out, within what is allowed."""
    data = deepcopy(shipped_data())
    kept = draw(st.lists(st.sampled_from(range(len(data["rules"]))), unique=True, min_size=1, max_size=25))
    data["rules"] = [data["rules"][at] for at in sorted(kept)]
    for rule in data["rules"]:
        points = draw(st.integers(-60, 60))
        tried = {**rule, "points": points}
        if not list(rule_faults(tried)):
            rule["points"] = points
    return parse(data)


@settings(max_examples=60)
@given(some_features, st.sampled_from(DANGER_FLAGS), edited())
def test_a_danger_that_is_added_never_lowers_class_or_score_by_any_rules(
    found: dict[str, Any], danger: str, ruleset: Any
) -> None:
    before, after = score_features(found, ruleset), score_features({**found, danger: True}, ruleset)
    assert (after.priority, -after.score) <= (before.priority, -before.score)


@settings(max_examples=60)
@given(some_features, st.sampled_from(DANGER_NUMBERS), st.integers(1, 5), edited())
def test_more_of_a_danger_never_lowers_by_any_rules(
    found: dict[str, Any], danger: str, more: int, ruleset: Any
) -> None:
    fewer = {**found, danger: found.get(danger, 0) or 0}
    before, after = score_features(fewer, ruleset), score_features({**found, danger: fewer[danger] + more}, ruleset)
    assert (after.priority, -after.score) <= (before.priority, -before.score)


@settings(max_examples=60)
@given(some_features, edited())
def test_no_rules_bring_a_ground_for_urgency_below_urgent(found: dict[str, Any], ruleset: Any) -> None:
    scored = score_features(found, ruleset)
    if holding(found):
        assert scored.priority == Priority.URGENT
        lowered = score_features({**found, "viral": True, "spam": True, "all_known": True}, ruleset)
        assert lowered.score >= scored.score
        assert (lowered.priority, lowered.overrides) == (Priority.URGENT, scored.overrides)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("id", {"id": "A b"}),
        ("group", {"group": "none"}),
        ("when", {"when": []}),
        ("when", {"when": [{"feature": "nothing", "is": True}]}),
        ("when", {"when": [{"feature": "age", "in": ["1"]}]}),
        ("when", {"when": [{"feature": "age", "below": "x"}]}),
        ("when", {"when": [{"feature": "threat", "is": False}]}),
        ("points", {"points": 61}),
        ("points", {"points": -5}),
        ("points", {"points": -5, "when": [{"feature": "viral", "is": True}, {"feature": "threat", "is": True}]}),
        ("points", {"points": True}),
        ("add", {"add": 99, "of": "linked"}),
        ("of", {"add": 2}),
        ("of", {"of": "threat"}),
        ("most", {"most": -1}),
        ("sentence", {"sentence": " "}),
        ("sentence", {"sentence": "{secret}"}),
        ("tag", {"tag": "x" * 41}),
    ],
)
def test_each_wrong_field_of_a_rule_is_named(field: str, change: dict[str, Any]) -> None:
    good = {"id": "some_rule", "group": "other", "when": [{"feature": "minors", "is": True}], "points": 3}
    good |= {"sentence": "Some", "tag": ""}
    assert list(rule_faults(good)) == []
    assert field in {fault.field for fault in rule_faults({**good, **change})}


def test_two_rules_of_one_name_a_wrong_clock_and_a_wrong_reason_are_named() -> None:
    data = deepcopy(shipped_data())
    data["rules"].append(data["rules"][0])
    data["clocks"]["1"]["look"] = 0
    data["proposals"].append({"reason": "no_place", "disposition": "REFERRAL", "when": [], "sentence": "x"})
    assert {fault.field for fault in faults_of(data)} == {"id", "look", "reason"}


def test_a_condition_is_read_as_it_is_written() -> None:
    for rule in shipped_data()["rules"]:
        lines = [one.words for one in RULES[rule["id"]].when]
        assert [read_line(line) for line in lines] == rule["when"]


PROPOSED = {
    "test_or_spam": {"spam": True},
    "not_sexual": {"type": "misleading_domain", "named": 1, "any_place": True},
    "drawn": {"type": "csam", "drawn": True, "files": 1, "named": 1},
    "viral": {"type": "csam", "viral": True, "files": 1, "named": 1},
    "known_referred": {"type": "csam", "all_known": True, "files": 1, "same_person": 1, "named": 1},
    "generated": {"type": "csam", "generated": True, "files": 1},
    "too_thin": {"type": "csam", "letters": 10},
    "no_identifier": {"type": "csam", "files": 1, "letters": 99},
    "no_place": {"type": "csam", "files": 1, "named": 1},
    "child_in_danger": {"contact": "today", "child_said": True, "any_place": True},
    "new_material": {"type": "csam", "files": 1, "unseen": True, "any_place": True},
    "suspect_identifiable": {"type": "csam", "files": 1, "named": 2, "any_place": True},
}


def test_every_reason_is_proposed_for_its_report_and_none_is_left_out() -> None:
    assert set(PROPOSED) == {one.reason for one in SHIPPED.proposals}
    for reason, found in PROPOSED.items():
        made = score_features(found).proposal
        assert made is not None, reason
        assert made.reason == reason
    quiet = replace(SHIPPED, proposals=())
    assert score_features({"type": "csam", "named": 2}, quiet).proposal is None


def test_the_younger_the_child_the_higher() -> None:
    scores = [score_features({"age": age}).score for age in range(18)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1] > score_features({"age": 18}).score == 0


def test_generated_material_has_its_own_mark_and_no_points_for_or_against() -> None:
    plain, marked = score_features({"type": "csam"}), score_features({"type": "csam", "generated": True})
    assert marked.score == plain.score
    assert "generated" in marked.tags


def test_known_judged_viral_material_sinks() -> None:
    fresh = {"type": "csam", "files": 1, "files_words": "1 file", "unseen": True}
    worn = {"type": "csam", "files": 1, "files_words": "1 file", "known_worst": "B2", "all_known": True}
    assert score_features({**worn, "viral": True}).score == 0 < score_features(worn).score < score_features(fresh).score


def test_a_score_is_kept_and_read_again_and_an_old_one_too() -> None:
    scored = score_features({"threat": True, "age": 12, "contact": "today"})
    assert decode(Scored.kind, encode(scored)) == scored
    old = {"score": 5, "priority": 4, "points": [{"points": 5, "sentence": "x"}], "tags": []}
    read = decode(Scored.kind, old)
    assert isinstance(read, Scored)
    assert (read.rules_version, read.proposal, read.chance) == ("", None, None)
