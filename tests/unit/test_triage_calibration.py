"""What a score is worth: fitted shares, their uncertainty, and known values of the intervals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipline.stages.triage.calibration import (
    Stratum,
    Tally,
    chance,
    drift,
    estimate,
    expected_error,
    fit,
    interval,
    recall_at_cuts,
    reliability,
    weighed,
)

tallies_strategy = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 50)).flatmap(
        lambda pair: st.builds(Tally, st.just(pair[0]), st.just(pair[1]), st.integers(0, pair[1]))
    ),
    max_size=20,
    unique_by=lambda one: one.score,
)


@settings(max_examples=40)
@given(tallies_strategy)
def test_a_fit_never_falls_and_foretells_as_many_as_were_found(tallies: list[Tally]) -> None:
    curve = fit(tallies)
    assert list(curve) == sorted(curve)
    assert [share for _, share in curve] == sorted(share for _, share in curve)
    foretold = sum((chance(one.score, curve) or 0) * one.total for one in tallies)
    assert foretold == pytest.approx(sum(one.urgent for one in tallies))


def test_a_fit_pools_what_runs_against_it() -> None:
    assert fit([Tally(10, 10, 0), Tally(20, 10, 5), Tally(30, 10, 1), Tally(90, 10, 9)]) == (
        (10, 0.0),
        (20, 0.3),
        (90, 0.9),
    )
    assert (chance(5, ((10, 0.1), (20, 0.3))), chance(25, ((10, 0.1), (20, 0.3))), chance(5, ())) == (0.1, 0.3, None)


def test_the_error_is_the_weighed_gap_between_foretold_and_found() -> None:
    curve = ((0, 0.1), (50, 0.9))
    tallies = [Tally(10, 100, 10), Tally(60, 100, 60)]
    assert expected_error(tallies, curve) == pytest.approx((0.0 * 100 + 0.3 * 100) / 200)
    assert [round(one.total) for one in reliability(tallies, curve)] == [100, 100]
    assert expected_error([], curve) == 0.0


# Clopper-Pearson at 95 %: tables, and the rule of three.
@pytest.mark.parametrize(
    ("hidden", "looked", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (0, 1000, 0.0, 0.00368),
        (10, 10, 0.6915, 1),
    ],
)
def test_intervals_are_those_of_the_tables(hidden: int, looked: int, low: float, high: float) -> None:
    assert interval(hidden, looked) == pytest.approx((low, high), abs=6e-4 if looked < 1000 else 5e-5)


def test_nothing_looked_at_says_nothing() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    assert (estimate([]).low, estimate([Stratum("a", 50, 0, 0)]).high) == (0.0, 1.0)


def test_an_estimate_weighs_each_stratum_by_its_size() -> None:
    found = estimate([Stratum("rare", 100, 50, 25), Stratum("common", 9900, 100, 0)])
    assert found.share == pytest.approx(0.005)
    assert found.low < 0.005 < found.high < 0.25


def test_recall_at_a_cut_counts_what_the_sample_says_of_the_rest() -> None:
    looked = [Tally(10, 10, 1), Tally(90, 20, 10)]
    whole = weighed(looked, {10: 1000, 90: 20}, 25)
    [cut] = recall_at_cuts(whole, [80])
    assert cut.recall == pytest.approx(10 / 110)
    assert cut.load == pytest.approx(20 / 1020)


def test_a_week_that_moves_more_than_chance_is_seen() -> None:
    moved = drift([(10, 1000), (11, 1000), (60, 1000), (0, 0)])
    assert abs(moved[1]) < 1 < 3 < moved[2]
    assert moved[3] == 0
