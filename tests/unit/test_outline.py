"""Outlines of one picture in another: cut to the frame, and nothing where nothing can be said."""

from __future__ import annotations

import pytest

from tipline.domain.outline import outlines_of, share_of, share_words


def test_a_quarter_cut_from_the_middle_fills_the_file_and_takes_a_quarter_of_the_known_picture() -> None:
    drawn = outlines_of((2.0, 0.0, -0.5, 0.0, 2.0, -0.5))
    assert share_of(drawn.in_this) == pytest.approx(1)
    assert sorted(drawn.in_known) == [(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)]
    assert share_words(drawn.in_known) == "25 %"


def test_a_mirrored_and_turned_picture_that_hangs_over_the_edge_is_cut_there() -> None:
    drawn = outlines_of((0.0, -0.5, 0.75, -0.5, 0.0, 0.25))
    assert all(0 <= value <= 1 for point in (*drawn.in_this, *drawn.in_known) for value in point)
    assert share_of(drawn.in_this) == pytest.approx(0.125)
    assert share_of(drawn.in_known) == pytest.approx(0.5)


@pytest.mark.parametrize("lies", [(), (0.0,) * 6, (float("nan"),) * 6, (1.0, 0.0, 9.0, 0.0, 1.0, 9.0)])
def test_where_nothing_lies_there_is_no_outline(lies: tuple[float, ...]) -> None:
    assert share_of(outlines_of(lies).in_this) == 0
    assert share_words(outlines_of(lies).in_known) == "less than 1 %"
