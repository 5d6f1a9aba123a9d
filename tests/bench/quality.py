"""How good the conclusions are, on a world whose truth is known: who belongs together, where, and how urgent.

The world is made by `tipline.simulation.world` with places of a city table that no look-up uses (ADR 30); the stages'
pure functions judge it as they judge life. The small run learns chances from scores on LEARNT and judges TUNED, which
may be looked at while weights are changed. The full run learns on TUNED and judges each of MEASURED, seeds for nothing
else. A world of 100,000 reports has some 150 urgent ones, of which three more or less are two hundredths: so the
figures are those of all the worlds together, each with its own queue, and each world's share of urgent ones that were
found stands beside them.

Where the evidence allows it: a country counts where the report shows something of the reported person's own, at home
or by telephone (an address in use, a stated address, an estimate), however much of a relay or a journey stands beside
it. A state counts for people of the United States where something from their home is shown and the house calls what it
names at least possible: two addresses in two states, used alike, tell nobody which is home, and the house says so. How
many those are, and how many states are right of all, are figures of their own, as are the reports that show a relay or
a journey alone. So is the share of urgent reports that say so in some way: the published share is of those that
somebody recognised. What the city table says is taken for the truth: where it and the house's sources disagree the
house is counted as wrong.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields

from tipline.commands.simulate import printed_tables, told
from tipline.figures.figure import Figure, Measured, Series
from tipline.simulation.world import Made, Truth, World
from tipline.simulation.world.atlas import AtlasMissing, city_atlas
from tipline.stages.triage import calibration
from tipline.stages.triage.calibration import Tally

from . import judging, measures

ABOUT = "on a world whose truth is known: clusters, recall of what is urgent, calibration, places; with baselines"
LEARNT, TUNED = 11, 20_230_301
MEASURED = (61_803, 39_887, 49_894, 84_820)  # chosen before any of them was looked at
FULL, SMALL, SMALL_LEARNT = 100_000, 5_000, 2_000
LOAD = 0.01
OWN = {"ip:home", "ip:carrier", "address:home", "estimate:home"}
AT_HOME = {"ip:home", "address:home", "estimate:home"}


@dataclass(slots=True)
class _Places:
    """Right and asked, and how many truths lay within the stated radius."""

    asked: int = 0
    country: int = 0
    states: int = 0
    state: int = 0
    sure_states: int = 0
    sure_state: int = 0
    named: int = 0
    circles: int = 0
    inside: int = 0

    def add(self, other: _Places) -> None:
        """Count another world's in."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(slots=True)
class _Judged:
    """What came of a world, or of several: by report, its truth's group, whether urgent, and says so, its class and
    score, when it came, and how far down in its world's queue it stands (both as a share of all); places added up.
    """

    groups: list[Hashable] = field(default_factory=list)
    urgent: list[bool] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)
    keys: list[tuple[float, float]] = field(default_factory=list)
    came: list[float] = field(default_factory=list)
    ranks: list[float] = field(default_factory=list)
    found: list[Hashable] = field(default_factory=list)
    exact: list[Hashable] = field(default_factory=list)
    suspect: _Places = field(default_factory=_Places)
    child: _Places = field(default_factory=_Places)
    first: _Places = field(default_factory=_Places)
    unplaceable: int = 0
    seconds: float = 0.0

    def order(self) -> list[int]:
        """The places of the reports in the queue's order."""
        return sorted(range(len(self.ranks)), key=self.ranks.__getitem__)

    def arrival(self) -> list[int]:
        """The places of the reports in the order in which they came."""
        return sorted(range(len(self.came)), key=self.came.__getitem__)

    def close(self) -> None:
        """Take down the order of the reports once all are there; of equal ones the earlier stands first."""
        many = len(self.keys)
        self.came, self.ranks = [at / many for at in range(many)], [0.0] * many
        for at, place in enumerate(sorted(range(many), key=lambda place: (*self.keys[place], place))):
            self.ranks[place] = at / many


def _together(worlds: Sequence[_Judged]) -> _Judged:
    """Several worlds as one: no cluster reaches from one into another, and each has a queue of its own."""
    all_of_them = _Judged()
    for number, one in enumerate(worlds):
        for name in ("groups", "found", "exact"):
            getattr(all_of_them, name).extend((number, each) for each in getattr(one, name))
        for name in ("urgent", "told", "keys", "came", "ranks"):
            getattr(all_of_them, name).extend(getattr(one, name))
        for name in ("suspect", "child", "first"):
            getattr(all_of_them, name).add(getattr(one, name))
        all_of_them.unplaceable += one.unplaceable
        all_of_them.seconds += one.seconds
    return all_of_them


def run(full: bool) -> Iterator[Figure]:
    """This function will judge two worlds: one to learn chances from, one to measure."""
    try:
        city_atlas(judging.BLOCKS)
    except AtlasMissing as error:
        raise SystemExit(str(error)) from error
    seeds = (TUNED, *MEASURED) if full else (LEARNT, TUNED)
    sizes = (FULL,) * len(seeds) if full else (SMALL_LEARNT, SMALL)
    with ProcessPoolExecutor(2) as pool:
        learnt, *worlds = pool.map(_judged_world, sizes, seeds)
    measured = _together(worlds)
    yield from _clusters(measured)
    yield from _urgency(learnt, measured)
    for seed, one in zip(seeds[1:], worlds, strict=True):
        recall = measures.recall_at_load(one.order(), one.urgent, LOAD)
        yield _figure(f"urgent found in the first 1 % of the queue, world {seed}", recall, one)
    yield from _places(measured)


def _judged_world(size: int, seed: int) -> _Judged:
    world = World(size=size, seed=seed, tables=printed_tables(), atlas=city_atlas(judging.BLOCKS))
    return judged(told(world.reports(), size))


def judged(reports: Iterable[Made]) -> _Judged:
    """This function will run every report of a world through the three stages, in the order in which they come."""
    began, result, linker, exact = time.process_time(), _Judged(), judging.Linker(), measures.Joined()
    for made in reports:
        report, truth = made.report, made.truth
        placed = judging.places_of(report)
        links = linker.link(report, placed.cautions)
        scored = judging.scored(report, links, placed, linker.ring_of(report))
        result.groups.append(truth.group)
        result.urgent.append(truth.urgent)
        result.told.append(truth.urgent and bool(truth.told))
        result.keys.append((scored.priority, -scored.score))
        exact.add((one.kind, one.value) for one in judging.identifiers_of(report))
        _judge_places(result, made, placed)
    result.found, result.exact = list(linker.groups()), list(exact.groups())
    result.close()
    result.seconds = time.process_time() - began
    return result


def _judge_places(result: _Judged, made: Made, placed: judging.Placed) -> None:
    truth, shown = made.truth, set(made.truth.shown)
    best = {place.role: place for place in placed.best}
    if shown & OWN:
        _judge_suspect(result.suspect, best.get("SUSPECT"), truth, shown)
        is_asked = truth.offender_place.country == "US" and bool(shown & AT_HOME)
        result.suspect.named += is_asked and truth.offender_place.state in placed.named
        first = judging.first_answer(made.report)
        _judge_suspect(result.first, first, truth, shown)
    elif shown:
        result.unplaceable += 1
    if truth.child_place.country and "VICTIM" in best:
        result.child.asked += 1
        result.child.country += best["VICTIM"].country == truth.child_place.country


def _judge_suspect(into: _Places, best: object, truth: Truth, shown: set[str]) -> None:
    place = truth.offender_place
    into.asked += 1
    into.country += getattr(best, "country", "") == place.country
    if place.country == "US" and shown & AT_HOME:
        into.states += 1
        into.state += getattr(best, "state", "") == place.state
        is_sure = bool(getattr(best, "state", "")) and getattr(best, "confidence", "unsure") != "unsure"
        into.sure_states += is_sure
        into.sure_state += is_sure and getattr(best, "state", "") == place.state
    lat, lon, radius = (getattr(best, name, None) for name in ("lat", "lon", "radius_km"))
    if None not in (lat, lon, radius, place.lat, place.lon):
        into.circles += 1
        into.inside += measures.apart_km((lat, lon), (place.lat, place.lon)) <= radius  # type: ignore[arg-type]


def _clusters(one: _Judged) -> Iterator[Figure]:
    precision, recall = measures.b_cubed(one.groups, one.found)
    exact_precision, exact_recall = measures.b_cubed(one.groups, one.exact)
    yield from (
        _figure("clusters: B-cubed precision", precision, one, at_least=0.97),
        _figure("clusters: B-cubed recall", recall, one, at_least=0.90),
        _figure("clusters by exact identifiers (baseline): B-cubed precision", exact_precision, one),
        _figure("clusters by exact identifiers (baseline): B-cubed recall", exact_recall, one),
    )


def _urgency(learnt: _Judged, one: _Judged) -> Iterator[Figure]:
    order, arrival = one.order(), one.arrival()
    curve = calibration.fit(_tallies(learnt, range(len(learnt.urgent))))
    looked = order[: max(1, round(LOAD * len(order)))]
    of_looked = calibration.expected_error(_tallies(one, looked), curve)
    error = calibration.expected_error(_tallies(one, order), curve)
    recall = measures.recall_at_load(order, one.urgent, LOAD)
    yield from (
        _figure("base rate of what is urgent", sum(one.urgent) / len(one.urgent), one),
        _figure("urgent found in the first 1 % of the queue", recall, one, at_least=0.98),
        _figure(
            "urgent found in the first 1 % of the queue, lower end of the 95 % interval",
            calibration.interval(round(recall * sum(one.urgent)), sum(one.urgent))[0],
            one,
        ),
        _figure(
            "urgent that say so in some way: without luck nobody can find more",
            sum(one.told) / max(1, sum(one.urgent)),
            one,
        ),
        _figure(
            "urgent that say so, found in the first 1 % of the queue",
            measures.recall_at_load(order, one.told, LOAD),
            one,
        ),
        _figure(
            "urgent found in the first 1 % by arrival (baseline)",
            measures.recall_at_load(arrival, one.urgent, LOAD),
            one,
        ),
        _figure(
            "share to look at until 98 % of what is urgent is seen",
            measures.load_for_recall(order, one.urgent, 0.98),
            one,
        ),
        _figure("expected calibration error", error, one, holds=error <= 0.03),
        _figure("expected calibration error among the first 1 %", of_looked, one),
    )


def _tallies(one: _Judged, places: Iterable[int]) -> list[Tally]:
    """By priority and score as one number that grows with urgency: how many reports, and how many urgent ones."""
    levels = [(-1000 * one.keys[at][0] - one.keys[at][1], one.urgent[at]) for at in places]
    every, urgent = Counter(level for level, _ in levels), Counter(level for level, is_so in levels if is_so)
    return [Tally(int(level), many, urgent[level]) for level, many in every.items()]


def _places(one: _Judged) -> Iterator[Figure]:
    suspect, first, child = one.suspect, one.first, one.child
    inside = suspect.inside / max(1, suspect.circles)
    yield from (
        _part("country of the reported person right", suspect.country, suspect.asked, one, at_least=0.97),
        _part("country by the first source alone (baseline)", first.country, first.asked, one),
        _part(
            "US state right, where called at least possible",
            suspect.sure_state,
            suspect.sure_states,
            one,
            at_least=0.80,
        ),
        _part("US states called at least possible", suspect.sure_states, suspect.states, one),
        _part("US state right, of all", suspect.state, suspect.states, one),
        _part(
            "US state named by any source for any evidence: nobody can be better", suspect.named, suspect.states, one
        ),
        _part("US state by the first source alone (baseline)", first.state, first.states, one),
        _part(
            "truth inside the stated 80 % radius", suspect.inside, suspect.circles, one, holds=0.78 <= inside <= 0.82
        ),
        _part("country of the child right, where one is said", child.country, child.asked, one),
        _part("reports that show a relay or a journey alone (not counted)", one.unplaceable, len(one.groups), one),
    )


def _part(
    name: str, hits: int, asked: int, one: _Judged, *, at_least: float | None = None, holds: bool = True
) -> Figure:
    measured = Measured(hits / max(1, asked), asked, one.seconds)
    return Series("quality", holds and asked > 0).figure(name, "share", measured, at_least=at_least)


def _figure(name: str, value: float, one: _Judged, *, at_least: float | None = None, holds: bool = True) -> Figure:
    measured = Measured(value, len(one.groups), one.seconds)
    return Series("quality", holds).figure(name, "share", measured, at_least=at_least)
