"""A door's connections: heads that never come or never end, bodies that cannot be read, calls one after another."""

from __future__ import annotations

import asyncio
import logging
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
from tipline.platform.processes.door import _quiet

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
def _served(application: Any) -> Iterator[int]:
    config = Config(
        application, http=Connection, loop="uvloop", ws="none", lifespan="off", log_config=None, host="127.0.0.1",
        port=0,
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


def _is_cut(caller: socket.socket) -> bool:
    try:
        return caller.recv(100) == b""
    except ConnectionResetError:
        return True


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


@pytest.mark.parametrize("said", [b"hello\r\n\r\n", b"CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"])
def test_what_is_no_http_and_a_tunnel_are_refused_by_the_server(said: bytes) -> None:
    asked = Asked()
    with _served(asked) as port, _called(port) as caller:
        caller.sendall(said)
        assert _answer(caller)[0] == 400
    assert asked.heads == 0


def test_a_call_that_comes_before_the_answer_to_another_is_not_read() -> None:
    asked = Asked()
    with _served(asked) as port, _called(port) as caller:
        post = b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n"
        caller.sendall(post + b"1" + post + b"2" + b"hello\r\n\r\n")
        assert _answer(caller) == (200, b"1")
        assert caller.recv(100) == b""
    assert asked.heads == 1


def test_calls_one_after_another_share_a_connection() -> None:
    with _served(Asked()) as port, _called(port) as caller:
        for number in range(5):
            caller.sendall(b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n%d" % number)
            assert _answer(caller) == (200, b"%d" % number)


@pytest.mark.parametrize("head", [
    b"POST /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: 17\r\n\r\n",
    b"POST /a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 17\r\n\r\n",
])  # fmt: skip
@pytest.mark.parametrize("at_once", [True, False])
def test_a_wish_for_another_protocol_takes_no_body_away(head: bytes, at_once: bool) -> None:
    asked = Asked()
    with _served(asked) as port, _called(port) as caller:
        body = b"DELETE /b HTTP/1."
        caller.sendall(head + body if at_once else head)
        if not at_once:
            asyncio.run(asyncio.sleep(0.1))
            caller.sendall(body)
        assert _answer(caller) == (200, body)
    assert asked.heads == 1


@pytest.mark.parametrize("endless", [b"a: b\r\n" * 2000, b"c" * 16_000], ids=["trailers", "one trailer"])
def test_what_follows_a_body_has_an_end(endless: bytes) -> None:
    with _served(Asked()) as port, _called(port) as caller:
        caller.sendall(b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
        with pytest.raises(OSError):  # noqa: PT011, PT012 - however the system tells of a connection that was cut
            for _ in range(40):
                caller.sendall(endless)
                asyncio.run(asyncio.sleep(0.01))
            assert caller.recv(100) == b""
            raise OSError


def test_a_trailer_is_no_header() -> None:
    class Heard(Asked):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await super().__call__(scope, receive, send)
            self.names = [name for name, _ in scope["headers"]]

    asked = Heard()
    with _served(asked) as port, _called(port) as caller:
        caller.sendall(
            b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-f: 1\r\n\r\n"
        )
        assert _answer(caller) == (200, b"a")
    assert asked.names == [b"host", b"transfer-encoding"]


@pytest.mark.parametrize("said", [GET + b"\r\n\r\n", GET + b"\r\n"])
def test_who_asked_once_and_says_nothing_more_is_sent_away(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    with _served(Asked()) as port, _called(port) as caller:
        caller.sendall(said)
        assert _answer(caller) == (200, b"")
        caller.sendall(b"\r\n")
        assert caller.recv(100) == b""


def test_a_body_that_stalls_is_cut_and_one_that_trickles_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STALL_SECONDS", 0.4)
    head = b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n"
    with _served(Asked()) as port, _called(port) as stalls, _called(port) as trickles:
        stalls.sendall(head + b"a")
        trickles.sendall(head)
        for _ in range(8):
            asyncio.run(asyncio.sleep(0.15))
            trickles.sendall(b"b")
        assert _answer(trickles) == (200, b"b" * 8)
        assert _is_cut(stalls)


def test_who_takes_no_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.4)
    ended: list[str] = []

    async def sending(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": True})
        ended.append("what is sent to a connection that was cut waits for nobody")

    with _served(sending) as port, _called(port) as caller:
        caller.sendall(GET + b"\r\n")
        asyncio.run(asyncio.sleep(0.2))
        assert not ended
        asyncio.run(asyncio.sleep(1.0))
        assert ended


def test_at_the_most_connections_the_longest_silent_one_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "most", 3)
    with _served(Asked()) as port, _called(port) as first, _called(port) as second, _called(port) as third:
        for caller in (first, second, third):
            asyncio.run(asyncio.sleep(0.05))
            caller.sendall(GET + b"\r\n")
            assert _answer(caller) == (200, b"")
        first.sendall(GET + b"\r\n")  # first is fresh again, second has been silent longest
        assert _answer(first) == (200, b"")
        with _called(port) as fourth:
            fourth.sendall(GET + b"\r\n")
            assert _answer(fourth) == (200, b"")
            assert _is_cut(second)
        for caller in (first, third):
            caller.sendall(GET + b"\r\n")
            assert _answer(caller) == (200, b"")


def test_nothing_of_a_request_is_logged(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for log in map(logging.getLogger, ("uvicorn.error", "asyncio")):
        for name in ("handlers", "propagate", "level"):  # as they were, for the tests that follow
            monkeypatch.setattr(log, name, getattr(log, name))

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        raise ValueError("words of a report")

    _quiet()
    with _served(failing) as port:
        for _ in range(2):
            with _called(port) as caller:
                caller.sendall(b"POST /words-of-a-path HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nwords")
        asyncio.run(asyncio.sleep(0.5))
    told = capfd.readouterr().err
    assert "words" not in told
    assert "uvicorn.error ValueError" in told
