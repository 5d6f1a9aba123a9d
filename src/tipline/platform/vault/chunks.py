"""The form of a stored object: AES-256-GCM in chunks of 1 MiB, so that big files stream through small memory.

Layout: header (magic, format, chunk size), then the chunks, each with its tag. The nonce is the number of the
chunk (11 bytes) and a byte that is 1 on the last one; the key is new for each object. So a chunk that is
moved, doubled, left out or cut off is detected. Source: STREAM, Hoang, Reyhanitabar, Rogaway and Vizár,
CRYPTO 2015.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from itertools import chain

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tipline.platform.vault.errors import Damaged

CHUNK_BYTES = 1024 * 1024
TAG_BYTES = 16
_FORMAT = 1
HEADER = b"TIPVAULT" + bytes([_FORMAT]) + CHUNK_BYTES.to_bytes(4, "big")


def new_key() -> bytes:
    """This function will make the key of one object, 32 random bytes."""
    return secrets.token_bytes(32)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class ChunkSealer:
    """Turns bytes given in pieces of any size into the stored form. Keeps two chunks in memory while it lives.

    What it yields is its own room and is overwritten by the next chunk: write it down before going on. Fresh memory for
    each chunk costs as much as encrypting it.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._held = memoryview(bytearray(CHUNK_BYTES))
        self._filled = 0
        self._sealed = memoryview(bytearray(CHUNK_BYTES + TAG_BYTES))
        self._number = 0
        self._started = False

    def add(self, piece: bytes) -> Iterator[bytes | memoryview]:
        """This function will take a piece and yield what can be stored so far, possibly nothing: read it to its end."""
        yield from self._begin()
        rest = memoryview(piece)
        while len(rest):
            # A full chunk is held back until more comes: only then is it known not to be the last.
            if self._filled == CHUNK_BYTES:
                yield self._seal(last=False)
            taken = min(len(rest), CHUNK_BYTES - self._filled)
            self._held[self._filled : self._filled + taken] = rest[:taken]
            self._filled += taken
            rest = rest[taken:]

    def end(self) -> Iterator[bytes | memoryview]:
        """This function will yield the end of the stored form; the sealer is of no use afterwards."""
        yield from self._begin()
        yield self._seal(last=True)

    def _begin(self) -> Iterator[bytes]:
        if not self._started:
            self._started = True
            yield HEADER

    def _seal(self, *, last: bool) -> memoryview:
        sealed = self._sealed[: self._filled + TAG_BYTES]
        self._cipher.encrypt_into(_nonce(self._number, last=last), self._held[: self._filled], HEADER, sealed)
        self._number += 1
        self._filled = 0
        return sealed


def seal_all(key: bytes, data: bytes) -> bytes:
    """This function will bring bytes held in memory into the stored form."""
    sealer = ChunkSealer(key)
    stored = bytearray()
    for piece in chain(sealer.add(data), sealer.end()):
        stored += piece
    return bytes(stored)


def open_chunks(key: bytes, stored: Iterable[bytes]) -> Iterator[bytes]:
    """This function will yield the plain bytes of a stored object, chunk by chunk, each one verified.

    Raises Damaged, possibly after good chunks were yielded: a caller that must not act on a part reads to the
    end first.
    """
    cipher = AESGCM(key)
    full = CHUNK_BYTES + TAG_BYTES
    held, number = bytearray(), 0
    pieces = _after_header(stored)
    for piece in pieces:
        held += piece
        while len(held) > full:
            yield _open(cipher, bytes(held[:full]), _nonce(number, last=False))
            del held[:full]
            number += 1
    yield _open(cipher, bytes(held), _nonce(number, last=True))


def _open(cipher: AESGCM, sealed: bytes, nonce: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, sealed, HEADER)
    except (InvalidTag, ValueError) as error:
        raise Damaged("a stored object was altered or cut short") from error


def _after_header(stored: Iterable[bytes]) -> Iterator[bytes]:
    head = bytearray()
    pieces = iter(stored)
    for piece in pieces:
        head += piece
        if len(head) >= len(HEADER):
            break
    if bytes(head[: len(HEADER)]) != HEADER:
        raise Damaged("not a stored object")
    yield bytes(head[len(HEADER) :])
    yield from pieces
