"""One connection of a door: uvicorn's, hardened. ADR 31.

One request at a time: what comes before its answer is not read, and the connection closed after it (RFC 9112, 9.3.2).
Whatever is awaited of a caller has an end: a head, a body that stalls, the reading of an answer; and so has the size of
what is no body: a head, trailers, extensions of chunks. A wish for another protocol is read over: with it the reader
would take the body for that protocol's. For a body that cannot be read the application answers, in the form that its
callers read. At the most connections the one of which something has been awaited longest makes room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEAD_SECONDS = 10.0  # from one answer, or the connection's beginning, to the end of the next head
STALL_SECONDS = 60.0  # without a byte of a body that is wanted
UNREAD_SECONDS = 30.0  # without a byte of an answer being taken
MOST_HEAD_BYTES = 64 * 1024
_UNREADABLE = "Invalid HTTP request received."
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"  # RFC 6585, 5
)


class _TooEarly(Exception):
    """The next request came before the answer to this one."""


class Connection(HttpToolsProtocol):
    """Reads requests and hands them to the application.

    `_vain` counts bytes since the last thing that was one: a head's begin or end, a piece of a body.
    """

    most = 4096  # connections of a process, idle ones too; each takes about 10 kB
    _of: WeakKeyDictionary[ServerState, dict[Connection, None]] = WeakKeyDictionary()

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._application, self.app = self.app, self._serve
        self._awaited = self._of.setdefault(self.server_state, {})  # of whom something is awaited, the longest first
        self._is_head, self._is_unreadable, self._has_moved = True, False, False
        self._vain = 0
        self._patience: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    @property
    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """This function will begin to wait for the first head, where need be in somebody else's place."""
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > self.most:
            other = next(iter(self._awaited), self)
            other._leave()
            other.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """This function will let go of everything."""
        self._leave()
        self._stop_unread()
        self._unset_keepalive_if_required()
        self.app = self._application  # no circle is left for Python to look for
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """This function will take in bytes, and end the connection where they lead to nothing."""
        self._vain += len(data)
        self._has_moved = True
        self._feed(data)
        if self._vain <= MOST_HEAD_BYTES or self.transport.is_closing():
            return
        if self._is_head and not self._is_busy:
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        else:
            self.transport.abort()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as wish:
            self._read_over(data[wish.args[0] :])
        except HttpParserError:
            self.send_400_response(_UNREADABLE)

    def _read_over(self, rest: bytes) -> None:
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        if method == b"CONNECT":
            self.send_400_response(_UNREADABLE)
            return
        lines = [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        self.parser = HttpRequestParser(self)
        self._feed(b"\r\n".join([method + b" " + self.url + b" HTTP/" + version, *lines, b"", rest]))

    def on_message_begin(self) -> None:
        """This function will begin a head. Raises _TooEarly."""
        if self._is_busy:
            raise _TooEarly
        self._vain, self._is_head = 0, True
        self._await_head()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """This function will take a line of a head; those that follow a body are dropped."""
        if self._is_head:
            super().on_header(name, value.rstrip(b" \t"))

    def on_headers_complete(self) -> None:
        """This function will end a head and begin its request."""
        if self.parser.should_upgrade():
            return
        self._vain, self._is_head = 0, False
        self._wait(STALL_SECONDS, self._look_at_body)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """This function will take a piece of a body."""
        self._vain = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """This function will end a request, of which nothing is awaited any more."""
        if self.parser.should_upgrade():
            return
        if self._is_busy:
            self._leave()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """This function will begin to wait for what is left of the body, and for the next head."""
        super().on_response_complete()
        self._unset_keepalive_if_required()  # there is one clock
        self._await_head()

    def send_400_response(self, msg: str) -> None:
        """This function will let the application answer for a body that cannot be read, as for a caller who left."""
        if not self._is_busy:
            super().send_400_response(msg)
            return
        self.cycle.keep_alive = False
        if self.cycle.more_body:  # this request's own body, and not what came behind it
            self._is_unreadable = True
            self.cycle.message_event.set()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told() -> Message:
            message = {} if self._is_unreadable else await receive()
            return {"type": "http.disconnect"} if self._is_unreadable else message

        await self._application(scope, told, send)

    def pause_writing(self) -> None:
        """This function will begin to wait for a reader who takes nothing."""
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """This function will go on: the reader has taken something."""
        self._stop_unread()
        super().resume_writing()

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _await_head(self) -> None:
        if not self.transport.is_closing():
            self._awaited.pop(self, None)
            self._awaited[self] = None
            self._wait(HEAD_SECONDS, self._give_up)

    def _look_at_body(self) -> None:
        if not self._has_moved and not self.flow.read_paused:
            self.transport.abort()
            return
        self._has_moved = False
        self._wait(STALL_SECONDS, self._look_at_body)

    def _give_up(self) -> None:
        self.transport.close()
        self._wait(UNREAD_SECONDS, self.transport.abort)  # what is not read by then

    def _leave(self) -> None:
        self._awaited.pop(self, None)
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience = self.loop.call_later(seconds, then)
