"""The way in: bytes that arrive are hashed, encrypted and stored while they arrive, and never rest in the
clear.

Needs the public key alone, so the doors can use it. What it leaves is an incoming object; the worker later
adopts it into the vault (`service.adopt`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tipline.platform.vault.chunks import ChunkSealer, new_key
from tipline.platform.vault.keyring import KeyRing, keyring
from tipline.platform.vault.store import Store, configured_store

FOLDER = "incoming"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A stored object that no record holds yet. Digests are lowercase hex of the plain bytes, size is
    theirs.
    """

    name: str
    size: int
    md5: str
    sha1: str
    sha256: str
    wrapped_key: bytes


def key_context(name: str) -> str:
    """This function will name the context that an incoming object's key is sealed in."""
    return f"incoming:{name}"


class IncomingWriter:
    """One file on its way in. Use as a context manager: leaving it unfinished leaves nothing behind."""

    def __init__(self, store: Store, ring: KeyRing) -> None:
        self._name = f"{FOLDER}/{secrets.token_hex(16)}"
        self._key = new_key()
        self._wrapped = ring.seal(self._key, key_context(self._name))
        self._sealer = ChunkSealer(self._key)
        self._writing = store.begin(self._name)
        # MD5 and SHA-1 because lists of known files and the reporting protocol use them, never for safety.
        self._hashes = [hashlib.new(kind, usedforsecurity=False) for kind in ("md5", "sha1", "sha256")]
        self._size = 0

    @classmethod
    def begin(cls) -> Self:
        """This function will start a file in the configured store. Raises StoreOutage."""
        return cls(configured_store(), keyring())

    def write(self, chunk: bytes) -> None:
        """This function will take the next bytes. Raises StoreOutage or StoreFull, after which nothing is
        left.
        """
        for each in self._hashes:
            each.update(chunk)
        self._size += len(chunk)
        self._store(self._sealer.add(chunk))

    def _store(self, sealed: Iterable[bytes | memoryview]) -> None:
        try:
            for each in sealed:
                self._writing.write(each)
        except BaseException:
            self.abort()
            raise

    def finish(self) -> Incoming:
        """This function will make the file durable and tell what it was. Raises StoreOutage or StoreFull."""
        self._store(self._sealer.end())
        try:
            self._writing.commit()
        except BaseException:
            self.abort()
            raise
        md5, sha1, sha256 = (each.hexdigest() for each in self._hashes)
        return Incoming(self._name, self._size, md5, sha1, sha256, self._wrapped)

    def abort(self) -> None:
        """This function will give the file up and leave nothing; after finish() it does nothing."""
        self._writing.abort()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()
