"""Nearness of 256-bit hashes by brute force: exact, for lists up to some million entries.

The bits are held as four columns of 64-bit words, so that one comparison is four XORs and four counts in a row of
memory. A faster index may stand behind the same two functions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WORDS = 4
BLOCK = 16_384  # columns at a time: what is made on the way stays in the cache
Words = NDArray[np.uint64]


def pack(hexes: Sequence[str]) -> Words:
    """This function will turn hashes of 64 hex digits into a (4, n) array of words."""
    joined = bytes.fromhex("".join(hexes))
    return np.ascontiguousarray(np.frombuffer(joined, dtype=">u8").astype(np.uint64).reshape(-1, WORDS).T)


def find_near(probe: str, held: Words, radius: int) -> list[tuple[int, int]]:
    """This function will list (column, distance in bits) of every held hash within the radius of a probe."""
    if held.shape[1] == 0:
        return []
    words = pack([probe])[:, 0]
    found: list[tuple[int, int]] = []
    for start in range(0, held.shape[1], BLOCK):
        block = held[:, start : start + BLOCK]
        apart = np.bitwise_count(block[0] ^ words[0])
        for row in range(1, WORDS - 1):
            apart += np.bitwise_count(block[row] ^ words[row])  # at most 192: fits a byte
        whole = apart.astype(np.uint16) + np.bitwise_count(block[WORDS - 1] ^ words[WORDS - 1])
        found += [(start + int(column), int(whole[column])) for column in np.flatnonzero(whole <= radius)]
    return found
