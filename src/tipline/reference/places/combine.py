"""From the answers about one piece of evidence to ranked hypotheses. PURE: no file, no clock.

Nothing is averaged: contradicting answers become hypotheses of their own, and say who disagrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tipline.reference.places.values import WEAKENING, PlaceAnswer


class Confidence(StrEnum):
    """How sure, in one word. `certain` is never said of a look-up alone."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNSURE = "unsure"


ORDER = (Confidence.UNSURE, Confidence.POSSIBLE, Confidence.LIKELY, Confidence.CERTAIN)


def lower(word: Confidence) -> Confidence:
    """This function will give the next weaker word."""
    return ORDER[max(0, ORDER.index(word) - 1)]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One place that the evidence may point to. `agreement` is a sentence for people."""

    country: str
    state: str
    county_fips: str
    county: str
    city: str
    confidence: Confidence
    supporters: tuple[str, ...]
    against: tuple[str, ...]
    agreement: str
    cautions: tuple[str, ...]


def combine(answers: Sequence[PlaceAnswer], cautions: Iterable[str] = ()) -> tuple[Hypothesis, ...]:
    """This function will rank the places that the answers of several sources point to, the best first.

    Two sources of one family count as one witness. `cautions` are those of the evidence itself, as a proxy.
    """
    groups = _groups(answers)
    found = [_hypothesis(group, answers, tuple(cautions)) for group in groups]
    found = [_with_rivals(each, found) for each in found]
    return tuple(sorted(found, key=_rank))


def _groups(answers: Sequence[PlaceAnswer]) -> list[list[PlaceAnswer]]:
    """One group per (country, state) named; an answer that knows the country alone joins each group of it."""
    finest = {(each.country, each.state) for each in answers if each.state}
    countries_with_state = {country for country, _ in finest}
    coarse = {(each.country, "") for each in answers if each.country not in countries_with_state}
    return [
        [each for each in answers if each.country == country and each.state in ("", state)]
        for country, state in sorted(finest | coarse)
    ]


def voices(answers: Iterable[PlaceAnswer]) -> int:
    """This function will count the families of some answers; a name of an address tells what the registries do."""
    return len({"registry" if each.family == "reverse" else each.family for each in answers})


def _hypothesis(group: Sequence[PlaceAnswer], answers: Sequence[PlaceAnswer], cautions: tuple[str, ...]) -> Hypothesis:
    best = max(group, key=lambda each: (bool(each.state), bool(each.county_fips), bool(each.city)))
    against = [each for each in answers if each not in group]
    all_cautions = tuple(dict.fromkeys((*cautions, *(caution for each in group for caution in each.cautions))))
    return Hypothesis(
        best.country,
        best.state,
        best.county_fips,
        best.county,
        best.city,
        _confidence(group, against, all_cautions),
        tuple(dict.fromkeys(each.source for each in group)),
        tuple(dict.fromkeys(each.source for each in against)),
        _sentence(best, group, against),
        all_cautions,
    )


def _confidence(group: Sequence[PlaceAnswer], against: Sequence[PlaceAnswer], cautions: tuple[str, ...]) -> Confidence:
    word = Confidence.LIKELY if voices(group) > 1 else Confidence.POSSIBLE
    if against:
        word = Confidence.POSSIBLE if voices(group) > voices(against) else Confidence.UNSURE
    return lower(word) if WEAKENING.intersection(cautions) else word


def _with_rivals(each: Hypothesis, found: Sequence[Hypothesis]) -> Hypothesis:
    """Two states of one country share their country-only witnesses: neither may be likely because of them."""
    rivals = [other for other in found if other is not each and other.country == each.country]
    return replace(each, confidence=Confidence.UNSURE) if rivals else each


def _rank(each: Hypothesis) -> tuple[int, int, int, str, str]:
    return (-ORDER.index(each.confidence), -len(each.supporters), len(each.against), each.country, each.state)


def place_words(each: PlaceAnswer) -> str:
    """This function will name a place from small to large: Jacksonville, Duval County, FL, US."""
    return ", ".join(part for part in (each.city, each.county, each.state, each.country) if part)


def _dated(answer: PlaceAnswer) -> str:
    return f"{answer.source} ({answer.data_date})" if answer.data_date else answer.source


def _sentence(best: PlaceAnswer, group: Sequence[PlaceAnswer], against: Sequence[PlaceAnswer]) -> str:
    parts = [f"{_dated(best)} says {place_words(best)}"]
    for each in group:
        if each is best:
            continue
        same = "the state" if best.state and each.state == best.state else "the country"
        kin = ", the same data" if each.family == best.family else ""
        parts.append(f"{_dated(each)} agrees on {same}{kin}")
    parts += [f"{_dated(each)} says {place_words(each)} instead" for each in against]
    if len(parts) == 1:
        parts.append("no second source")
    return "; ".join(parts) + "."
