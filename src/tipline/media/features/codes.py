"""From a SIFT descriptor, 128 numbers, to 256 bits, so that alike patches differ in few bits.

Each bit is the side of a plane on which the descriptor lies (Charikar, 2002). The planes are fixed by a hash, not
learned. The second half of the planes are the first as a mirror shows them: so the code of a mirrored patch is the code
with its halves exchanged, and a mirrored picture needs no second look.
"""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

CODE_BYTES = 32
_VALUES = 128  # 4 rows and 4 columns of cells, 8 directions of slope in each
_HALF = 128

Floats = NDArray[np.float32]


def encode(descriptors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """This function will turn SIFT descriptors, (n, 128), into codes, (n, 32) bytes."""
    if not len(descriptors):
        return np.empty((0, CODE_BYTES), dtype=np.uint8)
    sums = descriptors.sum(axis=1, keepdims=True)
    roots = np.sqrt(descriptors / np.maximum(sums, 1e-9))
    return np.packbits((roots - _centre()) @ _planes().T > 0, axis=1)


def mirrored_codes(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """This function will turn codes, (n, 32) bytes, into those of the same patches in a mirror."""
    return np.roll(codes, CODE_BYTES // 2, axis=1)


@cache
def mirror_order() -> NDArray[np.intp]:
    """This function will tell which value of a descriptor stands where when its patch is mirrored: (128,)."""
    # Along a patch's own direction a mirror exchanges the sides and turns the slopes' angles round.
    places = np.arange(_VALUES).reshape(4, 4, 8)
    return places[::-1, :, (-np.arange(8)) % 8].reshape(-1)


@cache
def _planes() -> Floats:
    bits = np.unpackbits(np.frombuffer(hashlib.shake_256(b"tipline features 1").digest(_HALF * _VALUES // 8), np.uint8))
    planes = bits.reshape(_HALF, _VALUES).astype(np.float32) * 2 - 1
    return np.concatenate([planes, planes[:, mirror_order()]])


@cache
def _centre() -> Floats:
    """The mean of descriptors' roots, so that the planes go through the middle of them."""
    return np.zeros(_VALUES, dtype=np.float32)
