"""The kernels in NumPy, for a house without a compiler: the same answers, slower. (PDQ in NumPy is `media.pdq` itself.)

Arguments and answers are those of the C module (`_kernels.pyi`). Hashes are 32 bytes: four little-endian words of 64
bits; bit i is bit i % 64 of word i // 64.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Buffer: TypeAlias = bytes | bytearray | memoryview | NDArray[Any]
_LINE_VALUES = 60
_BLOCK = 1 << 14  # rows at a time: what is made of them stays in the cache


def _words(hashes: Buffer) -> NDArray[np.uint64]:
    words: NDArray[np.uint64] = np.frombuffer(hashes, dtype="<u8").reshape(-1, 4)
    return words


class Near:
    """A segment of hashes. The tables are taken and not used: every search looks at every hash."""

    def __init__(self, hashes: Buffer, tables: Sequence[Any]) -> None:
        self._held = _words(hashes)
        self._tables = len(tables)

    def scan(self, query: Buffer, radius: int) -> list[tuple[int, int]]:
        """This function will list (row, distance) of every hash within the radius, the nearest first."""
        asked = _words(query)[0]
        found: list[tuple[int, int]] = []
        for start in range(0, len(self._held), _BLOCK):
            block = self._held[start : start + _BLOCK]
            # Half of the bits decide for nearly every row; at most 128 fit into a byte.
            half = np.bitwise_count(block[:, 0] ^ asked[0]) + np.bitwise_count(block[:, 1] ^ asked[1])
            rows = np.flatnonzero(half <= radius)
            apart = np.bitwise_count(block[rows] ^ asked).sum(axis=1, dtype=np.uint16)
            found += [(start + int(row), int(bits)) for row, bits in zip(rows, apart, strict=True) if bits <= radius]
        return sorted(found, key=lambda one: (one[1], one[0]))

    def find(self, query: Buffer, radius: int, radii: Buffer, cap: int) -> list[tuple[int, int]]:
        """This function will do what `scan` does."""
        _need_cover(bytes(radii), self._tables, radius)
        return self.scan(query, radius)

    def find_many(self, queries: Buffer, radius: int, radii: Buffer, cap: int, most: int) -> bytes:
        """This function will search many queries: three numbers of 32 bits for each that is found.

        Of a query with more than `most` near rows, more than `most` are told, here all of them.
        """
        _need_cover(bytes(radii), self._tables, radius)
        view = bytes(queries)
        found = [
            (number, *pair)
            for number in range(len(view) // 32)
            for pair in self.scan(view[32 * number : 32 * number + 32], radius)
        ]
        return np.array(found, dtype="<u4").tobytes()


def _need_cover(radii: bytes, tables: int, radius: int) -> None:
    if not 0 <= radius <= 256 or len(radii) != tables or sum(each + 1 for each in radii if each != 255) <= radius:
        raise ValueError("radii: they do not cover the radius")


class Exact:
    """Sorted digests."""

    def __init__(self, keys: Buffer, width: int, bits: int, offsets: Buffer) -> None:
        self._keys = np.frombuffer(keys, dtype=f"V{width}")
        self._width = width
        self._raw = np.frombuffer(keys, dtype=np.uint8).data

    def find(self, key: bytes) -> int:
        """This function will find the row of a digest; -1 where there is none."""
        if len(key) != self._width:
            raise ValueError(f"key: {self._width} bytes")
        low, high = 0, len(self._keys)
        while low < high:
            middle = (low + high) // 2
            if self._raw[middle * self._width : (middle + 1) * self._width].tobytes() < key:
                low = middle + 1
            else:
                high = middle
        is_there = low < len(self._keys) and self._raw[low * self._width : (low + 1) * self._width] == key
        return low if is_there else -1

    def find_many(self, keys: Buffer, rows: Buffer) -> None:
        """This function will find many; `rows` gets 64 bits for each."""
        view = bytes(keys)
        out = np.frombuffer(rows, dtype="<i8")
        for number in range(len(view) // self._width):
            out[number] = self.find(view[number * self._width : (number + 1) * self._width])


def permute(hashes: Buffer, spread: Buffer, out: Buffer) -> None:
    """This function will move bits to new places."""
    table = np.frombuffer(spread, dtype="<u8").reshape(32, 256, 4)
    given = np.frombuffer(hashes, dtype=np.uint8).reshape(-1, 32)
    made = np.frombuffer(out, dtype="<u8").reshape(-1, 4)
    made[: len(given)] = np.bitwise_or.reduce([table[byte][given[:, byte]] for byte in range(32)])


def order_hashes(
    hashes: Buffer, by: tuple[int, int], room: tuple[Buffer, Buffer, Buffer | None, Buffer | None]
) -> None:
    """This function will order rows by some of their bits, and tell where those of each value lie.

    by: the first bit, and how many. room: filled with the lines of the values (kernels.h), working room, the number of
    each row in 32 bits, and its mark: the 16 bits of its hash that follow; behind the last bit comes the first. Without
    marks, rows that are equal there are ordered by all their bits; without rows, the hashes lie in this order already.
    """
    (first, width), (lines, _, to_rows, to_marks) = by, room
    words = _words(hashes)
    keys = _bits_from(words, first) & np.uint64((1 << width) - 1)
    _fill_lines(np.bincount(keys.astype(np.int64), minlength=1 << width), np.frombuffer(lines, dtype=np.uint8))
    if to_rows is None:
        return
    by_all = (words[:, 3], words[:, 2], words[:, 1], words[:, 0]) if to_marks is None else ()
    rows = np.lexsort((*by_all, keys))
    np.frombuffer(to_rows, dtype="<u4")[: len(rows)] = rows
    if to_marks is not None:
        marks = _bits_from(words, first + width)[rows]
        np.frombuffer(to_marks, dtype="<u2")[: len(rows)] = marks & np.uint64(0xFFFF)


def _fill_lines(rows: NDArray[np.intp], lines: NDArray[np.uint8]) -> None:
    """Where each value's rows lie: a line of 64 bytes for 60 values, as kernels.h says."""
    count = -(-len(rows) // _LINE_VALUES)
    ends = np.cumsum(np.pad(rows, (0, count * _LINE_VALUES - len(rows)))).reshape(count, _LINE_VALUES)
    begun = np.concatenate([[0], ends[:-1, -1]])
    within = ends - begun[:, None]
    halves = np.array([max(0, (int(one).bit_length() - 7) // 2) for one in within[:, -1]])
    made = lines[: 64 * count].reshape(count, 64)
    made[:, :4] = (begun | halves << 28).astype("<u4")[:, None].view(np.uint8)
    made[:, 4:] = within >> 2 * halves[:, None]


def _bits_from(words: NDArray[np.uint64], first: int) -> NDArray[np.uint64]:
    """The 64 bits from `first` on; behind the last comes the first."""
    word, shift = first >> 6 & 3, first & 63
    if not shift:
        return words[:, word]
    made: NDArray[np.uint64] = words[:, word] >> np.uint64(shift) | words[:, (word + 1) & 3] << np.uint64(64 - shift)
    return made


def _count(keys: NDArray[np.uint64], offsets: NDArray[np.uint32], values: int) -> None:
    offsets[: values + 1] = np.searchsorted(np.sort(keys), np.arange(values + 1, dtype=np.uint64))


def order_keys(keys: Buffer, by: tuple[int, int], room: tuple[Buffer, Buffer, Buffer, Buffer]) -> None:
    """This function will sort digests, and tell where those with the same first bits begin.

    by: bytes of a digest, and how many bits. room: filled with the offsets, working room, the order and the sorted
    digests.
    """
    (width, bits), (offsets, _, order, held) = by, room
    given = np.frombuffer(keys, dtype=np.uint8).reshape(-1, width)
    rows = np.lexsort(given.T[::-1])
    np.frombuffer(order, dtype="<u4")[: len(given)] = rows
    np.frombuffer(held, dtype=np.uint8)[: given.size] = given[rows].reshape(-1)
    starts = np.ascontiguousarray(given[:, :8]).view(">u8").reshape(-1).astype(np.uint64)
    buckets = starts >> np.uint64(64 - bits) if bits else np.zeros(len(given), np.uint64)
    _count(buckets, np.frombuffer(offsets, dtype="<u4"), 1 << bits)
