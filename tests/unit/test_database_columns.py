"""A column of values is one text, and no value ever slips into another row."""

from __future__ import annotations

import pytest

from tipline.platform.database.columns import column


def test_a_column_has_one_line_a_value_and_nothing_is_an_empty_line() -> None:
    assert column([1, None, "", "a b"]) == "1\n\n\na b"
    assert column([]) == ""


def test_a_value_with_a_line_end_is_refused() -> None:
    with pytest.raises(ValueError, match="line end"):
        column(["a", "b\nc"])
