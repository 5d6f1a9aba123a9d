"""Receipt codes: enough chance in them, and every usual typing mistake found without asking the database."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.errors import Refusal
from tipline.domain.receipt import ALPHABET, LENGTH, code_of, grouped, read_code

CODES = st.binary(min_size=10, max_size=10).map(code_of)


@given(CODES)
def test_a_code_is_read_back_in_any_usual_writing(code: str) -> None:
    assert len(code) == LENGTH
    sloppy = grouped(code).lower().replace("0", "o").replace("1", "l")
    assert read_code(f"  {sloppy} ") == code
    assert read_code(code.replace("1", "i")) == code


@given(CODES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_single_wrong_sign_is_found(code: str, place: int, sign: str) -> None:
    wrong = code[:place] + sign + code[place + 1 :]
    if wrong == code:
        return
    with pytest.raises(Refusal, match="receipt_typo"):
        read_code(wrong)


@given(CODES, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_every_swap_of_two_signs_is_found(code: str, one: int, other: int) -> None:
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    wrong = "".join(signs)
    if wrong == code:
        return
    with pytest.raises(Refusal, match="receipt_typo"):
        read_code(wrong)


@pytest.mark.parametrize("text", ["", "ABCD", "0" * 18, "U" * 17, "é" * 17, "\0" * 17, "0000-0000-0000-0000!"])
def test_what_cannot_be_a_code_is_a_typing_mistake(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_code(text)
    assert refused.value.field == "code"


def test_a_code_carries_all_eighty_random_bits() -> None:
    assert code_of(b"\0" * 10)[:16] == "0" * 16
    assert code_of(b"\xff" * 10)[:16] == "Z" * 16
    assert len({code_of(secrets.token_bytes(10)) for _ in range(500)}) == 500
