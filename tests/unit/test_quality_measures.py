"""What the bench `quality` reckons with, on cases that can be checked by hand."""

from __future__ import annotations

import pytest
from tests.bench.measures import (
    Joined,
    apart_km,
    b_cubed,
    load_for_recall,
    recall_at_load,
)

from tipline.stages.triage.calibration import Tally, chance, expected_error, fit


def test_b_cubed_of_the_paper_s_example_and_of_both_extremes() -> None:
    truth = [1] * 5 + [2] * 2 + [3] * 5 + [4] * 2
    assert b_cubed(truth, truth) == (1.0, 1.0)
    assert b_cubed(truth, range(14)) == (1.0, pytest.approx(4 / 14))
    joined = [1] * 5 + [2] * 2 + [2] * 5 + [4] * 2  # two groups in one cluster
    precision, recall = b_cubed(truth, joined)
    assert precision == pytest.approx((5 + 2 * 2 / 7 + 5 * 5 / 7 + 2) / 14)
    assert recall == 1.0


def test_recall_counts_what_stands_in_the_first_share_of_the_order() -> None:
    urgent = [False, True, False, True, False, False, False, False, False, False]
    assert recall_at_load([1, 0, 3, *range(4, 10), 2], urgent, 0.1) == 0.5
    assert recall_at_load(range(10), urgent, 0.4) == 1.0
    assert load_for_recall([1, 0, 3], urgent, 0.98) == pytest.approx(0.3)
    assert load_for_recall([0], urgent, 0.98) == 1.0


def test_calibration_error_is_the_gap_of_the_bins() -> None:
    assert expected_error([Tally(1, 1, 0), Tally(2, 1, 1)], ((1, 0.0), (2, 1.0))) == 0.0
    assert expected_error([Tally(1, 4, 1)], ((1, 0.25),)) == 0.0
    assert expected_error([Tally(1, 2, 0)], ((1, 0.9),)) == pytest.approx(0.9)


def test_chances_never_fall_as_scores_rise() -> None:
    curve = fit([Tally(1, 1, 0), Tally(2, 1, 1), Tally(3, 1, 0), Tally(4, 1, 1)])
    chances = [chance(score, curve) or 0.0 for score in (0, 1, 2, 3, 4, 9)]
    assert chances == sorted(chances)
    assert chances[2] == 0.5
    assert chances[-1] == 1.0
    assert chance(5, fit([Tally(5, 10, 1)])) == 0.1


def test_distance_over_the_sphere() -> None:
    assert apart_km((0, 0), (0, 1)) == pytest.approx(111.19, abs=0.01)
    assert apart_km((50, 10), (50, 10)) == 0.0


def test_the_baseline_joins_whatever_shares_anything() -> None:
    joined = Joined()
    for keys in (["a"], ["b"], ["c", "a"], ["b", "c"], ["d"]):
        joined.add(keys)
    groups = joined.groups()
    assert groups[0] == groups[1] == groups[2] == groups[3] != groups[4]
