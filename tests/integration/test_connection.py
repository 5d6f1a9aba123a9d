"""A door's connections: heads that never come or never end, bodies that cannot be read, calls one after another."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

import pytest
from uvicorn import Config, Server

from tipline.platform.processes import connection
from tipline.platform.processes.connection import MOST_HEAD_BYTES, Connection

GET = b"GET /a HTTP/1.1\r\nHost: h\r\n"


class Asked:
    """The smallest application: answers with the body it read, or 400 where it broke off."""

    def __init__(self) -> None:
        self.heads = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        self.heads += 1
        body, message = b"", {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        status = 400 if message["type"] == "http.disconnect" else 200
        length = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": length})
        await send({"type": "http.response.body", "body": body})


@contextmanager
def _served(application: Asked, *, most: int = 100) -> Iterator[int]:
    config = Config(
        application, http=Connection, loop="uvloop", ws="none", lifespan="off", log_config=None, host="127.0.0.1",
        port=0, limit_concurrency=most,
    )  # fmt: skip
    listening, server = config.bind_socket(), Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    port = int(listening.getsockname()[1])
    listening.listen()
    thread.start()
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def _called(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
        yield caller


def _answer(caller: socket.socket) -> tuple[int, bytes]:
    answer = HTTPResponse(caller)
    answer.begin()
    return answer.status, answer.read()


@pytest.mark.parametrize("said", [b"", b"G", GET], ids=["nothing", "a letter", "half a head"])
def test_who_does_not_finish_a_head_is_sent_away(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    asked = Asked()
    with _served(asked) as port, _called(port) as caller:
        caller.sendall(said)
        assert caller.recv(100) == b""
    assert asked.heads == 0


def test_a_second_head_that_does_not_come_to_an_end_is_sent_away_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    with _served(Asked()) as port, _called(port) as caller:
        caller.sendall(GET + b"\r\n")
        assert _answer(caller) == (200, b"")
        caller.sendall(GET)
        assert caller.recv(100) == b""


def test_a_slow_body_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.2)
    with _served(Asked()) as port, _called(port) as caller:
        caller.sendall(b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na")
        asyncio.run(asyncio.sleep(0.5))
        caller.sendall(b"b")
        assert _answer(caller) == (200, b"ab")


@pytest.mark.parametrize("piece", [b"A: " + b"b" * 4000 + b"\r\n", b"c" * 4000], ids=["lines", "one line"])
def test_a_head_without_end_is_refused(piece: bytes) -> None:
    asked = Asked()
    with _served(asked) as port, _called(port) as caller:
        caller.sendall(GET)
        with pytest.raises(OSError):  # noqa: PT011, PT012 - however the system tells of a connection that was closed
            for _ in range(2 * MOST_HEAD_BYTES // 4000):
                caller.sendall(piece)
                asyncio.run(asyncio.sleep(0.01))
            assert _answer(caller)[0] == 431
            raise OSError
    assert asked.heads == 0


@pytest.mark.parametrize("broken", [b"ZZ\r\n", b"3\r\nabcd\r\n", b"-1\r\n"])
def test_the_application_answers_for_a_body_that_cannot_be_read(broken: bytes) -> None:
    with _served(Asked()) as port, _called(port) as caller:
        caller.sendall(b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        asyncio.run(asyncio.sleep(0.1))
        caller.sendall(broken)
        assert _answer(caller)[0] == 400
        assert caller.recv(100) == b""


def test_what_is_no_http_is_answered_by_the_server() -> None:
    asked = Asked()
    with _served(asked) as port, _called(port) as caller:
        caller.sendall(b"hello\r\n\r\n")
        assert _answer(caller)[0] == 400
    assert asked.heads == 0


def test_calls_that_come_at_once_are_answered_in_their_order() -> None:
    with _served(Asked()) as port, _called(port) as caller:
        post = b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n%d"
        caller.sendall(b"".join(post % number for number in range(5)))
        held = b""
        while held.count(b"HTTP/1.1 200") < 5 or not held.endswith(b"4"):
            held += caller.recv(1000)
    assert [part[-1:] for part in held.split(b"HTTP/1.1 ")[1:]] == [b"0", b"1", b"2", b"3", b"4"]


def test_one_connection_too_many_is_told_so() -> None:
    with _served(Asked(), most=3) as port, _called(port), _called(port), _called(port) as caller:
        caller.sendall(GET + b"\r\n")
        assert _answer(caller)[0] == 503
