"""One segment of a near index: hashes in the order of their first bits, tables over the other bits, entries.

A hash that many entries share lies here once; its entries stand in a list of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tipline.media.index import bits
from tipline.media.index.plan import Widths, cap_for, line_bytes, radii_for, widths_for
from tipline.media.index.sections import Array, Damaged, Planned, Sections, making
from tipline.media.kernels import ALL, Near, order_hashes

MOST_ROWS = 1 << 27  # of one segment; more are cut into several
SUFFIX = ".near"
_SHARED = np.uint64(1 << 63)  # set where an entry is the place of a list of entries
_SMALL, _SHARED_SMALL = np.uint64((1 << 31) - 1), np.uint32(1 << 31)  # where all entries are small, so is their array

Hashes = NDArray[np.uint8]
Entries = NDArray[np.uint64]


class Segment:
    """A segment that is mapped. Rows are numbers of this file alone; entries are what its maker named."""

    def __init__(self, path: Path) -> None:
        """This function will open a segment. Raises Damaged, FileNotFoundError."""
        self._file = Sections(path)
        head, arrays = self._file.head, self._file.arrays
        if head["bits"] != bits.NAME or "widths" not in head:
            raise Damaged(f"{path.name}: another order of bits, or tables of another kind")
        self.name = path.name
        self.count: int = head["count"]
        self.entry_count: int = head["entries"]
        self._cut: Widths = tuple(head["widths"])
        self._hashes, self._entries = arrays["hashes"], arrays["entries"]
        self._lists = arrays["lists"]
        self._shared = _SHARED_SMALL if self._entries.itemsize == _SHARED_SMALL.itemsize else _SHARED
        self._near = Near(self._hashes, _tables(self._cut, arrays))
        self._radii = cache(partial(radii_for, self._cut, self.count))  # a plan is found quicker by the radius alone

    def find(self, inside: bytes, radius: int) -> list[tuple[int, int]]:
        """This function will list (row, distance) of all within the radius of a hash in the index's order of bits."""
        radii = self._radii(radius)
        if not radii:
            return self._near.scan(inside, radius)
        return self._near.find(inside, radius, radii, cap_for(self.count))

    def find_many(self, inside: bytes, radius: int, most: int = ALL) -> NDArray[np.uint32]:
        """This function will search many hashes at once: rows of (number of the query, row, distance).

        Of a hash near to more than `most`, more than `most` are told, perhaps not all.
        """
        radii = self._radii(radius)
        if radii:
            found = self._near.find_many(inside, radius, radii, cap_for(self.count), most)
            return np.frombuffer(found, dtype="<u4").reshape(-1, 3)
        listed = [
            (number, *pair)
            for number in range(len(inside) // bits.HASH_BYTES)
            for pair in self._near.scan(inside[32 * number : 32 * number + 32], radius)
        ]
        return np.array(listed, dtype="<u4").reshape(-1, 3)

    def scan(self, inside: bytes, radius: int) -> list[tuple[int, int]]:
        """This function will do what `find` does by looking at every hash."""
        return self._near.scan(inside, radius)

    def entries_of(self, row: int) -> list[int]:
        """This function will list the entries of a row."""
        entry = self._entries[row]
        if not entry & self._shared:
            return [int(entry)]
        place = int(entry ^ self._shared)
        return [int(one) for one in self._lists[place + 1 : place + 1 + int(self._lists[place])]]

    def hash_of(self, row: int) -> bytes:
        """This function will return a row's hash, in the index's order of bits."""
        return self._hashes[32 * row : 32 * row + 32].tobytes()

    def pairs(self) -> tuple[Hashes, Entries]:
        """This function will return everything, one row for each entry: for making a new segment of it."""
        hashes = self._hashes.reshape(-1, 32)
        shared = np.flatnonzero(self._entries & self._shared)
        if not len(shared):
            return hashes, self._entries.astype("<u8", copy=False)
        counts = np.ones(self.count, dtype=np.int64)
        listed = {int(row): self.entries_of(int(row)) for row in shared}
        counts[shared] = [len(listed[int(row)]) for row in shared]
        rows = np.repeat(np.arange(self.count), counts)
        entries = self._entries[rows].astype("<u8")
        starts = np.cumsum(counts) - counts
        for row, each in listed.items():
            entries[starts[row] : starts[row] + len(each)] = each
        return hashes[rows], entries

    def verify(self) -> None:
        """This function will compare every checksum of the file. Raises Damaged."""
        self._file.verify()


def _tables(cut: Widths, arrays: dict[str, Array]) -> tuple[tuple[int, int, Array, Array | None, Array | None], ...]:
    made, first = [], 0
    for number, width in enumerate(cut):
        rows, marks = arrays.get(f"rows{number}"), arrays.get(f"marks{number}")
        made.append((first, width, arrays[f"lines{number}"], rows, marks))
        first += width
    return tuple(made)


def write_segment(path: Path, hashes: Hashes, entries: Entries) -> None:
    """This function will write a segment: `hashes` (n, 32) in the index's order of bits, `entries` (n,) below 2^63.

    Takes about as much memory again as the hashes. Raises ValueError for more than MOST_ROWS, and what the disk raises.
    """
    if len(hashes) > MOST_ROWS:
        raise ValueError("too many hashes for one segment")
    small = bool((entries <= _SMALL).all())
    cut = widths_for(len(hashes), 4 if small else 8)
    order = _ordered(hashes, cut[0] if cut else 8)
    hashes, entries = hashes[order], entries[order]
    del order
    hashes, entries, lists, total = _folded(hashes, entries)
    count = len(hashes)
    planned = {
        "hashes": Planned("u1", 32 * count),
        "entries": Planned("<u4" if small else "<u8", count),
        "lists": Planned("<u8", len(lists)),
    }
    for number, width in enumerate(cut):
        planned[f"lines{number}"] = Planned("u1", line_bytes(width))
        if number:  # the hashes themselves lie in the order of the first
            planned[f"rows{number}"] = Planned("<u4", count)
            planned[f"marks{number}"] = Planned("<u2", count)
    head = {"bits": bits.NAME, "count": count, "entries": total, "widths": cut}
    with making(path, planned, head) as arrays:
        arrays["hashes"][:] = hashes.reshape(-1)
        arrays["entries"][:] = _made_small(entries) if small else entries
        arrays["lists"][:] = lists
        del hashes, entries
        _fill_tables(cut, arrays)


def _made_small(entries: Entries) -> NDArray[np.uint32]:
    made: NDArray[np.uint32] = (entries & _SMALL).astype("<u4")
    made[(entries & _SHARED) != 0] |= _SHARED_SMALL
    return made


def _fill_tables(cut: Widths, arrays: dict[str, Array]) -> None:
    cursors = np.empty(1 << max(cut, default=0), dtype="<u4")
    for first, width, lines, rows, marks in _tables(cut, arrays):
        order_hashes(arrays["hashes"], (first, width), (lines, cursors, rows, marks))


def _ordered(hashes: Hashes, width: int) -> Array:
    """The rows in the order of their first bits, equal ones in that of all bits."""
    lines, cursors = np.empty(line_bytes(width), dtype="u1"), np.empty(1 << width, dtype="<u4")
    order = np.empty(len(hashes), dtype="<u4")
    order_hashes(np.ascontiguousarray(hashes).reshape(-1), (0, width), (lines, cursors, order, None))
    return order


def _folded(hashes: Hashes, entries: Entries) -> tuple[Hashes, Entries, Entries, int]:
    """Each hash once. `hashes` are in order, so equal ones are neighbours."""
    words = hashes.view("<u8").reshape(-1, 4)
    is_new = np.ones(len(hashes), dtype=bool)
    is_new[1:] = (words[1:] != words[:-1]).any(axis=1)
    if is_new.all():
        return hashes, entries, np.empty(0, dtype="<u8"), len(entries)
    starts = np.flatnonzero(is_new)
    counts = np.diff(np.append(starts, len(hashes)))
    kept, lists = entries[starts].copy(), []
    total = len(entries)
    place = 0
    for number in np.flatnonzero(counts > 1):
        each = np.unique(entries[starts[number] : starts[number] + counts[number]])
        total -= int(counts[number]) - len(each)
        if len(each) > 1:
            kept[number] = np.uint64(place) | _SHARED
            lists += [np.array([len(each)], dtype="<u8"), each]
            place += 1 + len(each)
        else:
            kept[number] = each[0]
    return hashes[starts], kept, np.concatenate(lists) if lists else np.empty(0, dtype="<u8"), total


def batches(hashes: Hashes, entries: Entries) -> Iterator[tuple[Hashes, Entries]]:
    """This function will cut what is too much for one segment."""
    for start in range(0, len(hashes), MOST_ROWS):
        yield hashes[start : start + MOST_ROWS], entries[start : start + MOST_ROWS]
