"""The hash tree and the hash chain over audit entries. Pure.

Source: RFC 6962 section 2.1 (leaf and node hashes, Merkle tree head). All digests are SHA-256, 32 bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

DIGEST_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
CHAIN_START = bytes(DIGEST_BYTES)


def leaf_hash(canonical: bytes) -> bytes:
    """This function will hash one entry as a leaf of the tree."""
    return hashlib.sha256(b"\x00" + canonical).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """This function will hash two subtrees into one."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def chain_hash(previous: bytes, leaf: bytes) -> bytes:
    """This function will bind a leaf to the one before it."""
    return hashlib.sha256(previous + leaf).digest()


class Frontier:
    """The right edge of a tree: the roots of its complete subtrees, largest first. Enough to grow it."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)
        if len(self._peaks) != size.bit_count():
            raise ValueError("the number of peaks does not fit the size of the tree")

    @classmethod
    def from_bytes(cls, size: int, packed: bytes) -> Frontier:
        """This function will read a frontier back from its packed peaks."""
        return cls(size, [packed[at : at + DIGEST_BYTES] for at in range(0, len(packed), DIGEST_BYTES)])

    def to_bytes(self) -> bytes:
        """This function will pack the peaks, largest subtree first."""
        return b"".join(self._peaks)

    def append(self, leaf: bytes) -> None:
        """This function will add one leaf, merging complete subtrees of equal size."""
        merged, size = leaf, self.size
        while size & 1:
            merged = node_hash(self._peaks.pop(), merged)
            size >>= 1
        self._peaks.append(merged)
        self.size += 1

    def root(self) -> bytes:
        """This function will give the tree head of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root
