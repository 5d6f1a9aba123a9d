"""Report numbers permute the ids; states move only forward; findings survive storage."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.findings import KINDS, LinkFound, Scored, ScorePoint, decode, encode
from tipline.domain.identifiers import hash64, normalise
from tipline.domain.number import FIRST, SPACE, number_of
from tipline.domain.report import IdentifierKind
from tipline.domain.states import AUTOMATIC, MOVES, WAY, ReportState, may_move

KEY = b"k" * 32


def test_ten_thousand_neighbours_get_different_numbers_of_ten_digits() -> None:
    numbers = [number_of(report_id, KEY) for report_id in range(1, 10_001)]
    assert len(set(numbers)) == 10_000
    assert all(len(str(number)) == 10 for number in numbers)


@given(st.integers(1, SPACE))
def test_a_number_stays_in_its_space(report_id: int) -> None:
    assert FIRST <= number_of(report_id, KEY) < FIRST + SPACE


def test_a_neighbour_cannot_be_guessed_from_the_distance() -> None:
    numbers = [number_of(report_id, KEY) for report_id in range(1, 200)]
    gaps = {second - first for first, second in itertools.pairwise(numbers)}
    assert len(gaps) == 198


def test_another_key_gives_other_numbers() -> None:
    assert number_of(7, KEY) != number_of(7, b"other" * 8)


@pytest.mark.parametrize("report_id", [0, -1, SPACE + 1])
def test_an_id_outside_the_space_is_refused(report_id: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        number_of(report_id, KEY)


def test_no_move_leads_back() -> None:
    for start, ends in MOVES.items():
        for end in ends:
            if start in WAY and end in WAY:
                assert WAY.index(end) > WAY.index(start)


def test_a_purged_report_moves_nowhere() -> None:
    assert MOVES[ReportState.PURGED] == frozenset()


def test_every_automatic_state_has_somewhere_to_go() -> None:
    assert all(MOVES[state] for state in AUTOMATIC)
    assert not may_move(ReportState.OPEN, ReportState.SCORED)


def test_a_stored_score_comes_back_whole() -> None:
    body = Scored(92, 1, (ScorePoint(40, "contact goes on"),), ("contact today",))
    assert decode("scored", encode(body)) == body


def test_an_unknown_key_of_a_later_version_is_dropped() -> None:
    body = LinkFound(2, 1002, "HANDLE", "fox", 70, "The same handle")
    assert decode("link_found", {**encode(body), "later": 1}) == body


def test_every_kind_is_listed_under_its_own_name() -> None:
    assert all(kind == body.kind for kind, body in KINDS.items())


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (IdentifierKind.HANDLE, "@Harbor_Fox ", "harbor_fox"),
        (IdentifierKind.PHONE, "(602) 555-0142", "+1 602 555 0142"),
        (IdentifierKind.EMAIL, "Fox@Example.com", "fox@example.com"),
        (IdentifierKind.URL, "https://www.Example.com/a/", "http://example.com/a"),
        (IdentifierKind.DEVICE, "AA:BB:CC", "aabbcc"),
    ],
)
def test_two_writings_of_one_identifier_are_equal(kind: IdentifierKind, one: str, other: str) -> None:
    assert normalise(kind, one) == normalise(kind, other)
    assert hash64(kind, normalise(kind, one)) == hash64(kind, normalise(kind, other))


@given(st.sampled_from(sorted(IdentifierKind)), st.text(max_size=60))
def test_normalising_twice_changes_nothing(kind: IdentifierKind, raw: str) -> None:
    once = normalise(kind, raw)
    assert normalise(kind, once) == once
