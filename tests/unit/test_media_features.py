"""Local features: the same places found again in edited pictures, where the picture lies told, strangers refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.bench import edits, pictures

from tipline.media import decode
from tipline.media.features.codes import mirrored_codes
from tipline.media.features.extract import MOST, SIDE, extract
from tipline.media.features.geometry import LEAST_INLIERS, Geometry, verify
from tipline.media.features.store import BadFeatures, Features
from tipline.simulation import pictures as simulated

Luma = NDArray[np.uint8]


def _geometry(known: Luma, query: Luma) -> Geometry:
    found = verify(extract(known), extract(query))
    assert found is not None
    return found


def _off(geometry: Geometry, corners: list[tuple[float, float]]) -> float:
    return float(np.abs(np.array(geometry.outline) - np.array(corners)).max())


@pytest.mark.parametrize("number", [0, 1])
def test_a_crop_is_found_and_the_outline_tells_where_it_was_cut(number: int) -> None:
    known = pictures.as_luma(number)
    height, width = known.shape
    geometry = _geometry(known, known[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4])
    assert _off(geometry, [(-0.5, -0.5), (1.5, -0.5), (1.5, 1.5), (-0.5, 1.5)]) < 0.03
    assert not geometry.mirrored


def test_a_mirrored_copy_inside_another_picture_is_found_where_it_lies() -> None:
    known = pictures.as_luma(3)
    small = np.asarray(Image.fromarray(known[:, ::-1]).resize((360, 260), Image.Resampling.BICUBIC))
    query = pictures.as_luma(4).copy()
    query[100:360, 200:560] = small
    height, width = query.shape
    geometry = _geometry(known, query)
    left, right, top, low = 200 / width, 560 / width, 100 / height, 360 / height
    assert geometry.mirrored
    assert _off(geometry, [(right, top), (left, top), (left, low), (right, low)]) < 0.02


def test_a_turned_copy_s_transform_leads_each_place_to_its_own() -> None:
    known = pictures.as_luma(5)
    geometry = _geometry(known, np.rot90(known))
    a, b, c, d, e, f = geometry.transform
    x, y = 0.3, 0.8  # a quarter turn to the left brings the right side to the top
    assert (a * x + b * y + c, d * x + e * y + f) == pytest.approx((y, 1 - x), abs=0.01)


def test_strangers_do_not_lie_in_each_other() -> None:
    features = [extract(pictures.as_luma(number)) for number in range(5)]
    pairs = [(one, other) for one in features for other in features if one is not other]
    assert all(len(one) > 100 for one in features)
    assert [verify(one.first(500), other) for one, other in pairs] == [None] * len(pairs)


def test_strangers_with_the_same_screen_around_them_do_not_lie_in_each_other() -> None:
    lumas = [decode.luma_of(edits.edited("on a screen", Image.fromarray(pictures.scene(at)), 1)) for at in (6, 7)]
    assert verify(extract(pictures.as_luma(6)), extract(lumas[1])) is None
    assert verify(extract(pictures.as_luma(6)), extract(lumas[0])) is not None


def test_pictures_that_share_a_caption_do_not_lie_in_each_other() -> None:
    captioned = [decode.luma_of(simulated.picture(number)) for number in (41, 45)]
    assert verify(extract(captioned[0]), extract(captioned[1])) is None
    assert verify(extract(captioned[0]), extract(captioned[0][60:420, 90:560])) is not None


def test_mirrored_features_are_those_of_the_mirrored_picture() -> None:
    luma = pictures.as_luma(8)
    ours, seen = extract(luma).mirrored(), extract(luma[:, ::-1])
    apart = np.bitwise_count(ours.codes[:, None].view("<u8") ^ seen.codes[None].view("<u8")).sum(axis=2)
    nearest = apart.argmin(axis=1)
    is_same = (np.abs(ours.points - seen.points[nearest]).max(axis=1) < 0.01) & (apart.min(axis=1) < 25)
    turns = np.abs((ours.angles - seen.angles[nearest] + np.pi) % (2 * np.pi) - np.pi)
    assert is_same.mean() > 0.8
    assert np.median(turns[is_same]) < 0.05
    assert (mirrored_codes(mirrored_codes(ours.codes)) == ours.codes).all()


def test_any_first_part_of_the_features_is_spread_over_the_picture() -> None:
    luma = pictures.as_luma(0).copy()
    luma[:200, :200] = np.random.default_rng(1).integers(0, 2, (200, 200), dtype=np.uint8) * 255
    points = extract(luma).first(50).points
    shares = np.histogram2d(points[:, 0], points[:, 1], bins=2)[0] / len(points)
    assert shares.max() < 0.5


def test_what_is_stored_is_read_back_and_no_larger_than_promised() -> None:
    features = extract(pictures.as_luma(1))
    data = features.to_bytes()
    back = Features.from_bytes(data)
    assert 400 < len(back) <= 500
    assert len(data) <= 9 + 500 * 38
    assert (back.rows == features.rows[:500]).all()
    assert (back.width, back.height) == (features.width, features.height)


@pytest.mark.parametrize(
    "data",
    [b"", b"TF1", b"XXX" + bytes(6), b"TF1" + bytes(6), b"TF1\x05\x00\x05\x00\x01\x00", b"TF1\xff\xff\x05\x00\x00\x00"],
)
def test_bytes_that_are_no_features_are_refused(data: bytes) -> None:
    with pytest.raises(BadFeatures):
        Features.from_bytes(data)


@pytest.mark.parametrize("luma", [np.zeros((300, 400)), np.full((12, 900), 7), np.zeros((1, 1)), np.zeros((3000, 2))])
def test_pictures_without_structure_have_no_features_and_match_nothing(luma: NDArray[np.float64]) -> None:
    features = extract(luma.astype(np.uint8))
    assert len(features) == 0
    assert verify(features, extract(pictures.as_luma(0))) is None
    assert len(Features.from_bytes(features.to_bytes())) == 0


def test_noise_as_large_as_a_camera_s_gives_no_more_than_the_bound() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (2000, 3000), dtype=np.uint8)
    features = extract(noise)
    assert len(features) <= MOST
    assert max(features.width, features.height) == SIDE


def test_the_least_number_of_inliers_is_held() -> None:
    known = extract(pictures.as_luma(0))
    assert verify(known.first(LEAST_INLIERS - 1), known) is None
    assert verify(known.first(60), known) is not None
