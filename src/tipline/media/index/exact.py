"""Digests (MD5, SHA-1, SHA-256) to entries, in one file that any number of processes map.

    write_table(path, digests, entries)      # (n, 16) bytes and (n,) numbers
    ExactTable(path).find(digest)            # an entry, or None

A table does not change; a list that does is written anew (100 million in about a minute) while the old one is used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tipline.media.index.sections import Planned, Sections, making
from tipline.media.kernels import Exact, order_keys

MOST_ROWS = (1 << 32) - 1
_PER_BUCKET = 3  # keys that share their first bits, on average


class ExactTable:
    """A table that is mapped. Without entries its answers are rows: numbers of the sorted digests."""

    def __init__(self, path: Path) -> None:
        """This function will open a table. Raises Damaged, FileNotFoundError."""
        self._file = Sections(path)
        head, arrays = self._file.head, self._file.arrays
        self.width: int = head["width"]
        self.count: int = head["count"]
        self._entries = arrays["entries"] if head["has_entries"] else None
        self._exact = Exact(arrays["keys"], self.width, head["bits"], arrays["offsets"])
        self.find_row = self._exact.find  # the quickest way: a row, or -1

    def __len__(self) -> int:
        """This function will count the digests."""
        return self.count

    def find(self, digest: bytes) -> int | None:
        """This function will return the entry of a digest. Raises ValueError where it has another length."""
        row = self._exact.find(digest)
        if row < 0:
            return None
        return row if self._entries is None else int(self._entries[row])

    def find_many(self, digests: NDArray[np.uint8]) -> NDArray[np.int64]:
        """This function will find many digests, (n, width) bytes: their entries, -1 where there is none."""
        given = np.ascontiguousarray(digests)
        if given.ndim != 2 or given.shape[1] != self.width:
            raise ValueError(f"digests: (n, {self.width}) bytes")
        rows = np.empty(len(given), dtype="<i8")
        self._exact.find_many(given.reshape(-1), rows)
        if self._entries is None:
            return rows
        return np.where(rows < 0, -1, self._entries[rows].astype(np.int64)) if len(self._entries) else rows

    def verify(self) -> None:
        """This function will compare every checksum of the file. Raises Damaged."""
        self._file.verify()


def write_table(path: Path, digests: NDArray[np.uint8], entries: NDArray[np.uint64] | None = None) -> None:
    """This function will write a table of `digests`, (n, width) bytes; of equal ones `find` tells the first entry.

    Raises ValueError for other shapes, and what the disk raises.
    """
    given = np.ascontiguousarray(digests)
    count, width = given.shape
    if not 8 <= width <= 64 or count > MOST_ROWS or (entries is not None and len(entries) != count):
        raise ValueError("digests: (n, 8 to 64) bytes; one entry for each")
    bits = min(31, max(0, (count // _PER_BUCKET).bit_length()))
    planned = {
        "keys": Planned("u1", count * width),
        "offsets": Planned("<u4", (1 << bits) + 1),
        "entries": Planned("<u8", count if entries is not None else 0),
    }
    head = {"width": width, "count": count, "bits": bits, "has_entries": entries is not None}
    with making(path, planned, head) as arrays:
        cursors, order = np.empty(1 << bits, dtype="<u4"), np.empty(count, dtype="<u4")
        order_keys(given.reshape(-1), (width, bits), (arrays["offsets"], cursors, order, arrays["keys"]))
        if entries is not None:
            arrays["entries"][:] = entries[order]
