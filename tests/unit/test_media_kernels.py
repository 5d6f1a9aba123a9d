"""The C kernels and the NumPy ones give the same answers, and refuse the same things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from tipline.media import kernels, pdq
from tipline.media.index.plan import cap_for, radii_for, widths_for
from tipline.media.kernels import plain

pytestmark = pytest.mark.skipif(not kernels.COMPILED, reason="no compiler on this machine")
_SIDES = st.one_of(st.integers(5, 80), st.sampled_from([127, 128, 129, 255, 257, 500, 641]))


def _picture(height: int, width: int, kind: str, seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    if kind == "noise":
        return rng.integers(0, 256, (height, width), dtype=np.uint8)
    if kind == "flat":
        return np.full((height, width), rng.integers(0, 256), dtype=np.uint8)
    if kind == "steps":
        return (np.add.outer(np.arange(height) * 3, np.arange(width)) % 256).astype(np.uint8)
    made = np.zeros((height, width), dtype=np.uint8)
    made[height // 3 :, width // 4 :] = 255
    return made


@settings(max_examples=120, deadline=None)
@given(_SIDES, _SIDES, st.sampled_from(["noise", "flat", "steps", "corner"]), st.integers(0, 9))
def test_pdq_is_the_same_bit_for_bit(height: int, width: int, kind: str, seed: int) -> None:
    picture = _picture(height, width, kind, seed)
    assert pdq.pdq_dihedral(picture) == pdq.hash_plainly(picture)
    assert pdq.pdq(picture) == pdq.hash_plainly(picture)[0]


@pytest.mark.parametrize("shape", [(2600, 3900), (5, 9000), (9000, 5), (64, 40_000), (4097, 63)])
def test_pdq_of_large_and_narrow_pictures_is_the_same(shape: tuple[int, int]) -> None:
    picture = _picture(*shape, "noise", 3)
    assert pdq.pdq_dihedral(picture) == pdq.hash_plainly(picture)


def test_a_picture_that_does_not_lie_in_one_piece_is_hashed_as_it_is_seen() -> None:
    whole = _picture(400, 600, "noise", 1)
    assert pdq.pdq_dihedral(whole[::2, 100:]) == pdq.hash_plainly(np.ascontiguousarray(whole[::2, 100:]))


def test_a_side_that_is_too_long_or_a_buffer_too_short_is_refused() -> None:
    cosines = np.zeros((16, 64))
    for height, width, size in ((4, 9, 36), (9, 4, 36), (65_537, 5, 10), (10, 10, 99)):
        with pytest.raises(ValueError, match=r"sides|too short"):
            kernels.pdq(bytes(size), height, width, cosines, 8)
    with pytest.raises(ValueError, match="cosines"):
        kernels.pdq(bytes(100), 10, 10, bytes(8), 8)


def _order(order: Callable[..., None], hashes: NDArray[np.uint8], first: int, width: int, whole: bool) -> Any:
    offsets, cursors = np.zeros((1 << width) + 1, "<u4"), np.zeros(1 << width, "<u4")
    rows = np.zeros(len(hashes), "<u4")
    order(hashes.reshape(-1), (first, width, whole), (offsets, cursors, rows))
    return offsets.tolist(), rows.tolist()


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(0, 40), st.just(32)), elements=st.sampled_from([0, 1, 7, 128, 255])),
    st.integers(1, 12),
    st.integers(0, 244),
    st.booleans(),
)
def test_rows_are_ordered_alike(hashes: NDArray[np.uint8], width: int, first: int, whole: bool) -> None:
    ours, theirs = (_order(one.order_hashes, hashes, first, width, whole) for one in (kernels, plain))
    assert ours == theirs


def _near(kind: Any, hashes: NDArray[np.uint8], widths: tuple[int, ...]) -> Any:
    tables, first = [], 0
    for width in widths:
        offsets, cursors = np.zeros((1 << width) + 1, "<u4"), np.zeros(1 << width, "<u4")
        rows = np.zeros(len(hashes), "<u4")
        kernels.order_hashes(hashes.reshape(-1), (first, width, False), (offsets, cursors, rows))
        tables.append((first, width, offsets, rows))
        first += width
    return kind(hashes.reshape(-1), tuple(tables))


def _flipped(hash: NDArray[np.uint8], bits: list[int]) -> bytes:
    made = hash.copy()
    for bit in bits:
        made[bit // 8] ^= 1 << bit % 8
    return made.tobytes()


@pytest.mark.parametrize("count", [30_000, 60_000])
def test_all_within_every_distance_are_found(count: int) -> None:
    rng = np.random.default_rng(count)
    hashes = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    hashes[count // 2 :: 7] = hashes[3]  # a crowd of equal ones
    widths = widths_for(count)
    ours, theirs = (_near(kind, hashes, widths) for kind in (kernels.Near, plain.Near))
    for distance in range(32):
        query = _flipped(hashes[rng.integers(count)], rng.choice(256, distance, replace=False).tolist())
        radii = radii_for(widths, count, distance) or radii_for(widths, count, 31)
        found = ours.find(query, distance, radii, cap_for(count))
        assert found == theirs.scan(query, distance) == ours.scan(query, distance)
        assert found
        assert found == ours.find(query, distance, radii, 0)  # too many candidates at once: every hash is looked at
        triples = np.frombuffer(ours.find_many(query * 2, distance, radii, cap_for(count)), "<u4").reshape(-1, 3)
        assert triples.tolist() == [[number, *pair] for number in (0, 1) for pair in found]


_BITS = st.integers(0, 2**256 - 1)


@given(_BITS, st.lists(st.tuples(_BITS, st.integers(0, 300)), max_size=8), st.sampled_from([0, 31, 255, 256]))
def test_a_look_at_every_hash_is_nearness_bit_by_bit(asked: int, others: list[tuple[int, int]], radius: int) -> None:
    held = [other if flipped > 256 else asked ^ ((1 << flipped) - 1) for other, flipped in others]
    apart = sorted(((asked ^ one).bit_count(), row) for row, one in enumerate(held))
    expected = [(row, bits) for bits, row in apart if bits <= radius]
    for kind in (kernels.Near, plain.Near):
        near = kind(b"".join(one.to_bytes(32, "big") for one in held), ())
        assert near.scan(asked.to_bytes(32, "big"), radius) == expected


def test_radii_that_would_miss_something_are_refused() -> None:
    hashes = np.zeros((30_000, 32), dtype=np.uint8)
    widths = widths_for(30_000)
    held = _near(kernels.Near, hashes, widths)
    radii = radii_for(widths, 30_000, 30)
    assert radii
    for kind in (held, _near(plain.Near, hashes, widths)):
        with pytest.raises(ValueError, match="cover"):
            kind.find(bytes(32), 31, radii, 10**6)
        with pytest.raises(ValueError, match="cover"):
            kind.find(bytes(32), 31, radii[:-1], 10**6)
    with pytest.raises(ValueError, match="query"):
        held.find(bytes(31), 3, radii, 10**6)


def test_offsets_and_rows_of_a_damaged_file_are_never_followed() -> None:
    hashes = np.random.default_rng(2).integers(0, 256, (5000, 32), dtype=np.uint8)
    wild = np.full((1 << 16) + 1, 0xFFFFFFF0, "<u4")
    wild[::2] = 0
    for ids in (np.full(5000, 0xFFFFFFFF, "<u4"), None):
        tables = tuple((16 * at, 16, wild, ids) for at in range(16))
        kernels.Near(hashes.reshape(-1), tables).find(hashes[0].tobytes(), 31, bytes([1] * 16), 10**6)
    keys = np.sort(hashes[:, :1].repeat(16, axis=1), axis=0)
    kernels.Exact(keys.reshape(-1), 16, 16, wild).find(bytes(16))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=2, max_size=2), max_size=60), st.sampled_from([8, 16, 20, 32]), st.integers(0, 10))
def test_digests_are_sorted_and_found_alike(starts: list[bytes], width: int, bits: int) -> None:
    keys = np.frombuffer(b"".join(one.ljust(width, b"\7") for one in starts), np.uint8).reshape(-1, width)
    made = []
    for kind in (kernels, plain):
        offsets, cursors = np.zeros((1 << bits) + 1, "<u4"), np.zeros(1 << bits, "<u4")
        order, held = np.zeros(len(keys), "<u4"), np.zeros(keys.size, np.uint8)
        kind.order_keys(keys.reshape(-1), (width, bits), (offsets, cursors, order, held))
        made.append((offsets.tolist(), order.tolist(), held.tobytes()))
        table = kind.Exact(held, width, bits, offsets)
        asked = [*starts, b"zz", b"\0\0"]
        rows = [table.find(one.ljust(width, b"\7")) for one in asked]
        assert [row >= 0 for row in rows] == [one in starts for one in asked]
        assert all(held[row * width : (row + 1) * width].tobytes() == asked[at].ljust(width, b"\7")
                   for at, row in enumerate(rows) if row >= 0)  # fmt: skip
        many = np.zeros(len(asked), "<i8")
        table.find_many(b"".join(one.ljust(width, b"\7") for one in asked), many)
        assert [row >= 0 for row in many] == [row >= 0 for row in rows]
        with pytest.raises(ValueError, match="bytes"):
            table.find(bytes(width - 1))
    assert made[0] == made[1]
