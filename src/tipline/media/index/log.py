"""The log of a near index: what was added and removed since the last merge, in a file that all processes follow.

A record is written by one call and carries a checksum, so that a killed writer leaves a torn end at most; readers stop
there, the next writer cuts it off. What `append` returned for outlives the process. It is not forced to the disk: a
machine that loses power loses the newest records of the index, which the database still has (`near.NearIndex.load`).
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_RECORD = struct.Struct("<32sQB7xI4x")  # hash, entry, kind, checksum of what is before it
_CHECKED = 48
ADD, REMOVE, MARK = 1, 2, 3


class Record(NamedTuple):
    """One change: a hash in the index's order of bits, its entry, ADD or REMOVE. A MARK holds a note for a hash."""

    inside: bytes
    entry: int
    kind: int


def pack(record: Record) -> bytes:
    """This function will write a record down."""
    start = _RECORD.pack(record.inside, record.entry, record.kind, 0)[:_CHECKED]
    return start + struct.pack("<I4x", zlib.crc32(start))


class Log:
    """A log that is followed from where one has read to."""

    def __init__(self, path: Path, *, to_write: bool = False) -> None:
        self._handle = os.open(path, (os.O_RDWR | os.O_CREAT if to_write else os.O_RDONLY) | os.O_CLOEXEC, 0o600)
        self._at = 0

    def close(self) -> None:
        """This function will let go of the file."""
        os.close(self._handle)

    def news(self) -> Iterator[Record]:
        """This function will yield what was written since the last time, as far as it is whole."""
        if os.fstat(self._handle).st_size < self._at + _RECORD.size:
            return
        while piece := os.pread(self._handle, _RECORD.size * 4096, self._at):
            for start in range(0, len(piece) - _RECORD.size + 1, _RECORD.size):
                inside, entry, kind, checksum = _RECORD.unpack_from(piece, start)
                if zlib.crc32(piece[start : start + _CHECKED]) != checksum:
                    return
                self._at += _RECORD.size
                yield Record(inside, entry, kind)
            if len(piece) < _RECORD.size * 4096:
                return

    def cut_off_torn_end(self) -> None:
        """This function will remove what is not whole; everything before it was read."""
        if os.fstat(self._handle).st_size > self._at:
            os.ftruncate(self._handle, self._at)

    def append(self, records: Iterable[Record]) -> None:
        """This function will add records; what was read includes them. Raises OSError: then the log is as before."""
        written = b"".join(map(pack, records))
        done = 0
        try:
            while done < len(written):
                done += os.pwrite(self._handle, written[done:], self._at + done)
        except OSError:
            os.ftruncate(self._handle, self._at)
            raise
        self._at += len(written)
