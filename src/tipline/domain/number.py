"""Report numbers: a keyed permutation of the internal id, so that a number does not tell its neighbour's.

Ten digits, numeric for the wire (element reportId is a long) and short enough to read out over the telephone.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

SPACE = 9_000_000_000  # numbers run from 1 000 000 000 to 9 999 999 999
FIRST = 1_000_000_000
_HALF_BITS = 17  # two halves of 17 bits: 2**34 is the smallest even-width power above SPACE
_MASK = (1 << _HALF_BITS) - 1
_ROUNDS = 8


@lru_cache(maxsize=4)
def _padded(key: bytes) -> tuple[Any, Any]:
    """SHA-256 that has taken in the inner and the outer pad of HMAC (RFC 2104): no round takes the key in again."""
    whole = key.ljust(64, b"\0")
    return hashlib.sha256(bytes(one ^ 0x36 for one in whole)), hashlib.sha256(bytes(one ^ 0x5C for one in whole))


def _round(key: bytes, index: int, half: int) -> int:
    """Some bits of HMAC-SHA256; the standard library's own takes twice the time."""
    inner, outer = _padded(key)
    inner, outer = inner.copy(), outer.copy()
    inner.update(bytes((index,)) + half.to_bytes(4, "big"))
    outer.update(inner.digest())
    return int.from_bytes(outer.digest()[:4], "big") & _MASK


def _permute(key: bytes, value: int) -> int:
    left, right = value >> _HALF_BITS, value & _MASK
    for index in range(_ROUNDS):
        left, right = right, left ^ _round(key, index, right)
    return (left << _HALF_BITS) | right


def number_of(report_id: int, key: bytes) -> int:
    """This function will give the outside number of an internal id: a Feistel network with cycle walking.

    `report_id` from 1 to 9,000,000,000. Raises ValueError outside. Source: Black & Rogaway 2002, cycle walking.
    """
    if not 1 <= report_id <= SPACE:
        raise ValueError("report id outside the number space")
    value = _permute(key, report_id - 1)
    while value >= SPACE:
        value = _permute(key, value)
    return FIRST + value


def groups(text: object) -> str:
    """This function will write a number or code in groups of at most four, as even as possible.

    "4071882193" becomes "4071 882 193"; whatever is in groups already is put together first.
    """
    joined = "".join(str(text).split())
    count = -(-len(joined) // 4)
    if count <= 1:
        return joined
    short, longer = divmod(len(joined), count)
    parts, start = [], 0
    for index in range(count):
        end = start + short + (1 if index < longer else 0)
        parts.append(joined[start:end])
        start = end
    return " ".join(parts)
