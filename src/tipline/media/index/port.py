"""What any index of near hashes does, whatever stands behind it: our files (`near`), or a database (`pgvector`).

All that is near is found, none missed: an engine that trades recall for speed is no backend. What a store is asked for
is one shard; many shards are asked one after the other and their answers joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tipline.media.kernels import ALL
from tipline.media.thresholds import PDQ_RADIUS

Pair = tuple[bytes, int]  # a hash of 32 bytes, and its entry: a number below 2^63 that means something to the caller


class Neighbour(NamedTuple):
    """An entry whose hash is near, and in how many bits it differs."""

    distance: int
    entry: int


class Finder(Protocol):
    """An index that is read."""

    def find(self, hash: bytes, radius: int = PDQ_RADIUS) -> list[Neighbour]:
        """This function will list every entry whose hash differs from `hash` in at most `radius` bits, in order.

        An entry of several hashes stands there once for each distance.
        """
        ...

    def find_many(self, hashes: bytes, radius: int = PDQ_RADIUS, most: int = ALL) -> list[list[Neighbour]]:
        """This function will do what `find` does for many hashes, 32 bytes each.

        One with more than `most` answers gets none; one near to more than `most` hashes may get none.
        """
        ...


class Store(Finder, Protocol):
    """An index that is changed, too. The same pair twice is there once; removing what is not there does no harm."""

    def add(self, pairs: Sequence[Pair]) -> None:
        """This function will add pairs. Raises ValueError for a hash that has not 32 bytes; then none is added."""
        ...

    def remove(self, pairs: Sequence[Pair]) -> None:
        """This function will remove pairs."""
        ...
