"""The hash of one frame of a film: when, of which form, how good. Pure; packed for the way out of the sandbox."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FORMS = 8  # as `media.pdq` orders them: as it is, turned, mirrored
_RECORD = struct.Struct("<IBBB32s")
RECORD_BYTES = _RECORD.size
RECORD = np.dtype([("ms", "<u4"), ("quality", "u1"), ("form", "u1"), ("is_trimmed", "u1"), ("hash", "u1", 32)])
# An entry of the index is the film's number and the time in one number below 2^63.
_TIME_BITS = 28  # three days in milliseconds
MOST_MS = (1 << _TIME_BITS) - 1
MOST_FILM = (1 << 35) - 1


class FramePrint(NamedTuple):
    """One hash: milliseconds from the film's beginning, 32 bytes, quality 0-100, form 0-7, whether without border."""

    ms: int
    hash: bytes
    quality: int
    form: int = 0
    is_trimmed: bool = False


def pack(prints: Iterable[FramePrint]) -> bytes:
    """This function will write prints one after the other, RECORD_BYTES each."""
    return b"".join(_RECORD.pack(one.ms, one.quality, one.form, one.is_trimmed, one.hash) for one in prints)


def unpack(packed: bytes) -> tuple[FramePrint, ...]:
    """This function will read them back. Raises ValueError for anything that `pack` does not write."""
    if len(packed) % RECORD_BYTES:
        raise ValueError("length")
    found = []
    for ms, quality, form, is_trimmed, hash in _RECORD.iter_unpack(packed):
        if ms > MOST_MS or quality > 100 or form >= FORMS or is_trimmed > 1:
            raise ValueError("record")
        found.append(FramePrint(ms, hash, quality, form, bool(is_trimmed)))
    return tuple(found)


def entry_of(film: int, ms: int) -> int:
    """This function will put a film's number and a time into one number below 2^63."""
    if not (0 <= film <= MOST_FILM and 0 <= ms <= MOST_MS):
        raise ValueError("out of range")
    return film << _TIME_BITS | ms


def entries_of(film: int, times: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """This function will do the same for many times of a film: (n,) `uint64`."""
    return np.uint64(film << _TIME_BITS) | times.astype("<u8")


def split(entry: int) -> tuple[int, int]:
    """This function will give the film and the time back."""
    return entry >> _TIME_BITS, entry & MOST_MS
