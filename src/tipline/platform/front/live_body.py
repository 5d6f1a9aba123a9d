"""A body that is read by a page while it arrives: the event loop receives, the page's thread waits for the pieces."""

from __future__ import annotations

import asyncio

from tipline.platform.front.arrivals import Receive
from tipline.platform.front.limits import seconds_for

PAUSE_SECONDS = 20.0  # without a single byte


class LiveBody:
    """The `wsgi.input` of a streamed page. Holds one piece of what arrives, never the body."""

    def __init__(self, receive: Receive, length: int) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + seconds_for(length)
        self._piece = b""
        self.left = length  # still to come

    def read(self, size: int = -1) -> bytes:
        """This function will wait for bytes: at most `size`, at least one, none at the end.

        Raises OSError where the sender is gone or too slow, which Django tells as an unreadable body.
        """
        if size < 0:
            return b"".join(iter(lambda: self.read(65536), b""))
        while not self._piece and self.left > 0:
            self._piece = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            self.left -= len(self._piece)
        out, self._piece = self._piece[:size], self._piece[size:]
        return out

    async def _next(self) -> bytes:
        until = min(self._until, self._loop.time() + PAUSE_SECONDS)
        async with asyncio.timeout_at(until):
            message = await self._receive()
        body: bytes = message.get("body", b"")
        if message["type"] != "http.request" or (not body and not message.get("more_body", False)):
            raise ConnectionResetError("the body broke off")
        return body
