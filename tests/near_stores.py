"""What every store of near hashes must hold (`media.index.port`): the same for our files and for a database."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from numpy.typing import NDArray

from tipline.media.index.port import Finder, Neighbour, Pair, Store


def random_hashes(count: int, seed: int = 1) -> NDArray[np.uint8]:
    """This function will make hashes, the same ones for a seed."""
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def _near(hash: bytes, bits: int) -> bytes:
    return (int.from_bytes(hash, "big") ^ ((1 << bits) - 1)).to_bytes(32, "big")


def _apart(hash: bytes, other: bytes) -> int:
    return (int.from_bytes(hash, "big") ^ int.from_bytes(other, "big")).bit_count()


def _expected(pairs: set[Pair], hash: bytes, radius: int) -> list[Neighbour]:
    # An entry with two hashes equally far is one answer.
    return sorted({Neighbour(bits, entry) for other, entry in pairs if (bits := _apart(hash, other)) <= radius})


HASHES = [bytes([seed]) * 32 for seed in (0, 7, 255)]
_HASH = st.builds(_near, st.sampled_from(HASHES), st.integers(0, 40))
_ENTRY = st.one_of(st.integers(0, 6), st.sampled_from([2**31 - 1, 2**31, 2**63 - 1]))
PAIRS = st.lists(st.tuples(_HASH, _ENTRY), max_size=6)


class StoreMachine(RuleBasedStateMachine):
    """Whatever is done in whatever order, the store is the set of pairs that it should be. Begun by who inherits."""

    store: Store
    reader: Finder
    pairs: set[Pair]

    @rule(pairs=PAIRS)
    def add(self, pairs: list[Pair]) -> None:
        """This function will add to the store and to the set."""
        self.store.add(pairs)
        self.pairs.update(pairs)

    @rule(pairs=PAIRS)
    def remove(self, pairs: list[Pair]) -> None:
        """This function will remove from both."""
        self.store.remove(pairs)
        self.pairs.difference_update(pairs)

    @rule(hash=_HASH, radius=st.integers(0, 60))
    def find(self, hash: bytes, radius: int) -> None:
        """This function will ask the store, and another reader of it."""
        expected = _expected(self.pairs, hash, radius)
        assert self.store.find(hash, radius) == expected
        assert self.reader.find(hash, radius) == expected
        assert self.reader.find_many(hash * 2, radius) == [expected, expected]
        near = sum(_apart(hash, other) <= radius for other, _ in self.pairs)
        for most in {0, 1, near - 1, near, near + 1} - {-1}:
            for told in self.reader.find_many(hash * 2, radius, most):
                assert told == (expected if len(expected) <= most else []) or (near > most and told == [])

    @invariant()
    def is_whole(self) -> None:
        """This function will look once after each step."""
        if hasattr(self, "reader"):
            assert self.reader.find(HASHES[1]) == _expected(self.pairs, HASHES[1], 31)


def holds_at_every_distance(store: Finder, hashes: NDArray[np.uint8]) -> None:
    """This function will search a store of these hashes, entries their rows, at each distance from 0 to 31."""
    for distance in range(32) if len(hashes) else ():
        query = hashes[(len(hashes) * distance) // 40].copy()
        for bit in np.random.default_rng(distance).choice(256, distance, replace=False):
            query[bit // 8] ^= 1 << bit % 8
        apart = np.bitwise_count(hashes ^ query).sum(axis=1)
        for radius in (distance, 31):
            found = store.find(query.tobytes(), radius)
            assert found == sorted(Neighbour(int(apart[row]), int(row)) for row in np.flatnonzero(apart <= radius))
            assert found


def tells_an_entry_once_at_each_distance(store: Store) -> None:
    """This function will ask for an entry of three hashes, two of them equally far."""
    store.add([(_near(HASHES[0], bits), 5) for bits in (3, 13, 33)])
    asked = _near(HASHES[0], 23)
    assert store.find(asked, 31) == [Neighbour(10, 5), Neighbour(20, 5)]
    assert store.find_many(asked * 2, 10) == [[Neighbour(10, 5)]] * 2


def refuses_what_is_no_hash(store: Store) -> None:
    """This function will try hashes of a wrong length, one after a good one: none of them is added."""
    good = bytes([9]) * 32
    for wrong in (b"", bytes(31), bytes(33)):
        with pytest.raises(ValueError, match="32 bytes"):
            store.add([(good, 1), (wrong, 1)])
        with pytest.raises(ValueError, match="32 bytes"):
            store.find(wrong)
    assert store.find(good) == []
