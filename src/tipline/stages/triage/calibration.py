"""What a score is worth: shares, their uncertainty, and how well the scores tell what people found. Pure.

Everything is computed from counts: (score, how many, how many of them were urgent).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma, log, log1p, sqrt

Curve = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Of the reports with one score: how many were looked at, and how many of these were urgent."""

    score: int
    total: float
    urgent: float


@dataclass(frozen=True, slots=True)
class Bin:
    """One point of the reliability curve: what was foretold, what was found, among how many."""

    foretold: float
    found: float
    total: float


def fit(tallies: Iterable[Tally]) -> Curve:
    """This function will fit (score, share) that never falls as the score rises: isotonic regression by pooling.

    One point a block at its lowest score; the share holds until the next point. Empty where nothing was looked at.
    """
    blocks: list[list[float]] = []  # lowest score, urgent, total
    for one in sorted(tallies, key=lambda tally: tally.score):
        if one.total <= 0:
            continue
        blocks.append([one.score, one.urgent, one.total])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            _, urgent, total = blocks.pop()
            blocks[-1][1] += urgent
            blocks[-1][2] += total
    return tuple((int(score), urgent / total) for score, urgent, total in blocks)


def chance(score: int, curve: Curve) -> float | None:
    """This function will give the share of urgent ones among reports of a score; None where nothing was fitted.

    Below the lowest score that was looked at it gives that one's share.
    """
    if not curve:
        return None
    at = bisect_left(curve, (score + 1, -1.0)) - 1
    return curve[max(at, 0)][1]


def reliability(tallies: Iterable[Tally], curve: Curve, bins: int = 10) -> tuple[Bin, ...]:
    """This function will set what the curve foretells beside what was found, in bins of equal width of chance."""
    sums: dict[int, list[float]] = {}
    for one in tallies:
        expected = chance(one.score, curve)
        if expected is None or not one.total:
            continue
        held = sums.setdefault(min(bins - 1, int(expected * bins)), [0.0, 0.0, 0.0])
        held[0] += expected * one.total
        held[1] += one.urgent
        held[2] += one.total
    return tuple(Bin(a / total, b / total, total) for _, (a, b, total) in sorted(sums.items()))


def expected_error(tallies: Iterable[Tally], curve: Curve, bins: int = 10) -> float:
    """This function will give the expected calibration error: the mean gap of the bins, weighed by their size."""
    found = reliability(tallies, curve, bins)
    total = sum(one.total for one in found)
    return sum(abs(one.foretold - one.found) * one.total for one in found) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Cut:
    """At a cut: which share of the urgent ones stands at it or above, and which share of all reports that is."""

    score: int
    recall: float
    load: float


def recall_at_cuts(tallies: Sequence[Tally], cuts: Iterable[int]) -> tuple[Cut, ...]:
    """This function will give recall and load at each cut. Weigh what was only sampled before you ask."""
    urgent, total = sum(one.urgent for one in tallies), sum(one.total for one in tallies)
    found = []
    for cut in cuts:
        above = [one for one in tallies if one.score >= cut]
        found.append(
            Cut(
                cut,
                sum(one.urgent for one in above) / urgent if urgent else 0.0,
                sum(one.total for one in above) / total if total else 0.0,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Of one kind of low-scored reports: how many there are, how many were drawn and judged, how many of these hid."""

    name: str
    total: int
    looked: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share and its interval of 95 %."""

    share: float
    low: float
    high: float


def interval(hidden: float, looked: float, level: float = 0.95) -> tuple[float, float]:
    """This function will give the Clopper-Pearson interval of a share; the whole line where nothing was looked at.

    `hidden` and `looked` need not be whole: an effective size is taken too.
    """
    if looked <= 0:
        return 0.0, 1.0
    alpha = (1 - level) / 2
    low = 0.0 if hidden <= 0 else _beta_quantile(alpha, hidden, looked - hidden + 1)
    high = 1.0 if hidden >= looked else _beta_quantile(1 - alpha, hidden + 1, looked - hidden)
    return low, high


def estimate(strata: Iterable[Stratum]) -> Estimate:
    """This function will estimate the share of hidden ones among all, each stratum weighed by its size.

    The interval is Clopper-Pearson at the effective size (Korn and Graubard 1998). A stratum of which nothing was
    looked at counts with the share of all.
    """
    known = [one for one in strata if one.looked]
    total, looked = sum(one.total for one in known), sum(one.looked for one in known)
    if not total or not looked:
        return Estimate(0.0, 0.0, 1.0)
    share = sum(one.total / total * one.hidden / one.looked for one in known)
    spread = sum(
        (one.total / total) ** 2 * (one.hidden / one.looked) * (1 - one.hidden / one.looked) / one.looked
        for one in known
    )
    # Where no spread was seen the size is that of the most thinly looked at weights (Kish).
    kish = 1 / sum((one.total / total) ** 2 / one.looked for one in known)
    size = min(looked, share * (1 - share) / spread) if spread > 0 else min(looked, kish)
    low, high = interval(share * size, size)
    return Estimate(share, low, high)


def weighed(looked: Sequence[Tally], totals: Mapping[int, int], cut: int) -> tuple[Tally, ...]:
    """This function will let what was sampled below a cut stand for all that lies there, score by score.

    looked: what people judged; below the cut that is the sample alone. totals: reports by score. The share of the
    sample stands for every report below the cut, the judged ones above stand for themselves.
    """
    above = [one for one in looked if one.score >= cut]
    below = [one for one in looked if one.score < cut]
    seen, all_below = sum(one.total for one in below), sum(n for score, n in totals.items() if score < cut)
    factor = all_below / seen if seen else 0.0
    return tuple(above) + tuple(Tally(one.score, one.total * factor, one.urgent * factor) for one in below)


def _beta_quantile(wanted: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _beta_cdf(middle, a, b) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's method; it converges in a few steps on this side of the mean."""
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > 1e-30 else 1e-30)
    total = d
    for m in range(1, 300):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + step * d
            c = 1 + step / c
            d, c = 1 / (d if abs(d) > 1e-30 else 1e-30), c if abs(c) > 1e-30 else 1e-30
            total *= d * c
        if abs(d * c - 1) < 1e-12:
            break
    return total


def drift(weeks: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """This function will say how many standard errors each week's share of urgent ones lies from the week before.

    weeks: (urgent, total) in order. The first week, and one without reports, moves by nothing.
    """
    moved = [0.0]
    for (before, many), (after, more) in pairwise(weeks):
        if not many or not more:
            moved.append(0.0)
            continue
        pooled = (before + after) / (many + more)
        error = sqrt(pooled * (1 - pooled) * (1 / many + 1 / more))
        moved.append((after / more - before / many) / error if error else 0.0)
    return tuple(moved[: len(weeks)])
