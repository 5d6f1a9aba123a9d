"""The front: an ASGI application that serves a WSGI one without lending threads to slow callers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor, ThreadPoolExecutor
from io import BufferedReader, BytesIO
from typing import Any

from tipline.platform.front.arrivals import Arrivals, Receive
from tipline.platform.front.environ import Environ, caller_of, environ_of
from tipline.platform.front.exchange import Application, Exchange
from tipline.platform.front.limits import MIB, Limit, Refused, check, has_body
from tipline.platform.front.live_body import BUFFER_BYTES, LiveBody

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
HasMore = Callable[[], bool]  # whether the sender still sends what nobody reads
# Threads wait for the database, so more than cores allow is right. Each holds a connection of its own.
THREADS = 16
STREAM_THREADS = 4  # pages that read a large body while it arrives: slow senders among them wait for each other alone
# What still comes after a refusal is taken in and dropped for so long: a sender who finds the connection cut, as most
# programs and browsers would, does not read the answer.
DRAIN_SECONDS = 10.0
DRAIN_BYTES = 512 * MIB
MOST_DRAINS = 32
REFUSAL = "tipline.refusal"  # in the environment: the status that the application is to answer, in its own words


class Front:
    """Serves a WSGI application; `limit_of` says what the page at a path takes."""

    def __init__(
        self, application: Application, limit_of: Callable[[str], Limit], arrivals: Arrivals | None = None
    ) -> None:
        self._application = application
        self._limit_of = limit_of
        self._arrivals = arrivals or Arrivals()
        self._drains = 0
        self._pages = ThreadPoolExecutor(THREADS, "page")
        self._streams = ThreadPoolExecutor(STREAM_THREADS, "stream")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """This function will serve one request, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(environ_of(scope), receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for pool in (self._pages, self._streams):
            pool.shutdown(wait=False)
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, environ: Environ, receive: Receive, send: Send) -> None:
        try:
            if has_body(environ):
                await self._with_body(environ, receive, send)
            else:
                await self._answer(environ, receive, send, self._pages)
        except Refused as refusal:
            environ |= {"CONTENT_LENGTH": "0", "wsgi.input": BytesIO(), REFUSAL: refusal.status}
            await self._answer(environ, receive, send, self._pages, has_more=lambda: True)

    async def _with_body(self, environ: Environ, receive: Receive, send: Send) -> None:
        limit = self._limit_of(environ["PATH_INFO"])
        check(environ, limit)
        announced = int(environ.get("CONTENT_LENGTH") or 0)
        if limit.streamed:
            body = LiveBody(receive, announced)
            environ["wsgi.input"] = BufferedReader(body, BUFFER_BYTES)
            await self._answer(environ, receive, send, self._streams, has_more=lambda: body.left > 0)
            return
        with self._arrivals.entered(caller_of(environ)) as arrival:
            whole = await arrival.read(receive, limit, announced)
            # A body in chunks announces no length, and Django would read nothing.
            environ |= {"CONTENT_LENGTH": str(len(whole)), "wsgi.input": BytesIO(whole)}
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            await self._answer(environ, receive, send, self._pages)

    async def _answer(
        self, environ: Environ, receive: Receive, send: Send, pool: Executor, *, has_more: HasMore = lambda: False
    ) -> None:
        loop = asyncio.get_running_loop()
        exchange = Exchange(self._application, environ)
        try:
            piece = await loop.run_in_executor(pool, exchange.begin)
            await send({"type": "http.response.start", "status": exchange.status, "headers": exchange.headers})
            if not exchange.ended:
                await self._stream(exchange, piece, receive, send)
            else:
                if has_more():  # what still comes is taken in before the last piece: after it the server closes
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    await self._drain(receive)
                    piece = b""
                await send({"type": "http.response.body", "body": piece, "more_body": False})
        finally:
            if not exchange.ended:
                await loop.run_in_executor(self._pages, exchange.close)

    async def _stream(self, exchange: Exchange, piece: bytes, receive: Receive, send: Send) -> None:
        # The server takes what is sent to nobody without a word, so somebody has to watch whether the reader is there.
        gone = asyncio.ensure_future(_until_gone(receive))
        loop = asyncio.get_running_loop()
        try:
            while True:
                await send({"type": "http.response.body", "body": piece, "more_body": not exchange.ended})
                if exchange.ended or gone.done():
                    return
                piece = await loop.run_in_executor(self._pages, exchange.more)
        finally:
            gone.cancel()

    async def _drain(self, receive: Receive) -> None:
        if self._drains >= MOST_DRAINS:
            return
        self._drains += 1
        left, more = DRAIN_BYTES, True
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while more and left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    more = bool(message.get("more_body", False))
        except TimeoutError:
            pass
        finally:
            self._drains -= 1


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
