"""The order of bits inside an index: moved about once, always in the same way.

Neighbouring bits of a PDQ hash are alike, which fills some values of a chunk and leaves others empty; after one fixed
permutation they are spread evenly, and distances stay what they were.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tipline.media.kernels import permute

HASH_BYTES = 32
NAME = "sha256 order 1"  # written into every segment: another order is another index


@cache
def _spread() -> NDArray[np.uint64]:
    """For each of 32 bytes and each of its 256 values, the four words of the bits that it sets."""
    order = sorted(range(256), key=lambda bit: hashlib.sha256(b"tipline %d" % bit).digest())
    places = {bit: place for place, bit in enumerate(order)}
    table = np.zeros((32, 256, 4), dtype="<u8")
    for byte in range(32):
        for bit in range(8):
            place = places[8 * byte + bit]
            has_bit = (np.arange(256) >> bit & 1).astype(bool)
            table[byte, has_bit, place // 64] |= np.uint64(1 << place % 64)
    return table.reshape(-1)


def to_inside(hashes: bytes | NDArray[Any]) -> NDArray[np.uint8]:
    """This function will bring hashes, 32 bytes each, into the order of the index: (n, 32) bytes."""
    given = np.frombuffer(hashes, dtype=np.uint8) if isinstance(hashes, bytes) else np.ascontiguousarray(hashes)
    made = np.empty((given.size // HASH_BYTES, HASH_BYTES), dtype=np.uint8)
    permute(given.reshape(-1), _spread(), made.reshape(-1))
    return made


def one_inside(hash: bytes) -> bytes:
    """This function will do the same for one hash. Raises ValueError where it has not 32 bytes."""
    if len(hash) != HASH_BYTES:
        raise ValueError("a hash has 32 bytes")
    made = bytearray(HASH_BYTES)
    permute(hash, _spread(), made)
    return bytes(made)
