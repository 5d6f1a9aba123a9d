"""The features of one picture: what is held in memory and written to disk, 38 bytes each.

A place's angle counts 256ths of a turn, clockwise from the x axis to the direction of its strongest slope; its size is
that of the patch it describes, as a share of the picture's longer side, 16 steps to the octave. The 256 bits tell what
the patch looks like, free of its angle and size (`features.codes`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tipline.media.features.codes import CODE_BYTES, mirrored_codes

MOST_STORED = 500
STEPS_PER_OCTAVE = 16
_OCTAVES = 12
_FULL = 65535  # x and y count 65535ths of the picture's width and height

ROW = np.dtype([("x", "<u2"), ("y", "<u2"), ("angle", "u1"), ("size", "u1"), ("code", "u1", (CODE_BYTES,))])
_MAGIC = b"TF1"
_HEAD_BYTES = 9
_MOST_SIDE = 4096
MOST_BYTES = _HEAD_BYTES + MOST_STORED * ROW.itemsize  # 19,009, of one picture

Rows = NDArray[Any]
Floats = NDArray[np.float64]


class BadFeatures(ValueError):
    """Bytes that are not stored features; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Features:
    """The places of a picture, those that should be kept first: any first part is spread over the whole picture.

    rows: (n,) of ROW. width, height: of the picture as it was looked at, in pixels; only their ratio matters.
    """

    width: int
    height: int
    rows: Rows

    def __len__(self) -> int:
        """This function will count the places."""
        return len(self.rows)

    @property
    def codes(self) -> NDArray[np.uint8]:
        """This function will return what the places look like: (n, 32) bytes."""
        return np.ascontiguousarray(self.rows["code"])

    @property
    def points(self) -> Floats:
        """This function will return where the places are: (n, 2), x and y in units of the longer side."""
        longer = max(self.width, self.height)
        spans = np.array([self.width / longer, self.height / longer])
        points: Floats = np.stack([self.rows["x"], self.rows["y"]], axis=1) / _FULL * spans
        return points

    @property
    def angles(self) -> Floats:
        """This function will return their directions: (n,) radians."""
        angles: Floats = self.rows["angle"] * (2 * np.pi / 256)
        return angles

    @property
    def octaves(self) -> Floats:
        """This function will return their sizes: (n,) base-2 logarithms of shares of the longer side."""
        octaves: Floats = self.rows["size"] / STEPS_PER_OCTAVE - _OCTAVES
        return octaves

    def first(self, most: int) -> Features:
        """This function will keep the first `most`."""
        return replace(self, rows=self.rows[:most])

    def mirrored(self) -> Features:
        """This function will return the features that the picture has when it is mirrored left to right.

        Exact but for rounding: nothing is looked at again.
        """
        rows = self.rows.copy()
        rows["x"] = _FULL - rows["x"]
        rows["angle"] = 128 - rows["angle"]
        rows["code"] = mirrored_codes(self.codes)
        return replace(self, rows=rows)

    def to_bytes(self, most: int = MOST_STORED) -> bytes:
        """This function will write the first `most`: 9 bytes and 38 for each place, 19 KB at the default."""
        kept = self.rows[:most]
        numbers = np.array([self.width, self.height, len(kept)], dtype="<u2")
        return _MAGIC + numbers.tobytes() + kept.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Features:
        """This function will read them back; the bytes may come from anywhere. Raises BadFeatures."""
        if len(data) < _HEAD_BYTES or data[:3] != _MAGIC:
            raise BadFeatures("not stored features")
        width, height, count = (int(one) for one in np.frombuffer(data, "<u2", 3, len(_MAGIC)))
        if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
            raise BadFeatures("no such picture")
        if len(data) != _HEAD_BYTES + count * ROW.itemsize:
            raise BadFeatures("cut off")
        return cls(width, height, np.frombuffer(data, ROW, count, _HEAD_BYTES))


NO_FEATURES = Features(1, 1, np.empty(0, dtype=ROW))


def made(shape: tuple[int, int], points: Floats, angles: Floats, sizes: Floats, codes: NDArray[np.uint8]) -> Features:
    """This function will make features of a picture of `shape` (width, height).

    points: (n, 2) pixels. angles: (n,) degrees, clockwise. sizes: (n,) pixels across. codes: (n, 32).
    """
    width, height = shape
    rows = np.empty(len(points), dtype=ROW)
    rows["x"] = np.clip(np.rint(points[:, 0] / width * _FULL), 0, _FULL)
    rows["y"] = np.clip(np.rint(points[:, 1] / height * _FULL), 0, _FULL)
    rows["angle"] = np.rint(angles * (256 / 360)).astype(np.int64) % 256
    octaves = np.log2(np.maximum(sizes, 1e-3) / max(width, height))
    rows["size"] = np.clip(np.rint((octaves + _OCTAVES) * STEPS_PER_OCTAVE), 0, 255)
    rows["code"] = codes
    return Features(width, height, rows)
