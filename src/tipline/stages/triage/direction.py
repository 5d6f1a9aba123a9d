"""Whether a whole rule set ever lets an added danger lower a report: found by trying. Pure.

A step is a report before and after one danger more, or more of it: a mark, a number, contact that is nearer, a younger
child. For each step the reports are searched in which the sum of points would fall. Only what the rules that speak of
this danger also ask about is tried, value by value; a part of the search ends where even the worst that is left could
not bring the sum below zero. So nothing is missed, and there is little to try where rules only add.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tipline.stages.triage.features import FEATURES_BY_NAME, FEATURES_LIST, FLAG, NUMBER, Feature, Value
from tipline.stages.triage.rule import Fault, Rule

_PLAIN_NUMBERS = (1, 2, 3, 5, 10, 20)
_PLAIN_AGES = (0, 3, 12, 13, 15, 16, 17, 18, 40)
_CHILD = 17  # the oldest
_MANY = 100_000  # more than any report has of anything, so that what falls slowly is seen to fall
_OTHER = "something else"  # a word that no rule asks about
_CONTACT = ("past", "unknown", "week", "today")
_MOST_TRIES = 10_000  # for the whole set; the shipped one needs some hundred
_TANGLED = "These rules ask about so many things together that it cannot be told whether a danger would lower a report."

State = dict[str, Value]  # features that are there; what is told absent stands in no state


@dataclass(frozen=True, slots=True)
class Step:
    """A danger before and after it grows. `names` are the features that it may move."""

    danger: Feature
    names: frozenset[str]
    before: State
    after: State


@dataclass(slots=True)
class _Search:
    """One step among the rules that speak of its danger. `tries` counts down over the whole set."""

    step: Step
    rules: Sequence[Rule]
    is_raised: bool  # count only points that raise: grounds for urgency order by those
    domains: dict[str, tuple[Value | None, ...]]
    tries: list[int]
    least: dict[str, int] = field(default_factory=dict)

    def change(self, rule: Rule, state: State) -> int:
        """This function will give what a rule gives more after the step than before it."""
        return self.points(rule, {**state, **self.step.after}) - self.points(rule, {**state, **self.step.before})

    def points(self, rule: Rule, state: State) -> int:
        """This function will give what a rule counts for in a report."""
        points = rule.points_of(state) if rule.fires(state) else 0
        return max(0, points) if self.is_raised else points

    def worst(self) -> State | None:
        """This function will find a report in which the sum falls. Raises OverflowError where it takes too long."""
        for rule in self.rules:
            own = tuple(one for one in rule.when if one.feature in self.step.names)
            bare = Rule(rule.id, "", own, rule.points, "", add=rule.add, of=rule.of, most=rule.most)
            is_fixed = not (rule.of and rule.add) or rule.of in self.step.names
            values = (None,) if is_fixed else self.domains[rule.of]
            least = min(self.change(bare, {} if one is None else {rule.of: one}) for one in values)
            self.least[rule.id] = min(0, least)
        if not any(self.least.values()):
            return None
        return self._below({}, frozenset(), tuple(self.rules), 0)

    def _below(self, state: State, told: frozenset[str], rules: tuple[Rule, ...], total: int) -> State | None:
        self.tries[0] -= 1
        if self.tries[0] < 0:
            raise OverflowError
        open_rules = []
        for rule in rules:
            if any(one.feature in told and not one.holds(state) for one in rule.when):
                continue
            if self._asks(rule) <= told:
                total += self.change(rule, state)
            else:
                open_rules.append(rule)
        if total + sum(self.least[rule.id] for rule in open_rules) >= 0:
            return None
        if not open_rules:
            return state
        # What takes most first: where it does not hold, the rest is soon told.
        next_rule = min(open_rules, key=lambda rule: self.least[rule.id])
        name = min(self._asks(next_rule) - told)
        for value in self.domains[name]:
            tried = state if value is None else {**state, name: value}
            if (found := self._below(tried, told | {name}, tuple(open_rules), total)) is not None:
                return found
        return None

    def _asks(self, rule: Rule) -> frozenset[str]:
        return _names_of(rule) - self.step.names


def faults_of_direction(rules: Sequence[Rule]) -> Iterator[Fault]:
    """This function will name each danger that lowers a report by these rules, at the rule that does it."""
    alive = [rule for rule in rules if rule.on]
    asked = frozenset().union(*map(_names_of, alive))
    domains = {name: _domain(FEATURES_BY_NAME[name], alive) for name in asked}
    tries, done = [_MOST_TRIES], set()
    for step in _steps(asked, domains):
        if step.danger.name in done:  # one sentence for each danger is enough
            continue
        touched = [rule for rule in alive if _names_of(rule) & step.names]
        for is_raised in (False, True):
            search = _Search(step, touched, is_raised, domains, tries)
            try:
                state = search.worst()
            except OverflowError:
                blamed = min(touched, key=lambda rule: search.least[rule.id])
                yield Fault(blamed.id, "when", _TANGLED)
                return
            if state is not None:
                done.add(step.danger.name)
                yield _fault(search, state, alive)
                break


def _names_of(rule: Rule) -> frozenset[str]:
    names = {one.feature for one in rule.when}
    return frozenset(names | {rule.of} if rule.of and rule.add else names)


def _domain(feature: Feature, rules: Sequence[Rule]) -> tuple[Value | None, ...]:
    """Values of which every other behaves like one, so far as these rules can tell them apart."""
    if feature.kind == FLAG:
        return (None, True)
    asked = [one.value for rule in rules for one in rule.when if one.feature == feature.name]
    if feature.kind == NUMBER:
        plain = _PLAIN_AGES if feature.name == "age" else _PLAIN_NUMBERS
        bends = [number for rule in rules if rule.of == feature.name and rule.add for number in _bends(rule)]
        near = {number + by for number in (*asked, *bends) for by in (-1, 0, 1)}
        least = 0 if feature.name == "age" else 1  # none of something is absent; an age of none is an infant's
        return (None, *sorted(number for number in {*plain, *near, _MANY} if number >= least))
    words = {word for one in asked if not isinstance(one, bool) for word in ((one,) if isinstance(one, str) else one)}
    known = set(_CONTACT) if feature.name == "contact" else {_OTHER}
    return (None, *sorted((words | known) - {""}))


def _bends(rule: Rule) -> Iterator[int]:
    """Where points that are given for each one begin or cease to grow: at `most`, and at zero."""
    for level in (0, rule.most):
        if level is not None:
            yield (level - rule.points) // rule.add


def _steps(asked: frozenset[str], domains: dict[str, tuple[Value | None, ...]]) -> Iterator[Step]:
    """Every danger that some rule asks about, from less to more."""
    for feature in FEATURES_LIST:
        name = feature.name
        if feature.danger and feature.kind == FLAG and name in asked:
            yield Step(feature, frozenset({name}), {}, {name: True})
        elif feature.danger and name.startswith("word_"):
            yield from _word_steps(feature, asked, domains)
        elif name in asked and (feature.danger or name in ("contact", "age")):
            for less, more in _pairs(name, domains[name]):
                before = {} if less is None else {name: less}
                yield Step(feature, frozenset({name}), before, {name: more})


def _pairs(name: str, domain: tuple[Value | None, ...]) -> Iterator[tuple[Value | None, Value]]:
    if name == "contact":
        # How long ago nobody knows may be no more than that nobody asked: these three have no order.
        yield from ((less, "week") for less in (None, "past", "unknown"))
        yield "week", "today"
        return
    values = [value for value in domain if isinstance(value, int)]
    if name == "age":  # that a grown-up is named is no danger, so one stands apart from nobody told
        values.reverse()
        yield None, max(value for value in values if value <= _CHILD)
    else:
        yield None, values[0]
    yield from pairwise(values)


def _word_steps(
    feature: Feature, asked: frozenset[str], domains: dict[str, tuple[Value | None, ...]]
) -> Iterator[Step]:
    """A word of danger has a number and a text, and comes with both; other words of its meaning change the text."""
    number, text = feature.name, feature.name.replace("word_", "found_", 1)
    if not asked & {number, text}:
        return
    names = frozenset({number, text})
    counts = [one for one in domains.get(number, _PLAIN_NUMBERS) if one is not None]
    texts = [one for one in domains.get(text, (_OTHER,)) if one is not None]
    for shown in texts:
        states: list[State] = [{}, *({number: count, text: shown} for count in counts)]
        for before, after in pairwise(states):
            yield Step(feature, names, before, after)
        for before in states[1:]:
            for other in texts:
                if other != shown:
                    yield Step(feature, names, before, {**before, text: other})


def _fault(search: _Search, state: State, rules: Sequence[Rule]) -> Fault:
    """At the rule that takes most, with both sums as the whole set makes them."""
    step = search.step
    before, after = {**state, **step.before}, {**state, **step.after}
    blamed = min(search.rules, key=lambda rule: search.change(rule, state))
    sums = [sum(search.points(rule, one) for rule in rules) for one in (before, after)]
    takes = blamed.fires(after) and (not blamed.fires(before) or blamed.add != 0)
    kind = " of those that raise" if search.is_raised else ""
    beside = f", where {', '.join(map(_shown, sorted(state.items())))}" if state else ""
    sentence = (
        f"A danger would lower a report from {sums[0]} to {sums[1]} points{kind} by the rule {blamed.id}{beside}: "
        f"{step.danger.name} ({step.danger.says}) {_grown(step)}."
    )
    return Fault(blamed.id, "points" if takes else "when", sentence)


def _shown(item: tuple[str, Value]) -> str:
    name, value = item
    return f"{name} is {'yes' if value is True else value}"


def _grown(step: Step) -> str:
    """How the danger grows, in words: from 15 to 3."""
    main = next((name for name in (step.danger.name, *sorted(step.names)) if _moves(name, step)), step.danger.name)
    less, more = step.before.get(main), step.after.get(main)
    shown = "yes" if more is True else more
    return f"added: {shown}" if less is None else f"from {less} to {shown}"


def _moves(name: str, step: Step) -> bool:
    return step.before.get(name) != step.after.get(name)
