"""Receipt codes: what a reporter keeps to come back with. 80 random bits and a check sign, easy to read out.

The check sign is the syndrome of a code over GF(32) with a different weight at each place, so that every
single wrong sign and every swap of two signs is found without asking the database.
Alphabet: Crockford base 32 (no I, L, O, U).
"""

from __future__ import annotations

from tipline.domain.errors import Refusal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 10  # 80 bits: 16 signs of 5 bits
LENGTH = 17
_SIGNS = LENGTH - 1
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\u2013": None, "\u00a0": None, "\t": None})
_FIELD = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)


def _double(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD if doubled & 32 else doubled


def _check_value(values: list[int]) -> int:
    # Horner's rule: the sign at place n is weighted with x^n; all weights of 1..16 differ and none is 1.
    total = 0
    for value in values:
        total = _double(total ^ value)
    return total


def code_of(random: bytes) -> str:
    """This function will write ten random bytes as a receipt code of 17 signs, without grouping."""
    if len(random) != RANDOM_BYTES:
        raise ValueError("a receipt code is made of ten bytes")
    number = int.from_bytes(random, "big")
    values = [(number >> 5 * place) & 31 for place in reversed(range(_SIGNS))]
    return "".join(ALPHABET[value] for value in [*values, _check_value(values)])


def read_code(text: str) -> str:
    """This function will read a code as a person typed it: any case, spaces, dashes, O for 0, I or L for 1.

    Raises Refusal `receipt_typo` where it cannot be a code.
    """
    code = text.strip().upper().translate(_ALIKE)
    values = [ALPHABET.find(sign) for sign in code]
    if len(code) != LENGTH or -1 in values or _check_value(values[:-1]) != values[-1]:
        raise Refusal("receipt_typo", "This code has a typing mistake. Please compare it with your note.", field="code")
    return code


def grouped(code: str) -> str:
    """This function will write a code in four groups of four, and the check sign by itself: 4-4-4-4-1."""
    return "-".join((code[:4], code[4:8], code[8:12], code[12:_SIGNS], code[_SIGNS:]))
