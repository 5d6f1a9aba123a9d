"""Bytes that come in pieces, turned into text in pieces: the encoding is found at the first one."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

PIECE = 64 * 1024


def decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    """This function will decode UTF-8 or UTF-16, with or without byte order mark; bad bytes become a sign of their own.

    Small pieces are gathered, so that whoever reads them does not work once for each byte.
    """
    decoder: codecs.IncrementalDecoder | None = None
    for piece in _gathered(pieces):
        decoder = decoder or codecs.getincrementaldecoder(_encoding(piece))(errors="replace")
        if text := decoder.decode(piece):
            yield text
    if decoder is not None and (rest := decoder.decode(b"", final=True)):
        yield rest


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _encoding(first: bytes) -> str:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"
