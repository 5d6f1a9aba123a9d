"""Numbers and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.number import groups
from tipline.interfaces.ui import words

NOW = datetime(2026, 1, 13, 15, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("4071882193", "4071 882 193"),
        ("407188219", "407 188 219"),
        ("123456789012", "1234 5678 9012"),
        ("7KQ4 M2XD9TRB5HWC", "7KQ4 M2XD 9TRB 5HWC"),
        ("123", "123"),
        ("", ""),
    ],
)
def test_numbers_stand_in_groups_of_at_most_four(written: str, read: str) -> None:
    assert groups(written) == read


@pytest.mark.parametrize(
    ("number", "read"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1000, f"1{words.THIN_SPACE}000 rows")]
)
def test_one_is_no_plural(number: int, read: str) -> None:
    assert words.plural(number, "row") == read


@given(st.text(alphabet="0123456789ABCDEF", max_size=40))
def test_groups_lose_nothing_and_are_even(text: str) -> None:
    parts = groups(text).split()
    assert "".join(parts) == text
    assert not parts or max(map(len, parts)) <= 4
    assert not parts or max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize(
    ("length", "read"),
    [
        (timedelta(minutes=4, seconds=59), "4 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(days=2, hours=23), "2 d"),
        (12.9, "12 s"),
        (0.2, "now"),
        (timedelta(seconds=-5), "now"),
    ],
)
def test_spans_are_said_in_their_largest_unit(length: timedelta | float, read: str) -> None:
    assert words.span(length).replace(words.HARD_SPACE, " ") == read


def test_counts_have_thin_spaces() -> None:
    assert words.thin(1234567).split(words.THIN_SPACE) == ["1", "234", "567"]


@pytest.mark.parametrize(("count", "read"), [(999, "999 B"), (1500, "1.5 kB"), (1_234_567, "1.2 MB")])
def test_sizes_have_a_unit(count: int, read: str) -> None:
    assert words.size(count).replace(words.HARD_SPACE, " ") == read


def test_times_say_their_zone_and_the_day_where_it_is_another() -> None:
    assert words.clock_time(NOW, NOW) == "15:04 UTC"
    assert words.clock_time(NOW - timedelta(days=1), NOW) == "12 Jan, 15:04 UTC"
    assert words.clock_time(NOW - timedelta(days=40), NOW) == "4 Dec 2025, 15:04 UTC"
    assert words.zone_time(NOW, "America/Phoenix") == "Phoenix 08:04"


def test_what_is_kept_carries_day_and_year_also_today() -> None:
    assert words.clock_time(NOW, NOW) == "15:04 UTC"
    assert words.dated_time(NOW) == "13 Jan 2026, 15:04 UTC"
