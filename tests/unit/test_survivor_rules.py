"""Case numbers, PINs and what the page may send: read strictly, refused with words."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.errors import Refusal
from tipline.programs.survivors import rules

SPACE = 10**11
GOOD: dict[str, Any] = {"media": "image", "md5": "a" * 32, "sha256": "b" * 64, "pdq": "c" * 64, "quality": 90}
DAY = date(2026, 11, 25)


@given(st.integers(0, SPACE - 1))
def test_a_number_is_read_back_with_spaces_and_dashes(random: int) -> None:
    number = rules.number_of(random)
    assert len(number) == 12
    assert rules.read_number(f" {number[:4]} {number[4:8]}-{number[8:]}\t") == number


@given(st.integers(0, SPACE - 1), st.integers(0, 11), st.integers(1, 9))
def test_every_wrong_digit_is_found(random: int, place: int, by: int) -> None:
    number = rules.number_of(random)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(Refusal, match="number_typo"):
        rules.read_number(wrong)


@given(st.integers(0, SPACE - 1), st.integers(0, 10))
def test_every_swap_of_neighbours_is_found(random: int, place: int) -> None:
    number = rules.number_of(random)
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if wrong != number:
        with pytest.raises(Refusal, match="number_typo"):
            rules.read_number(wrong)


@pytest.mark.parametrize("text", ["", "12", "1" * 13, "abcdefghijkl", "\u0661" * 12, "0" * 11 + "1"])
def test_what_is_no_number_is_a_slip(text: str) -> None:
    with pytest.raises(Refusal, match="number_typo"):
        rules.read_number(text)


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "000000000000", "890123"])
def test_pins_that_others_try_first_are_refused(pin: str) -> None:
    with pytest.raises(Refusal, match="pin_weak"):
        rules.check_pin(pin)


@pytest.mark.parametrize("pin", ["12345", "1" * 13, "abcdef", "", "\u0661\u0662\u0663\u0664\u0665\u0669"])
def test_a_pin_has_six_to_twelve_digits(pin: str) -> None:
    with pytest.raises(Refusal, match="pin_wrong"):
        rules.check_pin(pin)


def test_a_pin_is_read_with_spaces() -> None:
    assert rules.check_pin("580 213") == "580213"


def test_hashes_are_read_as_they_are_written_and_each_file_once() -> None:
    video = GOOD | {"media": "video", "pdq": "", "quality": 0, "sha256": "d" * 64}
    found = rules.read_hashes(json.dumps([GOOD, video, GOOD]))
    assert [one.media for one in found] == ["image", "video"]
    assert rules.read_hashes(rules.write_hashes(found)) == found


SPOILED: list[Any] = [
    "words",
    {},
    [1],
    [GOOD | {"name": "IMG_0001.jpg"}],
    [{key: value for key, value in GOOD.items() if key != "md5"}],
    [GOOD | {"md5": "A" * 32}],
    [GOOD | {"sha256": "b" * 63}],
    [GOOD | {"sha256": "b" * 64 + "\n"}],
    [GOOD | {"pdq": "g" * 64}],
    [GOOD | {"pdq": None}],
    [GOOD | {"media": "text"}],
    [GOOD | {"media": "video"}],
    [GOOD | {"quality": 101}],
    [GOOD | {"quality": True}],
    [GOOD | {"quality": 1.5}],
]


@pytest.mark.parametrize("given", SPOILED, ids=range(len(SPOILED)))
def test_anything_but_hashes_is_refused(given: Any) -> None:
    with pytest.raises(Refusal, match=r"hashes_spoiled|no_hashes"):
        rules.read_hashes(json.dumps(given))


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, "{", "null"])
def test_what_is_empty_or_no_json_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"hashes_spoiled|no_hashes"):
        rules.read_hashes(text)


def test_one_case_takes_so_many_files() -> None:
    many = [GOOD | {"sha256": f"{one:064x}"} for one in range(rules.MOST_FILES + 1)]
    assert len(rules.read_hashes(json.dumps(many[:-1]))) == rules.MOST_FILES
    with pytest.raises(Refusal, match="too_many_files"):
        rules.read_hashes(json.dumps(many))


@pytest.mark.parametrize(
    ("state", "to_state", "days", "code"),
    [
        (rules.WAITING, rules.TAKEN, 1, ""),
        (rules.WAITING, rules.TAKEN, None, "no_follow_up"),
        (rules.TAKEN, rules.TAKEN, -1, "no_follow_up"),
        (rules.TAKEN, rules.WAITING, 1, "wrong_state"),
        (rules.TAKEN, rules.ENDED, None, ""),
        (rules.ENDED, rules.TAKEN, 1, "wrong_state"),
        (rules.REVOKED, rules.ENDED, None, "wrong_state"),
    ],
)
def test_a_hand_over_takes_only_its_steps(state: str, to_state: str, days: int | None, code: str) -> None:
    follow_up = DAY + timedelta(days=days) if days is not None else None
    if not code:
        rules.check_follow_up(state, to_state, follow_up, DAY)
        return
    with pytest.raises(Refusal, match=code):
        rules.check_follow_up(state, to_state, follow_up, DAY)
