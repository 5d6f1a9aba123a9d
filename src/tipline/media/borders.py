"""Plain borders: the bars of a letterbox, the margins of a screenshot. A picture is compared with and without them.

A line at the edge is border while nearly all of its pixels are of one grey, that of the side's outermost line. Where
the picture begins, a codec's block mixes both: lines there are border while most of them is roughly of that grey. A
border may be on some sides alone. What is found is a guess: the hash without it is one more to compare, never the only
one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NEAR = 8  # levels of grey: what a codec makes of a plain line stays within
_MOSTLY = 0.98  # so much of a line is that grey
_BLOCK = 8  # lines of a codec's block
_ROUGHLY, _MOST = 25, 0.9  # the same within the last block
_SAMPLES = 256  # pixels of a line that are looked at
_AT_ONCE = 64  # lines
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
    lines = luma[:, :: max(1, luma.shape[1] // _SAMPLES)]
    first, last = _plain(lines), _plain(lines[::-1])
    return (first, len(lines) - last) if first + last < len(lines) else (0, len(lines))


def _plain(lines: NDArray[Any]) -> int:
    """Return how many lines from the first one on are of its grey. Looks no farther than it must."""
    if not lines.size:
        return 0
    grey, plain = np.median(lines[0]), 0
    while plain < len(lines):
        block = _share(lines[plain : plain + _AT_ONCE], grey, _NEAR) >= _MOSTLY
        plain += _leading(block)
        if not block.all():
            break
    if plain < _BLOCK:
        return plain
    return plain + _leading(_share(lines[plain : plain + _BLOCK], grey, _ROUGHLY) >= _MOST)


def _share(lines: NDArray[Any], grey: float, levels: int) -> NDArray[np.float64]:
    """Return how much of each line is that grey."""
    share: NDArray[np.float64] = (np.abs(lines.astype(np.int16) - int(grey)) <= levels).mean(axis=1)
    return share


def _leading(is_so: NDArray[np.bool_]) -> int:
    """Return how many are so before the first that is not."""
    return len(is_so) if is_so.all() else int(np.argmin(is_so))
