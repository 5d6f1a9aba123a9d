"""PDQ against the reference library, on the same pixels."""

from __future__ import annotations

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tipline.media.pdq import distance, pdq, pdq_dihedral

SIZES = [(1400, 1000), (64, 64), (333, 517), (50, 40), (128, 129), (127, 2000), (1, 300), (4, 80), (5, 5)]


def _scene(width: int, height: int, seed: int = 1) -> NDArray[np.uint8]:
    small = np.random.default_rng(seed).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


def _luma(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    return (rgb[:, :, 0] * 0.299 + rgb[:, :, 1] * 0.587 + rgb[:, :, 2] * 0.114).astype("float32")


def _hex(bits: NDArray[np.int64]) -> str:
    return np.packbits(bits.astype(np.uint8)).tobytes().hex()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_exact_mode_is_bit_for_bit_the_reference(width: int, height: int) -> None:
    rgb = _scene(width, height)
    bits, quality = pdqhash.compute(rgb)
    ours = pdq(_luma(rgb))
    assert distance(ours.hex, _hex(bits)) == 0
    assert ours.quality == quality


@pytest.mark.parametrize(("width", "height"), [size for size in SIZES if min(size) >= 40])
def test_bytes_as_luma_are_at_most_four_bits_off(width: int, height: int) -> None:
    rgb = _scene(width, height, seed=2)
    grey = np.asarray(Image.fromarray(rgb).convert("L"))
    assert distance(pdq(grey).hex, _hex(pdqhash.compute(rgb)[0])) <= 4


@pytest.mark.parametrize("seed", range(5))
def test_the_eight_forms_are_the_reference_s(seed: int) -> None:
    rgb = _scene(320, 200, seed)
    theirs, _ = pdqhash.compute_dihedral(rgb)
    ours = pdq_dihedral(_luma(rgb))
    assert [distance(one.hex, _hex(other)) for one, other in zip(ours, theirs, strict=True)] == [0] * 8


def test_really_turned_pixels_match_one_of_the_eight() -> None:
    grey = _luma(_scene(320, 200, 7))
    forms = pdq_dihedral(grey)
    for turned in (
        np.rot90(grey),
        np.rot90(grey, 2),
        np.rot90(grey, 3),
        np.flipud(grey),
        np.fliplr(grey),
        grey.T,
    ):
        assert min(distance(pdq(turned).hex, form.hex) for form in forms) <= 31


@given(st.integers(0, 2**32 - 1), st.integers(40, 300), st.integers(40, 300))
@settings(max_examples=25, deadline=None)
def test_noise_of_any_shape_agrees_with_the_reference(seed: int, width: int, height: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    rgb = np.dstack([noise] * 3)
    assert distance(pdq(_luma(rgb)).hex, _hex(pdqhash.compute(rgb)[0])) <= 2


def test_a_flat_picture_has_no_quality() -> None:
    assert pdq(np.full((100, 100), 77, dtype=np.uint8)).quality == 0


def test_a_smaller_copy_is_near_and_a_stranger_is_far() -> None:
    picture = Image.fromarray(_scene(1400, 1000, 3)).convert("L")
    copy = picture.resize((600, 430), Image.Resampling.LANCZOS)
    here, there = pdq(np.asarray(picture)), pdq(np.asarray(copy))
    assert distance(here.hex, there.hex) <= 31
    assert distance(here.hex, pdq(np.asarray(Image.fromarray(_scene(1400, 1000, 4)).convert("L"))).hex) > 60


def test_distance_counts_bits() -> None:
    assert distance("0" * 64, "f" * 64) == 256
    assert distance("0" * 63 + "1", "0" * 64) == 1
