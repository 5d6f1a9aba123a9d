"""Reads one document out of a package while it streams by: nothing of the package is put down unencrypted.

Reads what `package.py` writes and no other ZIP: packed members with a 16-byte data descriptor stand first, stored
files after them. Source: PKWARE APPNOTE 6.3, sections 4.3.7 (local header) and 4.3.9 (data descriptor).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_HEADER = struct.Struct("<4s5H3I2H")
_SIGNATURE = b"PK\x03\x04"
_DESCRIPTOR_BYTES = 16
_DEFLATED = 8


class NotInside(Exception):
    """The package has no such document among its packed members."""


class _Stream:
    """Bytes that can be taken by count, and given back."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""

    def take(self, count: int) -> bytes:
        while len(self._held) < count:
            self._held += next(self._chunks, None) or self._end()
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def take_any(self) -> bytes:
        taken, self._held = self._held, b""
        return taken or next(self._chunks, None) or self._end()

    def give_back(self, data: bytes) -> None:
        self._held = data + self._held

    @staticmethod
    def _end() -> bytes:
        raise NotInside("the package ended")


def read_member(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """This function will yield the bytes of a packed member of a package.

    Raises NotInside where the package has none of this name before its files.
    """
    stream = _Stream(chunks)
    while True:
        found = _next_name(stream)
        for piece in _inflate(stream):
            if found == name:
                yield piece
        if found == name:
            return
        stream.take(_DESCRIPTOR_BYTES)


def _next_name(stream: _Stream) -> str:
    signature, _, _, method, *_, name_length, extra_length = _HEADER.unpack(stream.take(_HEADER.size))
    if signature != _SIGNATURE or method != _DEFLATED:
        raise NotInside("no packed member follows")
    name = stream.take(name_length).decode()
    stream.take(extra_length)
    return name


def _inflate(stream: _Stream) -> Iterator[bytes]:
    packed = zlib.decompressobj(-zlib.MAX_WBITS)
    while not packed.eof:
        yield packed.decompress(stream.take_any())
    stream.give_back(packed.unused_data)
