"""Good answers of a slow check, remembered for at most a minute. No secret is kept, and a bad answer never."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from typing import Generic, TypeVar

REMEMBER_SECONDS = 60.0
MOST_REMEMBERED = 10_000
T = TypeVar("T")


class Memory(Generic[T]):
    """Who proved what within the last REMEMBER_SECONDS, so revoking a credential works within a minute."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, tuple[T, float]] = {}
        self._lock = threading.Lock()

    def mark(self, *parts: str) -> bytes:
        """This function will name what was presented; the name is of no use outside this process."""
        return hmac.digest(self._key, "\0".join(parts).encode(), hashlib.sha256)

    def recall(self, mark: bytes) -> T | None:
        """This function will return a good answer that is still fresh."""
        with self._lock:
            found = self._known.get(mark)
        return found[0] if found is not None and found[1] > time.monotonic() else None

    def keep(self, mark: bytes, answer: T) -> None:
        """This function will remember a good answer from now on."""
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[mark] = (answer, time.monotonic() + REMEMBER_SECONDS)

    def forget(self, mark: bytes) -> None:
        """This function will forget an answer."""
        with self._lock:
            self._known.pop(mark, None)
