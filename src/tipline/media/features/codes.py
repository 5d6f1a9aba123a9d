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

# In thousandths, of 7,046 places in 21 generated pictures and photographs of things; the lower cells are the upper ones
# in the mirror. Without it chunks of codes crowd twenty times as much, and a look-up costs as much more.
_UPPER_CENTRE = (
    71, 59, 49, 51, 59, 42, 36, 47,
    118, 78, 52, 49, 54, 44, 46, 74,
    120, 70, 43, 42, 53, 51, 58, 86,
    71, 45, 34, 41, 59, 56, 57, 63,
    91, 64, 52, 60, 73, 52, 42, 56,
    160, 93, 59, 64, 72, 55, 52, 92,
    165, 92, 51, 54, 70, 63, 63, 101,
    91, 53, 40, 53, 77, 67, 58, 67,
)  # fmt: skip


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
    """The mean of descriptors' roots: planes that go through the middle of them divide them in halves."""
    upper = np.array(_UPPER_CENTRE, dtype=np.float32).reshape(2, 4, 8) / 1000
    whole = np.concatenate([upper, np.zeros_like(upper)]).reshape(-1)
    return np.where(np.arange(_VALUES) < _VALUES // 2, whole, whole[mirror_order()])
