"""Plain borders are found whatever made them, and a picture without one keeps all of itself."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tipline.media.borders import without_borders
from tipline.media.pdq import distance, pdq
from tipline.simulation import pictures

Luma = NDArray[np.uint8]


def picture(number: int) -> Luma:
    return np.asarray(Image.open(io.BytesIO(pictures.picture(number))).convert("L"))


def bordered(luma: Luma, top: int, bottom: int, left: int, right: int, grey: int, quality: int = 60) -> Luma:
    """The picture on a plain ground, as a codec makes it."""
    ground = np.pad(luma, ((top, bottom), (left, right)), constant_values=grey)
    out = io.BytesIO()
    Image.fromarray(ground).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out))


@pytest.mark.parametrize("grey", [0, 255, 40])
@pytest.mark.parametrize(
    "sides", [(80, 80, 0, 0), (0, 0, 120, 120), (60, 100, 0, 0), (50, 50, 90, 90), (0, 200, 0, 0), (300, 300, 0, 0)]
)
def test_the_picture_inside_a_border_hashes_as_it_did_without(sides: tuple[int, int, int, int], grey: int) -> None:
    luma = picture(3)
    inside = without_borders(bordered(luma, *sides, grey))
    assert inside is not None
    assert abs(inside.shape[0] - luma.shape[0]) <= 8
    assert abs(inside.shape[1] - luma.shape[1]) <= 8
    assert distance(pdq(np.ascontiguousarray(inside)).hex, pdq(luma).hex) <= 31


def test_hardly_any_picture_without_a_border_has_one() -> None:
    # One whose edge is plain loses it: that form is one more to compare, beside the whole picture.
    assert sum(without_borders(picture(number)) is not None for number in range(1, 40)) <= 2


@pytest.mark.parametrize(
    "luma",
    [
        np.full((200, 300), 90, dtype=np.uint8),
        np.pad(np.full((8, 8), 255, dtype=np.uint8), 200),
        np.zeros((5, 5), dtype=np.uint8),
        np.zeros((1, 400), dtype=np.uint8),
    ],
    ids=["flat", "a dot", "tiny", "a line"],
)
def test_what_is_nearly_all_plain_is_left_as_it_is(luma: Luma) -> None:
    assert without_borders(luma) is None
