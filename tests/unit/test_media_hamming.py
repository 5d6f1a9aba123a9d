"""Nearness of hashes by words is nearness bit by bit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tipline.media import hamming
from tipline.media.hamming import find_near, find_near_many, pack

BITS = st.integers(min_value=0, max_value=2**256 - 1)


@given(BITS, st.lists(st.tuples(BITS, st.integers(0, 300)), max_size=8), st.sampled_from((0, 31, 256)))
def test_what_is_near_is_found_with_its_distance(probe: int, others: list[tuple[int, int]], radius: int) -> None:
    held = [other if flipped > 256 else probe ^ ((1 << flipped) - 1) for other, flipped in others]
    expected = [(at, (probe ^ one).bit_count()) for at, one in enumerate(held) if (probe ^ one).bit_count() <= radius]
    assert find_near(f"{probe:064x}", pack([f"{one:064x}" for one in held]), radius) == expected


def test_hashes_are_found_beyond_the_first_block_and_the_farthest_is_256_bits_away() -> None:
    many = ["f" * 64] * (hamming.BLOCK + 2)
    many[hamming.BLOCK + 1] = "0" * 63 + "1"
    assert find_near("0" * 64, pack(many), 31) == [(hamming.BLOCK + 1, 1)]
    assert find_near("0" * 64, pack(["f" * 64]), 256) == [(0, 256)]


@given(st.lists(BITS, max_size=4), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 64)), max_size=8))
def test_many_probes_are_answered_as_each_one_alone(asked: list[int], others: list[tuple[int, int]]) -> None:
    probes = [f"{one:064x}" for one in asked]
    held = pack([f"{asked[at % len(asked)] ^ ((1 << flipped) - 1):064x}" for at, flipped in others if asked])
    alone = {probe: find_near(probe, held, 31) for probe in probes}
    assert find_near_many(probes, held, 31) == {probe: near for probe, near in alone.items() if near}
