"""The front of the page doors, driven without a socket: what it takes, what it cuts off, how it streams."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest

from tipline.platform.front import front, limits, live_body
from tipline.platform.front.arrivals import Arrivals
from tipline.platform.front.environ import caller_of, environ_of
from tipline.platform.front.exchange import PIECE_BYTES
from tipline.platform.front.front import REFUSAL, THREADS, Front
from tipline.platform.front.limits import Limit, Refused, check

Message = dict[str, Any]


def scope(method: str = "GET", path: str = "/", client: str = "192.0.2.7", **headers: str) -> Message:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "http_version": "1.1", "server": ("127.0.0.1", 80), "client": (client, 4711), "headers": named,
    }  # fmt: skip


def whole(body: bytes) -> list[Message]:
    return [{"type": "http.request", "body": body, "more_body": False}]


class Caller:
    """One request: gives the messages one by one, then waits, as a sender does who never goes on."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self._messages = iter(messages)
        self.sent: list[Message] = []
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        for message in self._messages:
            return message
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


async def asked(door: Front, request: Message, messages: Iterable[Message] = ()) -> Caller:
    caller = Caller(messages)
    await door(request, caller.receive, caller.send)
    return caller


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    if status := environ.get(REFUSAL):
        start(f"{status} Refused", [])
        return [b"refused"]
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["CONTENT_LENGTH"].encode(), b" ", environ["wsgi.input"].read()]


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await work()

    asyncio.run(bounded())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "DRAIN_SECONDS", 0.05)


def test_a_body_reaches_the_page_whole_however_it_is_cut() -> None:
    pieces = [{"type": "http.request", "body": part, "more_body": part != b"c"} for part in (b"a", b"b", b"c")]

    async def work() -> None:
        caller = await asked(Front(echo, lambda path: Limit(10)), scope("POST", transfer_encoding="chunked"), pieces)
        assert (caller.status, caller.body) == (200, b"3 abc")

    run(work)


def test_what_is_too_much_is_refused_before_and_while_it_arrives() -> None:
    async def work() -> None:
        door = Front(echo, lambda path: Limit(10))
        told = await asked(door, scope("POST", content_length="11"))
        untold = await asked(door, scope("POST", transfer_encoding="chunked"), whole(b"x" * 11))
        broken = await asked(door, scope("POST", content_length="5"), [{"type": "http.disconnect"}])
        assert [told.status, untold.status, broken.status] == [413, 413, 400]

    run(work)


@pytest.mark.parametrize(
    ("environ", "limit", "status"),
    [
        ({"CONTENT_LENGTH": "-1"}, Limit(10), 400),
        ({"CONTENT_LENGTH": "5", "CONTENT_TYPE": "multipart/form-data; boundary=b"}, Limit(10), 415),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, Limit(10, files=True, streamed=True), 411),
        ({"CONTENT_LENGTH": "11", "CONTENT_TYPE": "multipart/form-data"}, Limit(10, files=True, streamed=True), 413),
    ],
)
def test_what_a_request_announces_is_checked_first(environ: dict[str, str], limit: Limit, status: int) -> None:
    with pytest.raises(Refused) as refused:
        check(environ, limit)
    assert refused.value.status == status


def test_slow_bodies_take_no_thread() -> None:
    async def work() -> None:
        door = Front(echo, lambda path: Limit(10), Arrivals(most_of_one=1000, most=1000))
        slow = [asyncio.ensure_future(asked(door, scope("POST", content_length="9"))) for _ in range(4 * THREADS)]
        await asyncio.sleep(0.05)
        good = await asked(door, scope("POST", content_length="2"), whole(b"ok"))
        assert good.body == b"2 ok"
        assert not any(one.done() for one in slow)
        for one in slow:
            one.cancel()

    run(work)


def test_a_body_that_never_ends_is_cut_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GRACE_SECONDS", 0.05)

    async def work() -> None:
        caller = await asked(Front(echo, lambda path: Limit(10)), scope("POST", content_length="9"))
        assert caller.status == 408

    run(work)


def test_whoever_keeps_too_many_open_loses_his_oldest_and_nobody_elses() -> None:
    async def work() -> None:
        door = Front(echo, lambda path: Limit(10), Arrivals(most_of_one=3, most=6))

        def begin(client: str) -> asyncio.Future[Caller]:
            return asyncio.ensure_future(asked(door, scope("POST", client=client, content_length="9")))

        # One line of IPv6, whose addresses count as one caller.
        flood = [begin(f"2001:db8::{number}") for number in range(5)]
        other = begin("192.0.2.9")
        await asyncio.sleep(0.3)
        assert [one.done() and one.result().status for one in flood] == [408, 408, False, False, False]
        more = [begin(f"198.51.100.{number}") for number in range(3)]
        await asyncio.sleep(0.3)
        assert flood[2].done()
        assert not any(one.done() for one in (other, *more, *flood[3:]))
        for one in (other, *more, *flood):
            one.cancel()

    run(work)


def test_bodies_under_way_hold_only_so_much_memory() -> None:
    async def work() -> None:
        door = Front(echo, lambda path: Limit(100), Arrivals(most_bytes=100))
        part = [{"type": "http.request", "body": b"x" * 40, "more_body": True}]
        heavy = [asyncio.ensure_future(asked(door, scope("POST", content_length="90"), part)) for _ in range(3)]
        await asyncio.sleep(0.3)
        assert [one.done() and one.result().status for one in heavy] == [408, False, False]
        good = await asked(door, scope("POST", client="192.0.2.8", content_length="2"), whole(b"ok"))
        assert good.status == 200
        for one in heavy:
            one.cancel()

    run(work)


def test_a_long_answer_is_sent_piece_by_piece_and_a_slow_reader_holds_no_thread() -> None:
    made: list[int] = []

    def pages(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        for number in range(4):
            made.append(number)
            yield b"x" * PIECE_BYTES

    class Slow(Caller):
        go_on = asyncio.Event()

        async def send(self, message: Any) -> None:
            await super().send(message)
            if message["type"] == "http.response.body":
                await self.go_on.wait()

    async def work() -> None:
        door = Front(pages, lambda path: Limit(10))
        readers = [Slow([]) for _ in range(2 * THREADS)]
        waiting = [asyncio.ensure_future(door(scope(), one.receive, one.send)) for one in readers]
        quick = await asked(door, scope())
        assert len(quick.body) == 4 * PIECE_BYTES
        assert not any(one.done() for one in waiting)
        assert len(made) < 4 * (len(readers) + 1)
        Slow.go_on.set()
        await asyncio.gather(*waiting)
        assert [len(one.body) for one in readers] == [4 * PIECE_BYTES] * len(readers)

    run(work)


def test_when_the_reader_goes_the_answer_is_closed() -> None:
    closed = threading.Event()

    def pages(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        try:
            while True:
                yield b"x" * PIECE_BYTES
        finally:
            closed.set()

    async def work() -> None:
        caller = Caller([])
        asyncio.get_running_loop().call_later(0.1, caller.gone.set)
        await Front(pages, lambda path: Limit(10))(scope(), caller.receive, caller.send)
        assert closed.is_set()

    run(work)


def test_a_streamed_page_is_called_at_once_and_reads_while_bytes_arrive() -> None:
    called = threading.Event()

    def reading(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        called.set()
        got = [environ["wsgi.input"].read(3) for _ in range(3)]
        start("200 OK", [])
        return [b"|".join(got)]

    async def work() -> None:
        caller = Caller([])
        arriving: asyncio.Queue[Message] = asyncio.Queue()
        door = Front(reading, lambda path: Limit(100, files=True, streamed=True))
        task = asyncio.ensure_future(door(scope("POST", content_length="4"), arriving.get, caller.send))
        assert await asyncio.to_thread(called.wait, 5)
        arriving.put_nowait({"type": "http.request", "body": b"ab", "more_body": True})
        await asyncio.sleep(0.01)
        arriving.put_nowait({"type": "http.request", "body": b"cd", "more_body": False})
        await task
        assert caller.body == b"abc|d|"

    run(work)


def test_a_stream_that_stops_breaks_for_its_page_and_holds_the_pages_of_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_body, "PAUSE_SECONDS", 0.3)

    def reading(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        try:
            return [environ["wsgi.input"].read()]
        except OSError as error:
            return [type(error).__name__.encode()]

    async def work() -> None:
        door = Front(reading, lambda path: Limit(100, files=True, streamed=path == "/stream"))
        slow = [asyncio.ensure_future(asked(door, scope("POST", "/stream", content_length="9"))) for _ in range(8)]
        assert (await asked(door, scope())).status == 200
        assert not any(one.done() for one in slow)
        assert {(await one).body for one in slow} == {b"TimeoutError"}

    run(work)


def test_a_header_with_an_underscore_cannot_stand_for_the_one_that_our_proxy_sets() -> None:
    made = environ_of(
        scope() | {"headers": [(b"X_Forwarded_For", b"203.0.113.1"), (b"cookie", b"a=1"), (b"cookie", b"b=2")]}
    )
    assert "HTTP_X_FORWARDED_FOR" not in made
    assert made["HTTP_COOKIE"] == "a=1; b=2"
    assert caller_of(made) == "192.0.2.7"


def test_a_path_reaches_the_application_as_it_was_sent() -> None:
    assert environ_of(scope(path="/%E2%82%AC/a%2Fb"))["PATH_INFO"] == "/€/a/b".encode().decode("latin-1")
