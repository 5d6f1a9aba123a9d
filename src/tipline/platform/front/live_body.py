"""A body that is read by a page while it arrives: the event loop receives, the page's thread waits for the pieces."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from tipline.platform.front.arrivals import Receive
from tipline.platform.front.limits import KIB, seconds_for

PAUSE_SECONDS = 20.0  # without a single byte
BUFFER_BYTES = 64 * KIB


class LiveBody(io.RawIOBase):
    """What stands behind the `wsgi.input` of a streamed page. Holds one piece of what arrives, never the body.

    Reading raises OSError where the sender is gone or too slow, which Django tells as an unreadable body.
    """

    def __init__(self, receive: Receive, length: int) -> None:
        super().__init__()
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + seconds_for(length)
        self._piece = b""
        self.left = length  # still to come

    def readable(self) -> bool:
        """This function will say that this is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """This function will wait for at least one byte; none at the end."""
        while not self._piece and self.left > 0:
            self._piece = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            self.left -= len(self._piece)
        size = min(len(buffer), len(self._piece))
        buffer[:size], self._piece = self._piece[:size], self._piece[size:]
        return size

    async def _next(self) -> bytes:
        until = min(self._until, self._loop.time() + PAUSE_SECONDS)
        async with asyncio.timeout_at(until):
            message = await self._receive()
        body: bytes = message.get("body", b"")
        if message["type"] != "http.request" or (not body and not message.get("more_body", False)):
            raise ConnectionResetError("the body broke off")
        return body
