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
from tipline.media.index.plan import Widths, cap_for, line_bytes, radii_for, widths_for
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


def _ordered(
    order: Callable[..., None], hashes: NDArray[np.uint8], first: int, width: int, *, marks: bool = True
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """The lines, the rows and the marks of a table."""
    lines, cursors = np.zeros(line_bytes(width), "u1"), np.zeros(1 << width, "<u4")
    rows, held = np.zeros(len(hashes), "<u4"), np.zeros(len(hashes), "<u2") if marks else None
    order(hashes.reshape(-1), (first, width), (lines, cursors, rows, held))
    return lines, rows, held


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(0, 40), st.just(32)), elements=st.sampled_from([0, 1, 7, 128, 255])),
    st.integers(1, 12),
    st.integers(0, 244),
    st.sampled_from([1, 30, 700]),
    st.booleans(),
)
def test_rows_are_ordered_alike(hashes: NDArray[np.uint8], width: int, first: int, times: int, marks: bool) -> None:
    crowd = np.repeat(hashes, times, axis=0)
    made = [_ordered(one.order_hashes, crowd, first, width, marks=marks) for one in (kernels, plain)]
    for ours, theirs in zip(*made, strict=True):
        assert (ours is None and theirs is None) or ours.tolist() == theirs.tolist()
    lines, cursors = np.zeros(line_bytes(width), "u1"), np.zeros(1 << width, "<u4")
    for one in (kernels, plain):
        one.order_hashes(crowd.reshape(-1), (first, width), (lines, cursors, None, None))
        assert lines.tolist() == made[0][0].tolist()


def _tables(hashes: NDArray[np.uint8], cut: Widths) -> list[tuple[Any, ...]]:
    tables, first = [], 0
    for width in cut:
        tables.append((first, width, *_ordered(kernels.order_hashes, hashes, first, width)))
        first += width
    return tables


def _near(kind: Any, hashes: NDArray[np.uint8], cut: Widths) -> Any:
    return kind(hashes.reshape(-1), tuple(_tables(hashes, cut)))


@st.composite
def _cuts(draw: st.DrawFn) -> tuple[Widths, bytes, int]:
    """Any cut of all bits, and radii that just cover a radius."""
    cut: list[int] = []
    while (left := 256 - sum(cut)) > 0:
        least = max(1, left - 17 * (31 - len(cut)))  # no more than 32 tables
        cut.append(min(left, draw(st.integers(least, 17))))
    most = [min(3, width) for width in cut]
    radius = draw(st.integers(0, min(60, sum(most) + len(most) - 1)))
    radii = [-1] * len(cut)
    for _ in range(radius + 1):
        at = draw(st.sampled_from([at for at, held in enumerate(radii) if held < most[at]]))
        radii[at] += 1
    return tuple(cut), bytes(kernels.NOT_NEEDED if held < 0 else held for held in radii), radius


def _barely_near(rng: np.random.Generator, cut: Widths, radii: bytes) -> NDArray[np.bool_]:
    """What one table alone can tell, for each in turn: all other chunks differ in a bit more than they are searched."""
    flips = np.zeros((len(cut), 256), dtype=bool)
    for own, each in enumerate(flips):
        first = 0
        for at, (width, radius) in enumerate(zip(cut, radii, strict=True)):
            bits = 0 if radius == kernels.NOT_NEEDED else radius + (at != own)
            each[first + rng.choice(width, min(bits, width), replace=False)] = True
            first += width
    return flips


@settings(max_examples=150, deadline=None)
@given(_cuts(), st.integers(0, 2**32))
def test_no_mark_hides_what_is_near(given_cut: tuple[Widths, bytes, int], seed: int) -> None:
    cut, radii, radius = given_cut
    rng = np.random.default_rng(seed)
    query = rng.integers(0, 256, 32, dtype=np.uint8)
    flips = np.zeros((600, 256), dtype=bool)
    for each in flips:  # at every distance about the radius, some with all of it in one place
        bits = int(rng.integers(0, radius + 4))
        start = int(rng.integers(0, 256))
        spread = rng.choice(256 if rng.random() < 0.5 else min(256, 2 * bits + 8), bits, replace=False)
        each[(spread + start) % 256] = True
    flips = np.concatenate([flips, _barely_near(rng, cut, radii)])
    hashes = query ^ np.packbits(flips, axis=1, bitorder="little")
    held = _near(kernels.Near, hashes, cut)
    expected = plain.Near(hashes.reshape(-1), ()).scan(query.tobytes(), radius)
    assert held.find(query.tobytes(), radius, radii, 10**9) == expected


def _crowded(rng: np.random.Generator, count: int, common: int) -> NDArray[np.uint8]:
    """Hashes that crowd: each is one of a few, a few bits off, and `common` bytes are the same in nearly all."""
    few = rng.integers(0, 256, (7, 32), dtype=np.uint8)
    few[:, rng.permutation(32)[:common]] = 85
    flips = np.packbits(rng.random((count, 256)) < rng.choice([0.004, 0.02, 0.1], (count, 1)), axis=1)
    return few[rng.integers(0, 7, count)] ^ flips


def _first_in_order(hashes: NDArray[np.uint8], cut: Widths) -> Any:
    """As a segment has it: the hashes lie in the order of the first table, which has no rows."""
    firsts = hashes[:, :4].copy().view("<u4")[:, 0] & np.uint32((1 << cut[0]) - 1)
    hashes = np.ascontiguousarray(hashes[np.argsort(firsts, kind="stable")])
    (*first, _, _), *others = _tables(hashes, cut)
    return kernels.Near(hashes.reshape(-1), ((*first, None, None), *others)), plain.Near(hashes.reshape(-1), ())


@settings(max_examples=150, deadline=None)
@given(
    _cuts(),
    st.integers(0, 2**32),
    st.sampled_from([0, 9, 25]),
    st.sampled_from([0, 1, 4, 15, 60, kernels.ALL, kernels.ALL + 2]),
    st.sampled_from([0, 10, 30, 100, 300, 10**9]),
)
def test_many_at_once_find_what_each_finds(
    given_cut: tuple[Widths, bytes, int], seed: int, common: int, most: int, cap: int
) -> None:
    cut, radii, radius = given_cut
    rng = np.random.default_rng(seed)
    hashes = _crowded(rng, 900, common)
    asked = np.concatenate([hashes[:40], _crowded(rng, 10, common), hashes[:3]])
    for held, slow in (
        (_near(kernels.Near, hashes, cut), plain.Near(hashes.reshape(-1), ())),
        _first_in_order(hashes, cut),
    ):
        found = np.frombuffer(held.find_many(asked.reshape(-1), radius, radii, cap, most), "<u4").reshape(-1, 3)
        assert found.tolist() == sorted(found.tolist(), key=lambda one: (one[0], one[2], one[1]))
        for number, query in enumerate(asked):
            told = [(row, distance) for _, row, distance in found[found[:, 0] == number].tolist()]
            expected = slow.scan(query.tobytes(), radius)
            if len(expected) <= most:
                assert told == expected
            else:
                assert len(told) > most
                assert len(set(told)) == len(told)
                assert set(told) <= set(expected)


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
    cut = widths_for(count, 8)
    ours, theirs = (_near(kind, hashes, cut) for kind in (kernels.Near, plain.Near))
    for distance in range(32):
        query = _flipped(hashes[rng.integers(count)], rng.choice(256, distance, replace=False).tolist())
        radii = radii_for(cut, count, distance) or radii_for(cut, count, 31)
        found = ours.find(query, distance, radii, cap_for(count))
        assert found == theirs.scan(query, distance) == ours.scan(query, distance)
        assert found
        assert found == ours.find(query, distance, radii, 0)  # too many candidates at once: every hash is looked at
        triples = np.frombuffer(ours.find_many(query * 2, distance, radii, cap_for(count), kernels.ALL), "<u4").reshape(
            -1, 3
        )
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
    cut = widths_for(30_000, 8)
    held = _near(kernels.Near, hashes, cut)
    radii = radii_for(cut, 30_000, 30)
    assert radii
    for kind in (held, _near(plain.Near, hashes, cut)):
        with pytest.raises(ValueError, match="cover"):
            kind.find(bytes(32), 31, radii, 10**6)
        with pytest.raises(ValueError, match="cover"):
            kind.find(bytes(32), 31, radii[:-1], 10**6)
        for radius in (-1, -2, -300, 257):  # nothing is near in less than no bit
            for given_radii in (b"", radii, bytes([254]) * len(cut)):
                with pytest.raises(ValueError, match="cover"):
                    kind.find_many(bytes(64), radius, given_radii, 10**6, 5)
    with pytest.raises(ValueError, match="query"):
        held.find(bytes(31), 3, radii, 10**6)
    with pytest.raises(ValueError, match="most"):
        held.find_many(bytes(64), 3, radii, 10**6, -1)


def test_places_and_rows_of_a_damaged_file_are_never_followed() -> None:
    hashes = np.random.default_rng(2).integers(0, 256, (5000, 32), dtype=np.uint8)
    for byte in (0x00, 0x0F, 0xFF):
        lines = np.full(line_bytes(16), byte, "u1")
        lines[::3] = 0xF0
        marks = np.random.default_rng(byte).integers(0, 1 << 16, 5000, dtype="<u2")
        for rows in (np.full(5000, 0xFFFFFFFF, "<u4"), None):
            tables = tuple((16 * at, 16, lines, rows, marks) for at in range(16))
            kernels.Near(hashes.reshape(-1), tables).find(hashes[0].tobytes(), 31, bytes([1] * 16), 10**6)
    for missing in ((np.zeros(4999, "<u4"), marks), (np.zeros(5000, "<u4"), marks[1:])):
        with pytest.raises(ValueError, match="too short"):
            kernels.Near(hashes.reshape(-1), ((0, 16, lines, *missing),))
    with pytest.raises(ValueError, match="not in the order"):
        kernels.Near(hashes.reshape(-1), (tables[1], tables[0]))
    wild = np.full((1 << 16) + 1, 0xFFFFFFF0, "<u4")
    wild[::2] = 0
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
