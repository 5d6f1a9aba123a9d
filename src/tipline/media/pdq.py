"""PDQ: the 256-bit perceptual hash of a still picture that platforms exchange.

The reference filters the whole picture twice with a box ("Jarosz filter") and then keeps 64 x 64 samples.
Both steps are linear and separable, so the weight of every pixel in every sample is computed once and only
the samples are made: the same numbers at a fraction of the work. Source: Facebook, "PDQ & TMK + PDQF", 2019,
and its reference code.

On pixels in bytes every machine and every language that follows this file gets the same bits (the survivors' page
does so in the browser, see `interfaces/survivors/static/survivors/pdq.js`): the weights are whole numbers over one
divisor, so the sums are exact in any order; the cosines are written out; the spectrum is summed in a stated order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tipline.media import kernels
from tipline.media.cosines import QUARTER_WAVE

SAMPLES = 64
BITS = 256
LEAST_SIDE = 5  # the reference hashes nothing smaller

Floats = NDArray[np.float64]

_QUALITY_DIVISOR = 90
_EXACT_IN_FLOAT32 = 2**24
_SCALE = 0.1767766952966369  # the square root of 2 / 64
_WINDOWS_PER_SIDE = 2 * SAMPLES
_MOST_SIDE = 65_536  # of the kernel


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
    return _hashed(luma, 1)[0]


def pdq_dihedral(luma: NDArray[np.generic]) -> tuple[Pdq, ...]:
    """This function will hash a picture and its seven turned and mirrored forms.

    Order: as is, turned by 90, 180 and 270 degrees counter-clockwise, upside down, left to right, mirrored
    along the main and along the other diagonal. All come from one spectrum: turning a picture changes signs
    and order in it.
    """
    return _hashed(luma, 8)


def _hashed(luma: NDArray[np.generic], forms: int) -> tuple[Pdq, ...]:
    if min(luma.shape) < LEAST_SIDE:
        return (Pdq("0" * 64, 0),) * forms
    if not (kernels.COMPILED and luma.dtype == np.uint8 and max(luma.shape) <= _MOST_SIDE):
        return hash_plainly(luma)[:forms]
    height, width = luma.shape
    hashes, quality = kernels.pdq(np.ascontiguousarray(luma), height, width, _COSINES, forms)
    return tuple(Pdq(hashes[at : at + 32].hex(), quality) for at in range(0, len(hashes), 32))


def hash_plainly(luma: NDArray[np.generic]) -> tuple[Pdq, ...]:
    """This function will do what `pdq_dihedral` does in NumPy alone, for pixels of any type."""
    samples = _samples(luma)
    spectrum, quality = _spectrum(samples), _quality(samples)
    return tuple(Pdq(_hex(form), quality) for form in _dihedral(spectrum))


def distance(one: str, other: str) -> int:
    """This function will count the bits in which two hashes differ, 0-256; strangers lie around 128."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


@dataclass(frozen=True, slots=True)
class _Side:
    """How one side is sampled: per sample its first pixel, the whole-numbered weights from there on, their divisor."""

    lines: tuple[tuple[int, Floats], ...]
    divisors: Floats


@lru_cache(maxsize=64)
def _weights(length: int) -> _Side:
    lows, highs = _box_bounds(length)
    lines, divisors = [], []
    for index in range(SAMPLES):
        at = int((index + 0.5) * length / SAMPLES)
        outer = range(lows[at], highs[at])
        sizes = [highs[inner] - lows[inner] for inner in outer]
        common = math.lcm(*sizes)  # a pixel counts 1/size in each box that holds it: `common / size` over `common`
        first = lows[outer[0]]
        line = np.zeros(highs[outer[-1]] - first)
        for inner, size in zip(outer, sizes, strict=True):
            line[lows[inner] - first : highs[inner] - first] += common // size
        lines.append((first, line))
        divisors.append(float(common * len(outer)))
    return _Side(tuple(lines), np.array(divisors))


def _box_bounds(length: int) -> tuple[list[int], list[int]]:
    # The reference's running box: full width w in the middle, cut off at the edges.
    window = (length + _WINDOWS_PER_SIDE - 1) // _WINDOWS_PER_SIDE
    half = (window + 2) // 2
    lows = [max(0, at + half - window) for at in range(length)]
    highs = [min(length, at + half) for at in range(length)]
    return lows, highs


def _samples(luma: NDArray[np.generic]) -> Floats:
    height, width = luma.shape
    down, along = _weights(height), _weights(width)
    # Whole numbers below 2^24 are exact in float32, which is twice as fast; below 2^53 they are in float64.
    is_small = luma.dtype.kind != "f" and 255 * down.divisors.max() < _EXACT_IN_FLOAT32
    exact = np.float32 if is_small else np.float64
    rows = np.empty((SAMPLES, width), dtype=np.float64)
    for index, (first, weights) in enumerate(down.lines):
        band: NDArray[Any] = luma[first : first + len(weights)].astype(exact)
        rows[index] = weights.astype(exact) @ band
    across = np.zeros((width, SAMPLES))
    for index, (first, weights) in enumerate(along.lines):
        across[first : first + len(weights), index] = weights
    sampled: Floats = (rows @ across) / (down.divisors[:, None] * along.divisors[None, :])
    return sampled


def _cosine(step: int) -> float:
    # cos(pi * step / 128) from a quarter of the wave.
    step %= 256
    step = min(step, 256 - step)
    return QUARTER_WAVE[step] if step <= SAMPLES else -QUARTER_WAVE[128 - step]


def _cosines() -> Floats:
    table = [[_SCALE * _cosine(frequency * (2 * place + 1)) for place in range(SAMPLES)] for frequency in range(1, 17)]
    return np.array(table)


_COSINES = _cosines()


def _spectrum(samples: Floats) -> Floats:
    # Summed one place after the other, and not by `@`, whose order differs from machine to machine: where values are
    # nearly alike (flat and striped pictures) their last bit decides.
    half = _summed(_COSINES.T[:, :, None], samples[:, None, :])
    return _summed(half.T[:, :, None], _COSINES.T[:, None, :])


def _summed(one: Floats, other: Floats) -> Floats:
    # In C order numpy adds slice after slice; along an axis that is contiguous it would add pairwise.
    found: Floats = np.add.reduce(np.multiply(one, other, order="C"), axis=0)
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
