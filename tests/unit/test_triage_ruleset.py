"""Rules as data: each fires and does not fire; whoever edits them, a danger that is added never lowers a report."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from time import perf_counter
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
from tipline.stages.triage.rule import Rule
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


def _with_words(found: dict[str, Any]) -> dict[str, Any]:
    """Ties are never counted without words for them (features.py), and a rule's sentence may be these words alone."""
    return {**found, "linked_words": "The same handle"} if "linked" in found else found


some_features = (
    st.lists(st.sampled_from([one.name for one in FEATURES_LIST]), unique=True, max_size=14)
    .flatmap(lambda names: st.fixed_dictionaries({name: _value(name) for name in names}))
    .map(_with_words)
)


def without_what_is_refused(data: dict[str, Any]) -> dict[str, Any]:
    """A rule set as it can be released: rules that are refused are taken out; one that gives nothing stays."""
    quiet = next(one for one in shipped_data()["rules"] if one["id"] == "minors")
    while True:
        data["rules"] = [*(one for one in data["rules"] if one["id"] != "minors"), quiet]
        refused = {fault.rule for fault in faults_of(data)}
        if not refused:
            return data
        data["rules"] = [one for one in data["rules"] if one["id"] not in refused]


@st.composite
def edited(draw: st.DrawFn) -> Any:
    """A rule set as some supervisor might leave it: points changed at will, rules taken out, within what is allowed."""
    data = deepcopy(shipped_data())
    kept = draw(st.lists(st.sampled_from(range(len(data["rules"]))), unique=True, min_size=1, max_size=25))
    data["rules"] = [{**data["rules"][at], "points": draw(st.integers(-60, 60))} for at in sorted(kept)]
    return parse(without_what_is_refused(data))


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
def test_the_lines_of_a_score_come_to_the_score_by_any_rules(found: dict[str, Any], ruleset: Any) -> None:
    scored = score_features(found, ruleset)
    assert sum(one.points for one in scored.points) == scored.score
    assert all(one.sentence for one in scored.points)


@pytest.mark.parametrize(
    ("points", "found", "score", "first", "last"),
    [
        ((60, 45), {"found": True}, 99, (60, "rule 60"), (-6, "Points alone end at 99")),
        ((10, -30), {"found": True}, 0, (10, "rule 10"), (20, "A score never falls below 0")),
        ((20, 5), {"found": True}, 25, (20, "rule 20"), (5, "rule 5")),
        ((60, 45), {"danger_now": True}, 100, (1, "Put before everything else"), (-6, "Points alone end at 99")),
        ((60, 39), {"self_harm": True}, 99, (0, "Urgent whatever the points"), (39, "rule 39")),
    ],
)
def test_what_cuts_or_lifts_a_score_has_a_line_of_its_own(
    points: Any, found: dict[str, Any], score: int, first: tuple[int, str], last: tuple[int, str]
) -> None:
    rules = tuple(Rule(f"r{one}", "", (), one, f"rule {one}") for one in points)
    scored = score_features(found, replace(SHIPPED, rules=rules))
    assert scored.score == score
    (start, begins), (end, ends) = ((one.points, one.sentence) for one in (scored.points[0], scored.points[-1]))
    assert (start, end) == (first[0], last[0])
    assert begins.startswith(first[1])
    assert begins.endswith(" (its points reach that by themselves)") == (first[0] == 0)
    assert ends == last[1]


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
        ("points", {"points": 61}),
        ("points", {"points": -5}),
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


LOWERING: dict[str, tuple[str, dict[str, Any], str]] = {
    "each_tie": ("viral is yes", {"add": -30, "of": "same_person"}, "same_person"),
    "each_word": ("viral is yes", {"add": -30, "of": "word_threat"}, "word_threat"),
    "words_found": ("viral is yes; found_threat given yes", {"points": -60}, "word_threat"),
    "no_words_found": ("found_threat given no", {"points": 60}, "word_threat"),
    "these_words_only": ("found_threat is “send more”", {"points": 5}, "word_threat"),
    "contact": ("viral is yes; contact is week", {"points": -60}, "contact"),
    "no_contact": ("contact given no", {"points": 60}, "contact"),
    "old_contact": ("contact is past", {"points": 60}, "contact"),
    "young": ("viral is yes; age below 13", {"points": -60}, "age"),
    "older": ("age at least 13", {"points": 60}, "age"),
    "one_age": ("age is 13", {"points": 60}, "age"),
    "flag": ("viral is yes; threat is yes", {"points": -60}, "threat"),
    "no_flag": ("threat is no", {"points": 60}, "threat"),
    "slowly": ("viral is yes; threat is yes", {"add": -1, "of": "linked"}, "threat"),
    "below": ("same_person below 4", {"points": 60}, "same_person"),
}


def _made(name: str, lines: str, change: dict[str, Any]) -> dict[str, Any]:
    made = {"id": name, "group": "other", "points": 0, "sentence": "Some", "tag": "", **change}
    return {**made, "when": [read_line(line) for line in lines.split(";")]}


@pytest.mark.parametrize("name", sorted(LOWERING))
@pytest.mark.parametrize("is_alone", [False, True])
def test_a_rule_by_which_a_danger_lowers_is_refused_in_words(name: str, is_alone: bool) -> None:
    lines, change, danger = LOWERING[name]
    made = _made(name, lines, change)
    assert list(rule_faults(made)) == []
    data = shipped_data()
    found = faults_of({**data, "rules": [made] if is_alone else [*data["rules"], made]})
    assert [(fault.rule, fault.field in ("when", "points")) for fault in found] == [(name, True)]
    before, after = map(int, re.findall(r"from (-?\d+) to (-?\d+) points", found[0].sentence)[0])
    assert before > after
    assert f": {danger} (" in found[0].sentence


def test_the_shipped_rules_and_age_bands_that_rise_have_no_fault() -> None:
    data = shipped_data()
    assert faults_of(data) == ()
    bands = [one for one in data["rules"] if one["id"].startswith("age_")]
    assert faults_of({**data, "rules": bands}) == ()
    assert {one.rule for one in faults_of({**data, "rules": bands[1:]})} == {"age_13_15"}


def test_rules_that_only_together_lower_are_refused() -> None:
    data = shipped_data()
    made = [
        _made("spread", "viral is yes; threat is yes", {"points": -20}),
        _made("tied", "spam is yes; linked at least 3; threat is yes", {"points": -20}),
        _made("drawn", "drawn is yes; threat is yes", {"points": -20}),
    ]
    assert faults_of({**data, "rules": [*data["rules"], *made[:2]]}) == ()
    (fault,) = faults_of({**data, "rules": [*data["rules"], *made]})
    assert "drawn is yes" in fault.sentence
    assert "linked is 3" in fault.sentence


def test_what_raises_falls_for_no_danger_where_a_ground_for_urgency_orders_by_that_alone() -> None:
    lines = "viral is yes; threat is no"
    made = [_made("gives", lines, {"points": 10}), _made("takes", lines, {"points": -20})]
    (fault,) = faults_of({**shipped_data(), "rules": made})
    assert (fault.rule, fault.field) == ("gives", "when")
    assert "from 10 to 0 points of those that raise" in fault.sentence


def test_what_takes_too_long_to_tell_is_refused_and_quickly() -> None:
    asked = [one.name for one in FEATURES_LIST if one.kind == NUMBER and not one.danger and one.name != "age"]
    halves = [f"{name} {half} {least}" for name in asked for least in (4, 9) for half in ("below", "at least")]
    made = [
        _made(f"rule_{at}", f"viral is yes; threat is yes; {half}", {"points": -5}) for at, half in enumerate(halves)
    ]
    data, begun = shipped_data(), perf_counter()
    (fault,) = faults_of({**data, "rules": [*data["rules"], *made]})
    assert "cannot be told" in fault.sentence
    assert perf_counter() - begun < 5


CONDITIONS = st.one_of(
    *(
        st.fixed_dictionaries({"feature": st.just(name), "is": st.booleans()})
        for name in ("viral", "spam", "viral", "threat", "child_named", "sender_urgent", "minors")
    ),
    *(
        st.fixed_dictionaries({"feature": st.just(name), op: st.integers(0, 19)})
        for name in ("age", "word_threat", "same_person", "linked")
        for op in ("is", "at_least", "below")
    ),
    *(
        st.fixed_dictionaries({"feature": st.just(name), "given": st.booleans()})
        for name in ("contact", "found_threat", "known_worst")
    ),
    st.fixed_dictionaries({"feature": st.just("contact"), "is": st.sampled_from(["past", "unknown", "week", "today"])}),
    st.fixed_dictionaries({"feature": st.just("found_threat"), "is": st.sampled_from(["“a”", "“b”"])}),
)
NUMBERS = st.sampled_from(["", "", "same_person", "word_threat", "ring_lately", "linked", "age"])


@st.composite
def invented(draw: st.DrawFn) -> Any:
    """Some of the shipped rules with others that somebody made up, as many as are not refused."""
    data = deepcopy(shipped_data())
    kept = draw(st.lists(st.sampled_from(data["rules"]), unique_by=lambda one: one["id"], max_size=8))
    # Without something to fall from, most of what lowers would be hidden by a score that ends at nothing.
    lift = _made("lift", "files at least 1", {"points": 60})
    data = without_what_is_refused({**data, "rules": [lift, *kept]})
    for at in range(draw(st.integers(1, 5))):
        of = draw(NUMBERS)
        made = _made(f"made_{at}", "viral is yes", {"points": draw(st.integers(-30, 60)), "of": of})
        made["add"] = draw(st.integers(-8, 20)) if of else 0
        made["most"] = draw(st.none() | st.integers(0, 60))
        made["when"] = draw(st.lists(CONDITIONS, min_size=1, max_size=3))
        if not faults_of({**data, "rules": [*data["rules"], made]}):
            data["rules"].append(made)
    return parse(data)


REPORTS = st.fixed_dictionaries(
    {"files": st.integers(0, 1)},
    optional={
        **{name: st.just(True) for name in ("viral", "spam", "child_named", "sender_urgent", "minors", "escalated")},
        **{name: st.integers(1, 25) for name in ("same_person", "linked", "ring_lately", "word_threat")},
        "found_threat": st.sampled_from(["“a”", "“b”", "“a”, “b”"]),
        "known_worst": st.just("B2"),
        "type": st.sampled_from(["csam", "enticement"]),
        "contact": st.sampled_from(["past", "unknown", "week"]),
        "age": st.integers(0, 30),
        "threat": st.just(True),
    },
)


@settings(max_examples=150)
@given(st.lists(REPORTS, min_size=1, max_size=8), invented(), st.data())
def test_no_danger_lowers_by_rules_that_somebody_made_up(reports: Any, ruleset: Any, data: Any) -> None:
    for found in reports:
        _none_lowers(found, ruleset, data)


def _none_lowers(found: dict[str, Any], ruleset: Any, data: Any) -> None:
    if "word_threat" in found or "found_threat" in found:  # so features are read: never one without the other
        found = {"word_threat": 1, "found_threat": "“c”", **found}
    before = score_features(found, ruleset)
    steps: list[dict[str, Any]] = [{name: True} for name in DANGER_FLAGS]
    more = data.draw(st.integers(1, 9))
    for name in DANGER_NUMBERS:
        steps.append({name: found.get(name, 0) + more})
        if name.startswith("word_"):
            steps[-1][name.replace("word_", "found_")] = data.draw(st.sampled_from(["“a”", "“b”", "“c”"]))
    steps.append({"contact": "today"})
    if found.get("contact") != "today":
        steps.append({"contact": "week"})
    steps.append({"age": data.draw(st.integers(0, min(17, found.get("age", 17))))})
    for step in steps:
        after = score_features({**found, **step}, ruleset)
        assert (after.priority, -after.score) <= (before.priority, -before.score), step


def test_a_more_urgent_class_never_has_more_time() -> None:
    data = deepcopy(shipped_data())
    data["clocks"]["1"]["look"] = data["clocks"]["2"]["look"] + 1
    data["clocks"]["3"]["refer"] = 525_600
    assert [(one.rule, one.field) for one in faults_of(data)] == [("class 1", "look"), ("class 3", "refer")]
    data["clocks"] = {str(one): {"look": 5, "refer": 5} for one in range(1, 5)}
    assert not faults_of(data)


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
