"""Nearness of 256-bit hashes by brute force: exact, for lists up to some million entries.

The bits are held as four columns of 64-bit words. Two words decide for nearly every pair that it is too far apart; the
rest is counted whole. A faster index may stand behind the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WORDS = 4
BLOCK = 16_384  # columns at a time: they stay in the cache while all probes pass over them
Words = NDArray[np.uint64]


def pack(hexes: Sequence[str]) -> Words:
    """This function will turn hashes of 64 hex digits into a (4, n) array of words."""
    joined = bytes.fromhex("".join(hexes))
    return np.ascontiguousarray(np.frombuffer(joined, dtype=">u8").astype(np.uint64).reshape(-1, WORDS).T)


def find_near(probe: str, held: Words, radius: int) -> list[tuple[int, int]]:
    """This function will list (column, distance in bits) of every held hash within the radius of a probe."""
    return find_near_many([probe], held, radius).get(probe, [])


def find_near_many(probes: Sequence[str], held: Words, radius: int) -> dict[str, list[tuple[int, int]]]:
    """This function will do what `find_near` does for many probes; those without anything near are left out.

    The cost is one step a pair: twice the probes or twice the held hashes take twice the time.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    asked = list(dict.fromkeys(probes))
    words = pack(asked).T
    for start in range(0, held.shape[1] if asked else 0, BLOCK):
        block = held[:, start : start + BLOCK]
        for number, column, apart in _near_in(block, words, radius):
            found.setdefault(asked[number], []).append((start + column, apart))
    return found


def _near_in(block: Words, probes: Words, radius: int) -> list[tuple[int, int, int]]:
    found = []
    size = block.shape[1]
    differing, first, half = np.empty(size, np.uint64), np.empty(size, np.uint8), np.empty(size, np.uint8)
    for number, probe in enumerate(probes):
        np.bitwise_count(np.bitwise_xor(block[0], probe[0], out=differing), out=first)
        np.bitwise_count(np.bitwise_xor(block[1], probe[1], out=differing), out=half)
        half += first  # at most 128: fits a byte
        if half.min() <= radius:
            columns = np.flatnonzero(half <= radius)
            whole = np.bitwise_count(block[:, columns] ^ probe[:, None]).sum(axis=0, dtype=np.uint16)
            within = np.flatnonzero(whole <= radius)
            found += [(number, int(columns[at]), int(whole[at])) for at in within]
    return found
