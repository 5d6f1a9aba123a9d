"""One connection of a door: uvicorn's, with an end to what somebody may keep us waiting for, or send as a head.

uvicorn closes what is idle between two calls. It waits without end for the first call of a connection and for the rest
of a head, and keeps a head of any size: a few thousand connections that say nothing would hold the door. Who sends a
body that cannot be read gets the server's own words from it; here the application answers, in the form that its callers
read. ADR 31.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEAD_SECONDS = 10.0
MOST_HEAD_BYTES = 64 * 1024
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"  # RFC 6585, 5
)


class Connection(HttpToolsProtocol):
    """Reads requests. `_head` counts the bytes of a head that has begun, or is awaited; None once it is there."""

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._application, self.app = self.app, self._serve
        self._is_unreadable = False
        self._head: int | None = 0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """This function will begin to wait for the first head."""
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """This function will let go of the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """This function will take in bytes, and refuse a head that is too large."""
        super().data_received(data)
        if self._head is None:
            self._stop_waiting()
            return
        self._head += len(data)
        if self._head > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def on_message_begin(self) -> None:
        """This function will begin a head."""
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """This function will end a head and begin its request."""
        self._head = None
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """This function will let the application answer for a body that cannot be read, as for a caller who left."""
        is_awaited = self._head is None and self.cycle is not None and not self.cycle.response_complete
        if not is_awaited:
            super().send_400_response(msg)
            return
        self._is_unreadable = True
        self.cycle.keep_alive = False
        self.cycle.message_event.set()

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        async def told() -> Message:
            message = {} if self._is_unreadable else await receive()
            return {"type": "http.disconnect"} if self._is_unreadable else message

        await self._application(scope, told, send)

    def _give_up(self) -> None:
        self._patience = None
        self.transport.close()

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
