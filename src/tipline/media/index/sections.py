"""Files of arrays: written once, checked, mapped by every process that wants them.

Layout: magic, length and digest of the head, the head (JSON), then the arrays, each at a multiple of 4096 bytes. The
head tells of every array where it lies, what it holds and its checksum. A file appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"TIPSECT1"
_PAGE = 4096
_HEAD_ROOM = 16 * _PAGE
_STEP = 1 << 24

Array = NDArray[Any]


class Damaged(Exception):
    """A file is not what it was when it was written; the message names the file. Make the index anew."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An array that will be written: its type and how many values it has."""

    dtype: str
    count: int

    @property
    def size(self) -> int:
        """This function will tell its bytes."""
        return np.dtype(self.dtype).itemsize * self.count


class Sections:
    """A file that was opened: `head` is what its maker noted, `arrays` map it. Nothing is read before it is used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _HEAD_ROOM:
                raise Damaged(path.name)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        _ask_for_large_pages(self._map)
        self._layout = _read_head(self._map, path.name, size)
        self.head: dict[str, Any] = self._layout["head"]
        self.arrays: dict[str, Array] = {
            name: np.frombuffer(self._map, dtype=one["dtype"], count=one["count"], offset=one["at"])
            for name, one in self._layout["arrays"].items()
        }

    def verify(self) -> None:
        """This function will read the whole file and compare its checksums. Raises Damaged."""
        for name, array in self.arrays.items():
            if _checksum(array) != self._layout["arrays"][name]["crc32"]:
                raise Damaged(f"{self.path.name}: {name}")


def _ask_for_large_pages(mapped: mmap.mmap) -> None:
    """What is read from the disk, after a restart say, then comes in large pages, as what was just written does.

    Linux alone knows this, and not everywhere; without it searches are slower by a quarter.
    """
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):
            mapped.madvise(mmap.MADV_HUGEPAGE)


def _read_head(mapped: mmap.mmap, name: str, size: int) -> dict[str, Any]:
    length = int.from_bytes(mapped[8:16], "little")
    text = mapped[48 : 48 + length]
    if mapped[:8] != _MAGIC or length > _HEAD_ROOM - 48 or hashlib.sha256(text).digest() != mapped[16:48]:
        raise Damaged(name)
    layout: dict[str, Any] = json.loads(text)
    if layout["size"] != size:
        raise Damaged(name)
    return layout


@contextlib.contextmanager
def making(path: Path, planned: Mapping[str, Planned], head: Mapping[str, Any]) -> Iterator[dict[str, Array]]:
    """This function will let the caller fill the arrays of a file, and give the file its name when all is on the disk.

    Raises what the disk raises; then nothing is left but a stray, which the next writer removes.
    """
    places, at = {}, _HEAD_ROOM
    for name, one in planned.items():
        places[name] = at
        at += (one.size + _PAGE - 1) // _PAGE * _PAGE
    aside = path.with_suffix(".making")
    with aside.open("w+b") as file:
        _take_room(file.fileno(), at)
        mapped = mmap.mmap(file.fileno(), at)  # closed with the last array that maps it
        arrays = {
            name: np.frombuffer(mapped, dtype=one.dtype, count=one.count, offset=places[name])
            for name, one in planned.items()
        }
        yield arrays
        told = {
            name: {"dtype": one.dtype, "count": one.count, "at": places[name], "crc32": _checksum(arrays[name])}
            for name, one in planned.items()
        }
        text = json.dumps({"size": at, "head": dict(head), "arrays": told}).encode()
        start = _MAGIC + len(text).to_bytes(8, "little") + hashlib.sha256(text).digest() + text
        if len(start) > _HEAD_ROOM:
            raise ValueError("the head of the file is too long")
        mapped[: len(start)] = start
        mapped.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _take_room(handle: int, size: int) -> None:
    """Zeros are written, in large pieces: a full disk is told here, and not by a signal once the file is mapped; and
    what was written so lies in large pages where the file system has them, which searches in the map are quicker by.
    """
    zeros = memoryview(bytes(min(size, _STEP)))
    done = 0
    while done < size:
        done += os.pwrite(handle, zeros[: size - done], done)


def _checksum(array: Array) -> int:
    found, raw = 0, array.data.cast("B") if array.size else memoryview(b"")
    for start in range(0, len(raw), _STEP):
        found = zlib.crc32(raw[start : start + _STEP], found)
    return found
