"""A rule set as data: which features give how many points, in which words; what is proposed; the clocks. Pure.

Read from JSON, checked field by field, and as a whole (`direction`): a danger that is added never lowers a score,
whoever edits the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tipline.domain.vocabulary import REASON_BY_CODE, Priority
from tipline.stages.triage.direction import faults_of_direction
from tipline.stages.triage.features import FEATURES_BY_NAME, FLAG, NUMBER, WORD, Features
from tipline.stages.triage.rule import (
    AT_LEAST,
    BELOW,
    GIVEN,
    IN,
    IS,
    OP_WORDS,
    Condition,
    Fault,
    Rule,
    conditions,
    read_rule,
)

_OPS = {FLAG: (IS,), NUMBER: (IS, AT_LEAST, BELOW), WORD: (IS, IN, GIVEN)}
MOST_POINTS = 60
_NAME = re.compile(r"\{(\w+)\}")
_IDENT = re.compile(r"[a-z][a-z0-9_]{1,39}")
GROUPS = {
    "danger": "Danger, as stated",
    "contact": "Contact with the child",
    "extortion": "Threats and demands",
    "words": "Words of danger",
    "age": "Age of the child",
    "kind": "Kind of incident",
    "files": "What the sender says about files",
    "known": "What hash lists say",
    "ties": "Ties to other reports",
    "places": "Places",
    "other": "Other marks",
}


@dataclass(frozen=True, slots=True)
class ProposalRule:
    """Where all conditions hold, this disposition is proposed, for this reason of the vocabulary."""

    reason: str
    disposition: str
    when: tuple[Condition, ...]
    sentence: str

    def fires(self, found: Features) -> bool:
        """This function will tell whether it holds of a report."""
        return all(one.holds(found) for one in self.when)


@dataclass(frozen=True, slots=True)
class Clock:
    """How many minutes a report of a class may wait: for the first look, and for its referral."""

    look: int
    refer: int


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything by which reports are ordered. `calibration`: (score, share that was urgent), rising."""

    version: str
    rules: tuple[Rule, ...]
    proposals: tuple[ProposalRule, ...]
    clocks: Mapping[int, Clock]
    calibration: tuple[tuple[int, float], ...] = ()


def fill(template: str, found: Features) -> str:
    """This function will write a sentence with a report's own values in it."""
    return _NAME.sub(lambda match: str(found.get(match[1], "")), template)


def faults_of(data: Mapping[str, Any]) -> tuple[Fault, ...]:
    """This function will name everything that is wrong with a rule set, field by field; nothing where it can count."""
    found = faults_of_form(data)  # only what can be read can be tried
    return found or tuple(faults_of_direction([read_rule(rule) for rule in data["rules"]]))


def faults_of_form(data: Mapping[str, Any]) -> tuple[Fault, ...]:
    """This function will name what is wrong with a rule set apart from what its rules do together to a danger.

    A draft may be wrong there for a while: a band of ages is moved rule by rule.
    """
    found = [fault for rule in data.get("rules", ()) for fault in rule_faults(rule)]
    names = [str(rule.get("id", "")) for rule in data.get("rules", ())]
    found += [Fault(name, "id", "Two rules have this name.") for name in sorted(set(names)) if names.count(name) > 1]
    if not names:
        found.append(Fault("", "rules", "A rule set needs at least one rule."))
    found += [fault for one in data.get("proposals", ()) for fault in _proposal_faults(one)]
    return (*found, *_clock_faults(data.get("clocks", {})))


def rule_faults(rule: Mapping[str, Any]) -> Iterator[Fault]:
    """This function will name what is wrong with one rule by itself; what it does to a danger only the set can tell."""
    name = str(rule.get("id", ""))
    if not _IDENT.fullmatch(name) or name == "new":  # that is the page on which one is added
        yield Fault(name, "id", "A name has 2 to 40 small letters, digits and underscores, and begins with a letter.")
    if rule.get("group") not in GROUPS:
        yield Fault(name, "group", "Choose one of the groups.")
    if not rule.get("when"):
        yield Fault(name, "when", "A rule needs at least one condition.")
    for one in rule.get("when", ()):
        for sentence in _condition_faults(one):
            yield Fault(name, "when", sentence)
    for field in ("sentence", "tag"):
        yield from _text_faults(name, field, str(rule.get(field, "")))
    yield from _point_faults(name, rule)


def _text_faults(name: str, field: str, text: str) -> Iterator[Fault]:
    if field == "sentence" and not text.strip():
        yield Fault(name, field, "A rule needs a sentence: it is what people read.")
    if len(text) > (200 if field == "sentence" else 40):
        yield Fault(name, field, f"At most {200 if field == 'sentence' else 40} letters.")
    for unknown in (one for one in _NAME.findall(text) if one not in FEATURES_BY_NAME):
        yield Fault(name, field, f"{{{unknown}}} is no feature.")


def _point_faults(name: str, rule: Mapping[str, Any]) -> Iterator[Fault]:
    numbers = {field: rule.get(field, 0) for field in ("points", "add")}
    for field, number in numbers.items():
        if not _is_number(number) or abs(number) > MOST_POINTS:
            yield Fault(name, field, f"A whole number from -{MOST_POINTS} to {MOST_POINTS}.")
    most = rule.get("most")
    if most is not None and (not _is_number(most) or not 0 <= most <= MOST_POINTS):
        yield Fault(name, "most", f"A whole number from 0 to {MOST_POINTS}, or nothing.")
    of = FEATURES_BY_NAME.get(str(rule.get("of", "")))
    if rule.get("of") and (of is None or of.kind != NUMBER):
        yield Fault(name, "of", "Choose a feature that is a number.")
    if rule.get("add") and not rule.get("of"):
        yield Fault(name, "of", "Say of what each one adds points.")
    if all(_is_number(number) for number in numbers.values()):
        yield from _lowering_faults(name, rule)


def _lowering_faults(name: str, rule: Mapping[str, Any]) -> Iterator[Fault]:
    takes = rule.get("points", 0) < 0 or rule.get("add", 0) < 0
    lowering = [feature.name for feature in FEATURES_BY_NAME.values() if feature.lowers]
    if takes and not any(one.get("feature") in lowering for one in rule.get("when", ())):
        yield Fault(name, "points", f"Points can be taken away only for one of these: {', '.join(lowering)}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _condition_faults(condition: Mapping[str, Any]) -> Iterator[str]:
    feature = FEATURES_BY_NAME.get(str(condition.get("feature", "")))
    if feature is None:
        yield f"“{condition.get('feature', '')}” is no feature."
        return
    ops = [op for op in OP_WORDS if op in condition]
    if len(ops) != 1 or ops[0] not in _OPS[feature.kind]:
        allowed = ", ".join(OP_WORDS[op] for op in _OPS[feature.kind])
        yield f"{feature.name} can be asked by: {allowed}."
        return
    if not _fits(feature.kind, ops[0], condition[ops[0]]):
        yield f"{feature.name}: this is no value for “{OP_WORDS[ops[0]]}”."


def _fits(kind: str, op: str, value: Any) -> bool:
    if op == IN:
        return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
    if kind == FLAG or op == GIVEN:
        return isinstance(value, bool)
    return _is_number(value) if kind == NUMBER else isinstance(value, str)


def _proposal_faults(one: Mapping[str, Any]) -> Iterator[Fault]:
    name = str(one.get("reason", ""))
    reason = REASON_BY_CODE.get(name)
    if reason is None or reason.disposition != one.get("disposition"):
        yield Fault(name, "reason", "A proposal needs a reason of the vocabulary that fits its disposition.")
    for condition in one.get("when", ()):
        for sentence in _condition_faults(condition):
            yield Fault(name, "when", sentence)


def _clock_faults(clocks: Mapping[str, Any]) -> Iterator[Fault]:
    for field in ("look", "refer"):
        times = [clocks.get(str(int(priority)), {}).get(field) for priority in Priority]
        for priority, value, lesser in zip(Priority, times, [*times[1:], None], strict=True):
            if not _is_number(value) or not 1 <= value <= 525_600:
                yield Fault(f"class {int(priority)}", field, "Minutes, from 1 to 525600 (a year).")
            elif _is_number(lesser) and value > lesser:
                yield Fault(f"class {int(priority)}", field, "Not more minutes than the next less urgent class has.")


def parse(data: Mapping[str, Any]) -> RuleSet:
    """This function will read a rule set. Raises ValueError where `faults_of` finds something."""
    if found := faults_of(data):
        raise ValueError(f"{found[0].rule} {found[0].field}: {found[0].sentence}")
    return read(data)


def read(data: Mapping[str, Any]) -> RuleSet:
    """This function will read a rule set that was checked when it was kept.

    One that was released before a check was made stricter goes on to count: without rules nothing could be scored.
    """
    return RuleSet(
        version=str(data["version"]),
        rules=tuple(read_rule(one) for one in data["rules"]),
        proposals=tuple(
            ProposalRule(one["reason"], one["disposition"], conditions(one["when"]), one["sentence"])
            for one in data["proposals"]
        ),
        clocks={int(key): Clock(one["look"], one["refer"]) for key, one in data["clocks"].items()},
        calibration=tuple((int(score), float(share)) for score, share in data.get("calibration", ())),
    )


_LINE = re.compile(r"\s*(\S+)\s+(is|one of|at least|below|given)\b\s*(.*?)\s*")


def read_line(line: str) -> dict[str, Any]:
    """This function will read a condition as people write it: `age below 13`, `type one of csam, enticement`.

    What cannot be read comes back as it is, and `faults_of` says so.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        return {"feature": line.strip()}
    name, words, text = match.groups()
    op = next(op for op, one in OP_WORDS.items() if one == words)
    feature = FEATURES_BY_NAME.get(name)
    return {"feature": name, op: _read_value(feature.kind if feature else WORD, op, text)}


def _read_value(kind: str, op: str, text: str) -> Any:
    if op == IN:
        return [one.strip() for one in text.split(",")]
    if kind == FLAG or op == GIVEN:
        return {"yes": True, "no": False}.get(text.lower(), text)
    if kind == NUMBER and re.fullmatch(r"-?[0-9]{1,6}", text):
        return int(text)
    return text


@cache
def shipped_data() -> dict[str, Any]:
    """This function will give the rule set that Tipline comes with, as it is written."""
    text = resources.files("tipline.stages.triage").joinpath("data", "ruleset.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


SHIPPED = parse(shipped_data())
