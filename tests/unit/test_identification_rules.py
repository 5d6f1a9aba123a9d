"""Business days, what an answer may say, how rosters are read: pure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.errors import Refusal
from tipline.programs.identification import rules
from tipline.programs.identification.relationships import RELATIONSHIPS
from tipline.programs.identification.rules import Agreement, Answer, answer_of

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_the_federal_holidays_of_2026_are_the_published_ones() -> None:
    # Source: the list of federal holidays that the Office of Personnel Management publishes.
    assert sorted(rules.federal_holidays(2026)) == [
        date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25), date(2026, 6, 19),
        date(2026, 7, 3), date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26),
        date(2026, 12, 25),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2026, 3, 2), date(2026, 3, 16)),
        (date(2026, 3, 7), date(2026, 3, 20)),
        (date(2026, 1, 2), date(2026, 1, 16)),
        (date(2026, 12, 18), date(2027, 1, 5)),
        (date(2021, 12, 20), date(2022, 1, 5)),
    ],
)
def test_ten_business_days_pass_over_week_ends_and_holidays(start: date, due: date) -> None:
    assert rules.due_on(start) == due


@given(DAYS)
def test_the_due_day_is_a_business_day_and_ten_of_them_lie_before_it(start: date) -> None:
    due = rules.due_on(start)
    assert rules.is_business_day(due)
    assert rules.business_days_between(start, due) == 10
    assert timedelta(days=14) <= due - start + timedelta(days=2)
    assert rules.business_days_between(due, start) == 0


SERIES = Agreement("series", "MD5", series=1, is_identified=True)
UNKNOWN_CHILD = Agreement("series", "SHA256", series=2)
LIST = Agreement("list", "PDQ", 7, "industry")
REPORT = Agreement("report", "SHA1")


@pytest.mark.parametrize(
    ("agreements", "expected"),
    [
        ((), Answer("UNRECOGNISED")),
        ((REPORT,), Answer("RECOGNISED", "SHA1", 0, "report")),
        ((REPORT, LIST), Answer("RECOGNISED", "PDQ", 7, "industry")),
        ((REPORT, LIST, UNKNOWN_CHILD), Answer("RECOGNISED", "SHA256", 0, "series", 2)),
        ((UNKNOWN_CHILD, REPORT, SERIES, LIST), Answer("IDENTIFIED", "MD5", 0, "series", 1)),
    ],
)
def test_an_identified_child_comes_before_anything_else(agreements: tuple[Agreement, ...], expected: Answer) -> None:
    for order in (agreements, agreements[::-1]):
        assert answer_of(order) == expected


def test_the_nearer_of_two_series_is_told() -> None:
    near, far = (Agreement("series", "PDQ", apart, series=apart, is_identified=True) for apart in (3, 20))
    assert answer_of([far, near]).series == 3


@pytest.mark.parametrize(
    ("verdict", "is_identified", "expected"),
    [
        ("CONFIRMED", True, "IDENTIFIED"),
        ("CONFIRMED", False, "RECOGNISED"),
        ("REJECTED", True, "RECOGNISED"),
        ("NOT_RELEVANT", True, "NOT_RELEVANT"),
    ],
)
def test_what_a_file_counts_as_after_a_verdict(verdict: str, is_identified: bool, expected: str) -> None:
    assert rules.class_after(verdict, is_identified=is_identified) == expected


def test_the_published_kinds_of_relationship_are_all_there() -> None:
    assert len(RELATIONSHIPS) == 26
    assert len(set(RELATIONSHIPS.values())) == 26


@given(st.integers(0, 10**6), st.integers(0, 10**9), st.integers(1, 10**9))
def test_an_estimate_is_never_less_than_what_was_read(rows: int, at: int, size: int) -> None:
    assert rules.progress_of(rows, at, size) in range(rows, 10**16) or rules.progress_of(rows, at, size) == 0


@pytest.mark.parametrize("bad", ["", "  ", "x" * 81, "a\x00b", "<b>"])
def test_a_text_that_is_missing_or_no_plain_text_is_refused_by_field(bad: str) -> None:
    with pytest.raises(Refusal) as caught:
        rules.check_texts({"case_number": bad}, {"case_number": ("the case number", 80, True)})
    assert caught.value.field == "case_number"
