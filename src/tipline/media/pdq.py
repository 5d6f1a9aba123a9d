"""PDQ: the 256-bit perceptual hash of a still picture that platforms exchange.

The reference filters the whole picture twice with a box ("Jarosz filter") and then keeps 64 x 64 samples.
Both steps are linear and separable, so the weight of every pixel in every sample is computed once and only
the samples are made: the same numbers at a fraction of the work. Source: Facebook, "PDQ & TMK + PDQF", 2019,
and its reference code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLES = 64
BITS = 256
LEAST_SIDE = 5  # the reference hashes nothing smaller
MATCH_DISTANCE = 31  # the threshold that the reference recommends

Floats = NDArray[np.float64]

_QUALITY_DIVISOR = 90
_WINDOWS_PER_SIDE = 2 * SAMPLES


@dataclass(frozen=True, slots=True)
class Pdq:
    """One hash: 64 hex digits and the quality 0-100; below 50 it says little about the picture."""

    hex: str
    quality: int


def pdq(luma: NDArray[np.generic]) -> Pdq:
    """This function will hash a picture.

    `luma` is (height, width), 0-255; floats give the reference's exact mode, bytes are off by at most a few
    bits.
    """
    return pdq_dihedral(luma)[0]


def pdq_dihedral(luma: NDArray[np.generic]) -> tuple[Pdq, ...]:
    """This function will hash a picture and its seven turned and mirrored forms.

    Order: as is, turned by 90, 180 and 270 degrees counter-clockwise, upside down, left to right, mirrored
    along the main and along the other diagonal. All come from one spectrum: turning a picture changes signs
    and order in it.
    """
    if min(luma.shape) < LEAST_SIDE:
        return (Pdq("0" * 64, 0),) * 8
    samples = _samples(luma)
    spectrum, quality = _spectrum(samples), _quality(samples)
    return tuple(Pdq(_hex(form), quality) for form in _dihedral(spectrum))


def distance(one: str, other: str) -> int:
    """This function will count the bits in which two hashes differ, 0-256; strangers lie around 128."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


@lru_cache(maxsize=64)
def _weights(length: int) -> tuple[tuple[int, Floats], ...]:
    """Return per sample the first pixel that counts and the weights from there on, for a side of `length`."""
    lows, highs = _box_bounds(length)
    found = []
    for index in range(SAMPLES):
        at = int((index + 0.5) * length / SAMPLES)
        outer = range(lows[at], highs[at])
        first = int(lows[outer[0]])
        line = np.zeros(int(highs[outer[-1]]) - first)
        for inner in outer:
            size = highs[inner] - lows[inner]
            line[lows[inner] - first : highs[inner] - first] += 1.0 / (size * len(outer))
        found.append((first, line))
    return tuple(found)


def _box_bounds(length: int) -> tuple[list[int], list[int]]:
    # The reference's running box: full width w in the middle, cut off at the edges.
    window = (length + _WINDOWS_PER_SIDE - 1) // _WINDOWS_PER_SIDE
    half = (window + 2) // 2
    lows = [max(0, at + half - window) for at in range(length)]
    highs = [min(length, at + half) for at in range(length)]
    return lows, highs


def _samples(luma: NDArray[np.generic]) -> Floats:
    height, width = luma.shape
    exact = np.float64 if luma.dtype.kind == "f" else np.float32
    rows = np.empty((SAMPLES, width), dtype=np.float64)
    for index, (first, weights) in enumerate(_weights(height)):
        band: NDArray[Any] = luma[first : first + len(weights)].astype(exact)
        rows[index] = weights.astype(exact) @ band
    across = np.zeros((width, SAMPLES))
    for index, (first, weights) in enumerate(_weights(width)):
        across[first : first + len(weights), index] = weights
    sampled: Floats = rows @ across
    return sampled


def _cosines() -> Floats:
    frequency, place = np.arange(1, 17)[:, None], np.arange(SAMPLES)[None, :]
    table: Floats = math.sqrt(2.0 / SAMPLES) * np.cos(math.pi / 2 / SAMPLES * frequency * (2 * place + 1))
    return table


_COSINES = _cosines()


def _spectrum(samples: Floats) -> Floats:
    found: Floats = _COSINES @ samples @ _COSINES.T
    return found


def _hex(spectrum: Floats) -> str:
    # The reference's median of an even number of values is the lower one of the two in the middle.
    median = np.partition(spectrum, BITS // 2 - 1, axis=None)[BITS // 2 - 1]
    bits = (spectrum > median).reshape(-1)
    # Bit k = 16 * row + column has weight 2^k; written as one big number.
    return np.packbits(bits[::-1]).tobytes().hex()


def _quality(samples: Floats) -> int:
    gradient = 0
    for axis in (0, 1):
        steps = np.diff(samples, axis=axis) * 100 / 255
        gradient += int(np.abs(np.trunc(steps)).sum())
    return min(100, gradient // _QUALITY_DIVISOR)


def _dihedral(spectrum: Floats) -> tuple[Floats, ...]:
    odd = np.where(np.arange(16) % 2 == 0, -1.0, 1.0)  # index 0 is the first, an odd frequency
    down, across = odd[:, None], odd[None, :]
    turned = spectrum.T
    return (
        spectrum,
        turned * down,
        spectrum * down * across,
        turned * across,
        spectrum * down,
        spectrum * across,
        turned,
        turned * down * across,
    )
