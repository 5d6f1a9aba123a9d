"""From pixels to features: SIFT's places and descriptors (Lowe, 2004), as OpenCV computes them, made compact.

The picture is looked at no larger than 400 pixels: enough for a quarter of it to be found again, and the same cost for
every picture. Big lettering and busy corners cannot take all the room: the picture's fields are served in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tipline.media.features.codes import encode
from tipline.media.features.store import ROW, Features, made

SIDE = 400
MOST = 900
_LEAST_SIDE = 16
_MOST_FOUND = 6000
_FIELDS = 5  # to a side
_CONTRASTS = (0.015, 0.004)  # what a place must have; dim and smooth pictures are asked for less
_FEW = 300


def extract(luma: NDArray[np.uint8], most: int = MOST) -> Features:
    """This function will find at most `most` features of a picture: `luma` is (height, width) bytes.

    One thread. A picture without structure, or under 16 pixels high or wide, has none.
    """
    small = fitted(luma, SIDE)
    height, width = small.shape
    if min(height, width) < _LEAST_SIDE:
        return Features(max(width, 1), max(height, 1), np.empty(0, dtype=ROW))
    found: Sequence[cv2.KeyPoint] = ()
    for contrast in _CONTRASTS:
        if len(found) < _FEW:
            found = _detector(contrast).detect(small, None)
    chosen = [found[at] for at in _chosen(found, width, height)[:most]]
    if not chosen:
        return Features(width, height, np.empty(0, dtype=ROW))
    kept, descriptors = _detector(_CONTRASTS[0]).compute(small, chosen)
    points = np.array([one.pt for one in kept], dtype=np.float64).reshape(-1, 2)
    angles = np.array([one.angle for one in kept])
    sizes = np.array([one.size for one in kept])
    return made((width, height), points + 0.5, angles, sizes, encode(np.asarray(descriptors, dtype=np.float32)))


def fitted(luma: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """This function will shrink a picture until its longer side is `side`; smaller ones stay."""
    height, width = luma.shape
    longer = max(height, width)
    if longer <= side:
        return np.ascontiguousarray(luma)
    shape = (max(1, round(width * side / longer)), max(1, round(height * side / longer)))
    return np.asarray(cv2.resize(luma, shape, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@cache
def _detector(contrast: float) -> cv2.SIFT:
    cv2.setNumThreads(1)
    return cv2.SIFT.create(nfeatures=_MOST_FOUND, contrastThreshold=contrast)


def _chosen(found: Sequence[cv2.KeyPoint], width: int, height: int) -> NDArray[np.intp]:
    """The order in which places are kept: the best of each field, then the second best of each, and so on."""
    if not found:
        return np.empty(0, dtype=np.intp)
    points = np.array([one.pt for one in found])
    worth = np.array([one.response for one in found])
    fields = _field(points[:, 0], width) * _FIELDS + _field(points[:, 1], height)
    order = np.lexsort((-worth, fields))
    starts = np.searchsorted(fields[order], np.arange(_FIELDS * _FIELDS))
    ranks = np.empty(len(found), dtype=np.intp)
    ranks[order] = np.arange(len(found)) - starts[fields[order]]
    return np.lexsort((-worth, ranks))


def _field(along: NDArray[np.float64], length: int) -> NDArray[np.intp]:
    return np.clip(along * _FIELDS / length, 0, _FIELDS - 1).astype(np.intp)
