"""The form of a stored object: AES-256-GCM in chunks of 1 MiB, so that big files stream through small memory.

Layout: header (magic, format, chunk size), then the chunks, each with its tag. The nonce is the number of the
chunk (11 bytes) and a byte that is 1 on the last one; the key is new for each object. So a chunk that is
moved, doubled, left out or cut off is detected. Source: STREAM, Hoang, Reyhanitabar, Rogaway and Vizár,
CRYPTO 2015.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

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
    """Turns bytes given in pieces of any size into the stored form. Keeps at most one chunk in memory."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._held = bytearray()
        self._number = 0
        self._started = False

    def add(self, piece: bytes) -> Iterator[bytes]:
        """This function will take a piece and yield what can be stored so far, possibly nothing: read it to its end."""
        self._held += piece
        yield from self._begin()
        # A full chunk is held back until more comes: only then is it known not to be the last.
        while len(self._held) > CHUNK_BYTES:
            with memoryview(self._held) as held:  # sealed where it lies: a copy costs as much as half a digest
                sealed = self._seal(held[:CHUNK_BYTES], last=False)
            del self._held[:CHUNK_BYTES]
            yield sealed

    def end(self) -> Iterator[bytes]:
        """This function will yield the end of the stored form; the sealer is of no use afterwards."""
        yield from self._begin()
        yield self._seal(self._held, last=True)

    def _begin(self) -> Iterator[bytes]:
        if not self._started:
            self._started = True
            yield HEADER

    def _seal(self, chunk: bytearray | memoryview, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), chunk, HEADER)
        self._number += 1
        return sealed


def seal_all(key: bytes, data: bytes) -> bytes:
    """This function will bring bytes held in memory into the stored form."""
    sealer = ChunkSealer(key)
    return b"".join((*sealer.add(data), *sealer.end()))


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
