"""Plain borders: the bars of a letterbox, the margins of a screenshot. A picture is compared with and without them.

A line at the edge is border while nearly all of its pixels are of one grey, that of the side's outermost line. A border
may be on some sides alone. What is found is a guess: the hash without it is one more to compare, never the only one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NEAR = 20  # levels of grey: what a codec makes of a plain line stays within
_MOSTLY = 0.98  # so much of a line is that grey
_SAMPLES = 512  # pixels of a line that are looked at
_LEAST = 0.02  # of a side; less is no border
_LEAST_LEFT = 0.25  # of a side; else the picture itself is plain
_LEAST_SIDE = 32  # pixels


def without_borders(luma: NDArray[Any]) -> NDArray[Any] | None:
    """This function will return the part of a picture, (height, width) of 0-255, inside its plain borders.

    None where it has none, or where nearly nothing would be left. The part is a view of the same pixels.
    """
    top, bottom = _inside(luma)
    left, right = _inside(luma[top:bottom].T)
    # Bars on all four sides: only without those at the sides is a line above seen to be of one grey, or the reverse.
    top, bottom = _inside(luma[:, left:right])
    height, width = luma.shape
    kept = luma[top:bottom, left:right]
    is_border = height - kept.shape[0] >= _LEAST * height or width - kept.shape[1] >= _LEAST * width
    is_enough = kept.shape[0] >= max(_LEAST_SIDE, _LEAST_LEFT * height) and kept.shape[1] >= max(
        _LEAST_SIDE, _LEAST_LEFT * width
    )
    return kept if is_border and is_enough else None


def _inside(luma: NDArray[Any]) -> tuple[int, int]:
    """Return where the lines begin and end that are not of one grey with the outermost line of their side."""
    step = max(1, luma.shape[1] // _SAMPLES)
    lines = luma[:, ::step].astype(np.int16)
    first, last = _plain(lines), _plain(lines[::-1])
    return (first, len(lines) - last) if first + last < len(lines) else (0, len(lines))


def _plain(lines: NDArray[np.int16]) -> int:
    """Return how many lines from the first one on are of its grey."""
    if not lines.size:
        return 0
    grey = np.median(lines[0])
    is_plain = (np.abs(lines - grey) <= _NEAR).mean(axis=1) >= _MOSTLY
    return len(lines) if is_plain.all() else int(np.argmin(is_plain))
