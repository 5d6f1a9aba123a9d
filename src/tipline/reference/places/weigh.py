"""From many witnesses to ranked places: the one rule by which evidence is weighed (ADR 27). PURE: no clock, no file
but the tables of this folder.

A witness is one piece of evidence. With probability r it speaks of where the person is, and then names a place with
the shares of its sources; otherwise it names any place as well as another. What it adds to a place is therefore
    log((r * share + (1 - r) / n) / (1 / n)),
with n the number of places that could have been named. Independent witnesses add; each further one of the same kind
that names the same place adds half, a third, a quarter. Countries are weighed first, then the states of a country,
then the places of a state. Nothing is averaged: the point of a place is that of its strongest witness.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from tipline.reference.places import towns
from tipline.reference.places.tables import rows
from tipline.reference.places.values import Caution, PlaceAnswer

# How many places could have been named: countries that users come from, regions of a country, places of a region.
COUNTRIES, STATES, AREAS = 60, 40, 15
# How much a family of sources says of the country where they disagree, 1 for every other: registries and routes tell
# where a network has its seat, and agree with each other for that reason.
FAMILY_SHARE = {"dbip": 3.0, "registrant": 0.75, "reverse": 0.25}
# What is left of a witness's trust in the country where only these speak: names that anybody may have written.
FAMILY_TRUST = {"registrant": 0.75, "reverse": 0.45}
SAME_PLACE_KM = 40.0
SAME_REGION_KM = 100.0
WIDEST_KM = 20_000.0
INSIDE = 0.785  # what the errors of the table call so much holds 0.80 of the truths (bench quality, the tuned seed)
MOST_WITNESSES = 300  # the surest of a side; more say nothing new, and a report may name thousands of addresses
MOST_SHOWN = 6  # places; what else is named is less probable than all of these
# These name countries that people of a language or a zone live in: they weigh what others name, and name nothing.
NEVER_ALONE = frozenset({"language", "zone", "stated_zone"})


@dataclass(frozen=True, slots=True)
class Kind:
    """How far a kind of evidence is to be trusted, and how its point errs (log-normal: median and spread)."""

    words: str
    country: float
    state: float
    area: float
    median_km: float
    spread: float
    half_life_days: float


_NUMBERS = ("country", "state", "area", "median_km", "spread", "half_life_days")


@cache
def kinds() -> dict[str, Kind]:
    """This function will give the kinds of evidence by name."""
    return {
        row["evidence"]: Kind(row["words"], *(float(row[name]) for name in _NUMBERS)) for row in rows("witnesses.csv")
    }


@cache
def _discounts() -> dict[str, tuple[float, float, float]]:
    return {
        row["caution"]: (float(row["country"]), float(row["state"]), float(row["distance"]))
        for row in rows("cautions.csv")
    }


@dataclass(frozen=True, slots=True)
class Witness:
    """One piece of evidence: what its sources answered, its cautions, how far from the incident it was seen.

    `use` is how often it was seen, as a share of how often the most seen one of its kind was.
    """

    evidence: str
    value: str
    answers: tuple[PlaceAnswer, ...]
    cautions: tuple[str, ...] = ()
    days: float = 0.0
    use: float = 1.0

    def _factor(self, which: int) -> float:
        found = 1.0
        for caution in self.cautions:
            found = min(found, _discounts().get(caution, (1.0, 1.0, 1.0))[which])
        return float(found * (2 + self.use) / 3 * 0.5 ** (self.days / kinds()[self.evidence].half_life_days))

    @property
    def country_trust(self) -> float:
        """How likely the country that it names is the person's."""
        surest = max((FAMILY_TRUST.get(each.family, 1.0) for each in self.answers), default=1.0)
        return kinds()[self.evidence].country * self._factor(0) * surest

    @property
    def state_trust(self) -> float:
        """How likely the state is right, where the country is."""
        return kinds()[self.evidence].state * self._factor(1)

    @property
    def area_trust(self) -> float:
        """How likely the town is right, where the state is."""
        return kinds()[self.evidence].area * self._factor(1)

    @property
    def error(self) -> tuple[float, float]:
        """Median and spread of how far its point lies from the person, where the town is right."""
        kind = kinds()[self.evidence]
        wider = max((_discounts().get(caution, (1.0, 1.0, 1.0))[2] for caution in self.cautions), default=1.0)
        return kind.median_km * wider, kind.spread


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place, how probable it is, and the circle that holds the person in eight of ten cases.

    `probability` is of country and state together; `near` of the town in the state, where one is named.
    """

    country: str
    state: str
    probability: float
    near: float
    best: PlaceAnswer | None
    lat: float
    lon: float
    radius_km: float
    witnesses: tuple[Witness, ...]
    is_torn: bool = False  # two towns of it weigh the same


def weigh(witnesses: Sequence[Witness]) -> tuple[Ranked, ...]:
    """This function will rank the places that witnesses name, the most probable first. No witness, no place."""
    if not any(each.evidence not in NEVER_ALONE for each in witnesses):
        return ()
    surest = sorted(witnesses, key=lambda each: (-each.country_trust, -each.state_trust))[:MOST_WITNESSES]
    aligned = _aligned(surest)
    countries = _posterior(aligned, _countries_of, lambda each: each.country_trust, COUNTRIES)
    found = [
        _Place(country, state, of_country, of_state)
        for country, of_country in countries.items()
        for state, of_state in _states(aligned, country).items()
    ]
    # The country first: a country of which no state is known must not win by its state being all of it.
    found.sort(key=lambda each: (-each.of_country, -each.of_state, each.country, each.state))
    found[1:] = sorted(found[1:], key=lambda each: (-each.probability, each.country, each.state))
    return tuple(_ranked(each, aligned, exact=at == 0) for at, each in enumerate(found[:MOST_SHOWN]))


@dataclass(frozen=True, slots=True)
class _Place:
    country: str
    state: str
    of_country: float
    of_state: float

    @property
    def probability(self) -> float:
        return self.of_country * self.of_state


Shares = Mapping[str, float]


def _countries_of(witness: Witness) -> Shares:
    """The countries that a witness names, each with its share; sources of one family are one voice."""
    # Of an address that answers from many places a city table knows nothing more than the others.
    votes = {} if Caution.ANYCAST in witness.cautions else FAMILY_SHARE
    voices: dict[str, float] = {}
    families: dict[str, list[PlaceAnswer]] = {}
    for each in witness.answers:
        families.setdefault(each.family, []).append(each)
    for family, answers in families.items():
        whole = sum(each.share for each in answers)
        for each in answers:
            part = each.share / whole if whole > 1 else each.share
            voices[each.country] = voices.get(each.country, 0.0) + votes.get(family, 1.0) * part
    total = sum(votes.get(family, 1.0) for family in families)
    return {country: voice / total for country, voice in voices.items()} if total else {}


def _states_of(witness: Witness, country: str) -> Shares:
    named: dict[str, float] = {}
    for each in witness.answers:
        if each.country == country and each.state:
            named[each.state] = named.get(each.state, 0.0) + each.share
    whole = max(1.0, sum(named.values()))
    return {state: share / whole for state, share in named.items()}


def _states(witnesses: Sequence[Witness], country: str) -> dict[str, float]:
    """The states of a country with their probabilities; where nobody names one, the country as a whole."""
    found = _posterior(witnesses, lambda each: _states_of(each, country), lambda each: each.state_trust, STATES)
    return found or {"": 1.0}


def _posterior(
    witnesses: Sequence[Witness], shares: Callable[[Witness], Shares], trust: Callable[[Witness], float], places: int
) -> dict[str, float]:
    """Probabilities of the named places; what is missing to one is for the places that nobody named."""
    heard = [(each, shares(each), min(trust(each), 0.995)) for each in witnesses]
    heard = [one for one in heard if one[1] and one[2] > 0]
    named = {place for each, said, _ in heard if each.evidence not in NEVER_ALONE for place in said}
    if not named:
        return {}
    logs = dict.fromkeys(sorted(named), 0.0)
    elsewhere = 0.0
    for (_, said, r), weight in zip(heard, _weights(heard), strict=True):
        for place in logs:
            logs[place] += weight * math.log(r * said.get(place, 0.0) * places + (1 - r))
        elsewhere += weight * math.log(1 - r)
    top = max(logs.values())
    scores = {place: math.exp(score - top) for place, score in logs.items()}
    rest = max(places - len(logs), 1) * math.exp(elsewhere - top)
    whole = sum(scores.values()) + rest
    return {place: score / whole for place, score in scores.items()}


def _weights(heard: Sequence[tuple[Witness, Shares, float]]) -> list[float]:
    """1 for the surest witness of a kind that names a place, then a half, a third: they are not independent."""
    told: dict[tuple[str, str], int] = {}
    weights = [1.0] * len(heard)
    for at in sorted(range(len(heard)), key=lambda one: -heard[one][2]):
        witness, said, _ = heard[at]
        key = (witness.evidence, max(said, key=lambda place: (said[place], place)))
        told[key] = told.get(key, 0) + 1
        weights[at] = 1 / told[key]
    return weights


def _aligned(witnesses: Sequence[Witness]) -> tuple[Witness, ...]:
    """Regions abroad have no one spelling: those whose points lie near each other take the name heard first."""
    known: dict[tuple[str, str, str], PlaceAnswer] = {}
    found = []
    for each in witnesses:
        answers = tuple(_renamed(answer, known.values()) for answer in each.answers)
        for answer in answers:
            if answer.state and answer.country != "US":
                known.setdefault((answer.country, answer.state, answer.city), answer)
        found.append(replace(each, answers=answers))
    return tuple(found)


def _renamed(answer: PlaceAnswer, known: Iterable[PlaceAnswer]) -> PlaceAnswer:
    if answer.country == "US" or not answer.state:
        return answer
    for other in known:
        if other.country == answer.country and _km(answer, other) <= SAME_REGION_KM:
            return replace(answer, state=other.state)
    return answer


def _km(one: PlaceAnswer, other: PlaceAnswer) -> float:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return math.inf
    return towns.distance_km(one.lat, one.lon, other.lat, other.lon)


@dataclass(frozen=True, slots=True)
class _Area:
    """A town or county of a state: the answer that names it best and the witnesses that do."""

    answer: PlaceAnswer
    error: tuple[float, float]
    keys: frozenset[str]


def _ranked(place: _Place, witnesses: Sequence[Witness], *, exact: bool) -> Ranked:
    areas = _areas(witnesses, place)
    own = _shares_of_areas(areas, witnesses)
    order = sorted(range(len(areas)), key=lambda at: (-own[at], areas[at].answer.county_fips, areas[at].answer.city))
    best = areas[order[0]] if order else None
    point = _point(best.answer if best else None, place)
    circle = _radius(place, [(areas[at], own[at]) for at in order], point) if exact else 0.0
    return Ranked(
        place.country,
        place.state,
        place.probability,
        own[order[0]] if order else 0.0,
        best.answer if best else None,
        *point,
        circle,
        tuple(each for each in witnesses if _speaks_for(each, place)),
        len(order) > 1 and own[order[0]] - own[order[1]] < 0.02,
    )


def _speaks_for(witness: Witness, place: _Place) -> bool:
    return any(each.country == place.country and each.state in ("", place.state) for each in witness.answers)


def _inside(answer: PlaceAnswer, place: _Place) -> bool:
    return answer.country == place.country and answer.state == place.state and bool(answer.city or answer.county_fips)


def _areas(witnesses: Sequence[Witness], place: _Place) -> list[_Area]:
    """The towns and counties named in a state, each once, the sharpest witness's point first."""
    named = [
        (each.error, answer)
        for each in witnesses
        if kinds()[each.evidence].area
        for answer in each.answers
        if _inside(answer, place)
    ]
    named.sort(key=lambda one: (one[0], not one[1].city, one[1].county_fips, one[1].city))
    areas: list[_Area] = []
    for error, answer in named:
        same = next((area for area in areas if _same_area(area.answer, answer)), None)
        if same is None:
            areas.append(_Area(answer, error, frozenset({_key(answer)})))
        else:
            areas[areas.index(same)] = _Area(same.answer, same.error, same.keys | {_key(answer)})
    return areas


def _key(answer: PlaceAnswer) -> str:
    return f"{answer.county_fips}|{answer.city.casefold()}|{answer.lat}|{answer.lon}"


def _same_area(one: PlaceAnswer, other: PlaceAnswer) -> bool:
    if one.county_fips and one.county_fips == other.county_fips:
        return True
    return _key(one) == _key(other) or (
        _km(one, other) <= SAME_PLACE_KM and not (one.county_fips and other.county_fips)
    )


def _shares_of_areas(areas: Sequence[_Area], witnesses: Sequence[Witness]) -> list[float]:
    def shares(witness: Witness) -> Shares:
        keys = {_key(answer) for answer in witness.answers}
        named = [str(at) for at, area in enumerate(areas) if area.keys & keys]
        return {at: 1 / len(named) for at in named}

    found = _posterior(witnesses, shares, lambda each: each.area_trust, AREAS)
    return [found.get(str(at), 0.0) for at in range(len(areas))]


def _point(answer: PlaceAnswer | None, place: _Place) -> tuple[float, float]:
    if answer and answer.lat is not None and answer.lon is not None:
        return round(answer.lat, 2), round(answer.lon, 2)
    return towns.middle_of(place.country, place.state)


def _radius(place: _Place, areas: Sequence[tuple[_Area, float]], point: tuple[float, float]) -> float:
    """The radius around the point within which eight of ten persons of whom this much is known would be.

    Of those in the town, by its witness's error; of the others in the state, the country and the world, by where
    people live there.
    """
    named = [(share, _away(area.answer, point), area.error) for area, share in areas if area.answer.lat is not None]
    near = sum(share for share, _, _ in named)
    shells = [
        (place.probability * max(0.0, 1 - near), towns.spread(*point, place.country, place.state)),
        (max(0.0, place.of_country - place.probability), towns.spread(*point, place.country)),
        (max(0.0, 1 - place.of_country), towns.spread(*point, "")),
    ]

    def inside(radius: float) -> float:
        of_towns = sum(share * _within(radius, away, error) for share, away, error in named)
        return place.probability * of_towns + sum(share * law.within(radius) for share, law in shells)

    low, high = 0.1, WIDEST_KM
    for _ in range(20):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if inside(middle) >= INSIDE else (middle, high)
    return _rounded(high)


def _away(answer: PlaceAnswer, point: tuple[float, float]) -> float:
    assert answer.lat is not None
    assert answer.lon is not None
    return towns.distance_km(*point, answer.lat, answer.lon)


def _within(radius: float, away: float, error: tuple[float, float]) -> float:
    """The share of persons near another point that a circle holds."""
    if radius <= away:
        return 0.0
    median, spread = error
    reach = math.sqrt(radius * radius - away * away)
    return 0.5 * (1 + math.erf(math.log(reach / max(median, 0.1)) / (spread * math.sqrt(2))))


def _rounded(km: float) -> float:
    """Two figures: more would pretend."""
    return float(f"{km:.2g}")
