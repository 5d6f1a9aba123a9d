"""A rule set as data: which features give how many points, in which words; what is proposed; the clocks. Pure.

Read from JSON, checked field by field. Two things no rule set can do: take points away for a danger, or give some for
its absence. So a danger that is added never lowers a score, whoever edits the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from tipline.domain.vocabulary import REASON_BY_CODE, Priority
from tipline.stages.triage.features import FEATURES_BY_NAME, FLAG, NUMBER, WORD, Features, Value

IS, IN, AT_LEAST, BELOW, GIVEN = "is", "in", "at_least", "below", "given"
_OPS = {FLAG: (IS,), NUMBER: (IS, AT_LEAST, BELOW), WORD: (IS, IN, GIVEN)}
OP_WORDS = {IS: "is", IN: "one of", AT_LEAST: "at least", BELOW: "below", GIVEN: "given"}
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
class Condition:
    """One question about one feature."""

    feature: str
    op: str
    value: Any
    if_absent: bool = False

    def holds(self, found: Features) -> bool:
        """This function will tell whether it holds of a report."""
        value = found.get(self.feature)
        return self.if_absent if value is None else self.answers(value)

    def answers(self, value: Value) -> bool:
        """This function will tell whether a value answers the question."""
        if self.op == IS:
            return bool(value == self.value)
        if self.op == IN:
            return value in self.value
        if self.op == GIVEN:
            return bool(value) is self.value
        assert isinstance(value, int)
        return bool(value >= self.value if self.op == AT_LEAST else value < self.value)

    @property
    def words(self) -> str:
        """The question as a line that people write: `age below 13`."""
        if isinstance(self.value, bool):
            shown = "yes" if self.value else "no"
        else:
            shown = ", ".join(self.value) if isinstance(self.value, tuple) else str(self.value)
        return f"{self.feature} {OP_WORDS[self.op]} {shown}".rstrip()


_ABSENT: dict[str, Value] = {FLAG: False, NUMBER: 0, WORD: ""}
_UNTOLD = frozenset({"age"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where all conditions hold it gives points, a sentence, and a tag for the queue.

    Of `of`, a number, each one adds `add` points, up to `most` in all.
    """

    id: str
    group: str
    when: tuple[Condition, ...]
    points: int
    sentence: str
    tag: str = ""
    add: int = 0
    of: str = ""
    most: int | None = None
    on: bool = True

    def fires(self, found: Features) -> bool:
        """This function will tell whether it fires."""
        return self.on and all(one.holds(found) for one in self.when)

    def points_of(self, found: Features) -> int:
        """This function will give its points for a report."""
        number = found.get(self.of, 0) if self.of else 0
        total = self.points + self.add * (number if isinstance(number, int) else 0)
        return total if self.most is None else min(total, self.most)


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


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a rule set: in which rule, in which field, in words."""

    rule: str
    field: str
    sentence: str


def fill(template: str, found: Features) -> str:
    """This function will write a sentence with a report's own values in it."""
    return _NAME.sub(lambda match: str(found.get(match[1], "")), template)


def faults_of(data: Mapping[str, Any]) -> tuple[Fault, ...]:
    """This function will name everything that is wrong with a rule set, field by field; nothing where it can count."""
    found = [fault for rule in data.get("rules", ()) for fault in rule_faults(rule)]
    names = [str(rule.get("id", "")) for rule in data.get("rules", ())]
    found += [Fault(name, "id", "Two rules have this name.") for name in sorted(set(names)) if names.count(name) > 1]
    if not names:
        found.append(Fault("", "rules", "A rule set needs at least one rule."))
    found += [fault for one in data.get("proposals", ()) for fault in _proposal_faults(one)]
    return (*found, *_clock_faults(data.get("clocks", {})))


def rule_faults(rule: Mapping[str, Any]) -> Iterator[Fault]:
    """This function will name everything that is wrong with one rule."""
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
        yield from _direction_faults(name, rule)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _direction_faults(name: str, rule: Mapping[str, Any]) -> Iterator[Fault]:
    """No points are taken away for a danger, and none given for its absence."""
    takes = rule.get("points", 0) < 0 or rule.get("add", 0) < 0
    asked = [FEATURES_BY_NAME[one["feature"]] for one in rule.get("when", ()) if one.get("feature") in FEATURES_BY_NAME]
    if takes and not any(feature.lowers for feature in asked):
        names = ", ".join(feature.name for feature in FEATURES_BY_NAME.values() if feature.lowers)
        yield Fault(name, "points", f"Points can be taken away only for one of these: {names}.")
    if takes and any(feature.danger for feature in asked):
        yield Fault(name, "points", "No points can be taken away for a danger.")
    for one in rule.get("when", ()):
        feature = FEATURES_BY_NAME.get(str(one.get("feature", "")))
        if feature and feature.danger and not _grows(one):
            yield Fault(name, "when", f"{feature.name} is a danger: a rule can ask only whether it is there.")


def _grows(condition: Mapping[str, Any]) -> bool:
    return condition.get(IS) is True or AT_LEAST in condition


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
    for priority in Priority:
        clock = clocks.get(str(int(priority)), {})
        for field in ("look", "refer"):
            value = clock.get(field)
            if not _is_number(value) or not 1 <= value <= 525_600:
                yield Fault(f"class {int(priority)}", field, "Minutes, from 1 to 525600 (a year).")


def parse(data: Mapping[str, Any]) -> RuleSet:
    """This function will read a rule set. Raises ValueError where `faults_of` finds something."""
    if found := faults_of(data):
        raise ValueError(f"{found[0].rule} {found[0].field}: {found[0].sentence}")
    return RuleSet(
        version=str(data["version"]),
        rules=tuple(_rule(one) for one in data["rules"]),
        proposals=tuple(
            ProposalRule(one["reason"], one["disposition"], conditions(one["when"]), one["sentence"])
            for one in data["proposals"]
        ),
        clocks={int(key): Clock(one["look"], one["refer"]) for key, one in data["clocks"].items()},
        calibration=tuple((int(score), float(share)) for score, share in data.get("calibration", ())),
    )


def _rule(one: Mapping[str, Any]) -> Rule:
    plain = {key: value for key, value in one.items() if key != "when"}
    return Rule(when=conditions(one["when"]), **plain)


def conditions(rows: list[dict[str, Any]]) -> tuple[Condition, ...]:
    """This function will read the conditions of a rule."""
    return tuple(_condition(row) for row in rows)


def _condition(row: Mapping[str, Any]) -> Condition:
    op = next(op for op in OP_WORDS if op in row)
    value = tuple(row[op]) if isinstance(row[op], list) else row[op]
    asked = Condition(row["feature"], op, value)
    # A number that nobody told is below nothing, except where it counts things.
    is_untold = op in (AT_LEAST, BELOW) and asked.feature in _UNTOLD
    absent = _ABSENT[FEATURES_BY_NAME[asked.feature].kind]
    return replace(asked, if_absent=not is_untold and asked.answers(absent))


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
