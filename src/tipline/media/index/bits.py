"""The order of bits inside an index: moved about once, always in the same way.

Some bits go together: neighbours of a PDQ hash, and many of a feature's code. Chunks of such bits crowd: some values
are full and others empty. One fixed permutation keeps them apart, and distances stay what they were.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tipline.media.kernels import permute

HASH_BYTES = 32
NAME = "order 2"  # written into every segment: another order is another index
# Which bit stands at each place. Chosen for codes of features (52,000 of generated scenes and photographs): the squared
# correlations of bits fewer than 26 places apart, nearer ones counting more, were made small by exchanging two bits
# until no exchange helped. To PDQ hashes it is as good as any (docs/adr/0023).
_ORDER = bytes.fromhex(
    "f4ae0ff8ca038709e444d6fec4b0001af07811f12c7d4eb804db51df8f6e5253062eb72bb3274c857c021f1094b27a7624e7c2a7"
    "86bcab0a1838f6adc1c9822872e3dc233a83ff47be22fb2f42d1cdcc3990a45f5ba1149260560e54a2fc019feb48d315c0c7de70"
    "1d88bfe55007d021457fc3f33e8b58643bbaa880cb1967e6ef6d6925b6976a9b95b5e11b3c897433acc52d9871cec61377756fd8"
    "93ddd29981ead7089a8c8e5eb9aad91e7e666259b1cf204168edda46e8bd8dee7b4d3f1c5ce943bb0bf7a630b4f5c8a3fa6384f9"
    "31fdd5374aa0322636a55a5dd48ae24f964073293d0c6c056512af61550dec2a3417e0579e35f2169c79496b4ba99d91"
)


@cache
def _spread() -> NDArray[np.uint64]:
    """For each of 32 bytes and each of its 256 values, the four words of the bits that it sets."""
    places = {bit: place for place, bit in enumerate(_ORDER)}
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
