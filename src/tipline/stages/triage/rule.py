"""One rule as data: conditions over features, and the points it gives where all of them hold. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tipline.stages.triage.features import FEATURES_BY_NAME, FLAG, NUMBER, WORD, Features, Value

IS, IN, AT_LEAST, BELOW, GIVEN = "is", "in", "at_least", "below", "given"
OP_WORDS = {IS: "is", IN: "one of", AT_LEAST: "at least", BELOW: "below", GIVEN: "given"}


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
        total = self._uncapped(found)
        return total if self.most is None else min(total, self.most)

    def limit_words(self, found: Features) -> str:
        """This function will say in words that more would count but for its most; empty where nothing was cut."""
        if self.most is None or self._uncapped(found) <= self.most:
            return ""
        return f" (the most for this is {self.most} {'point' if self.most == 1 else 'points'})"

    def _uncapped(self, found: Features) -> int:
        number = found.get(self.of, 0) if self.of else 0
        return self.points + self.add * (number if isinstance(number, int) else 0)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a rule set: in which rule, in which field, in words."""

    rule: str
    field: str
    sentence: str


def read_rule(one: Mapping[str, Any]) -> Rule:
    """This function will read a rule in which nothing is wrong."""
    plain = {key: value for key, value in one.items() if key != "when"}
    return Rule(when=conditions(one["when"]), **plain)


def conditions(rows: list[dict[str, Any]]) -> tuple[Condition, ...]:
    """This function will read the conditions of a rule."""
    return tuple(_condition(row) for row in rows)


def _condition(row: Mapping[str, Any]) -> Condition:
    op = next(op for op in OP_WORDS if op in row)
    value = tuple(row[op]) if isinstance(row[op], list) else row[op]
    asked = Condition(row["feature"], op, value)
    # What counts things is none where it is absent; an age that nobody told is no age, not even none.
    is_untold = asked.feature in _UNTOLD
    absent = _ABSENT[FEATURES_BY_NAME[asked.feature].kind]
    return replace(asked, if_absent=not is_untold and asked.answers(absent))
