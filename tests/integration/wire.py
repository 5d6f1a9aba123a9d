"""The wire door without a socket: the real application on the test's own transaction, with the door's role."""

from __future__ import annotations

import asyncio
import base64
import queue
import re
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import httpx

from tipline.domain.actor import system
from tipline.interfaces.esp_api.auth import Gate
from tipline.interfaces.esp_api.door import Services, create_app
from tipline.interfaces.esp_api.log_ins import LogIns
from tipline.interfaces.esp_api.pressure import Places
from tipline.interfaces.esp_api.sandbox import Book
from tipline.platform import clock
from tipline.reference.directory import service as directory
from tipline.reference.directory.service import NewEsp
from tipline.stages.intake.acceptance import commit

T = TypeVar("T")
BY = system("test")
BOUNDARY = "a-boundary-of-the-test"


class HomeThread(Executor):
    """Runs what the application hands to other threads on the test's own, which has the transaction and the role."""

    def __init__(self) -> None:
        self._handed: queue.Queue[tuple[Future[Any], Callable[[], Any]] | None] = queue.Queue()

    def submit(self, fn: Callable[..., T], /, *args: Any, **named: Any) -> Future[T]:
        """Hand work in."""
        future: Future[T] = Future()
        self._handed.put((future, partial(fn, *args, **named)))
        return future

    def serve(self, loop: Callable[[], T]) -> T:
        """Run an event loop on another thread, and its work here, until it ends."""
        with ThreadPoolExecutor(1) as other:
            running = other.submit(loop)
            running.add_done_callback(lambda _: self._handed.put(None))
            while (handed := self._handed.get()) is not None:
                self._do(*handed)
            return running.result()

    @staticmethod
    def _do(future: Future[Any], work: Callable[[], Any]) -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)


class InlineWriter:
    """Commits each act by itself: the acceptance without its thread."""

    def __init__(self, home: HomeThread) -> None:
        self._home = home

    async def write(self, work: Callable[[], T], *, key: int = 0, urgent: bool = False) -> T:
        """Run the work as the acceptance thread does."""
        outcome = (await asyncio.wrap_future(self._home.submit(commit, [work])))[0]
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value


@dataclass(frozen=True)
class Answer:
    """A response, and the values of its elements by name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def all(self, name: str) -> list[str]:
        """The texts of all elements of a name."""
        return re.findall(f"<{name}>(.*?)</{name}>", self.body.decode(), re.S)

    def __getattr__(self, name: str) -> str:
        found = self.all(name)
        if not found:
            raise AttributeError(name)
        return found[0]

    @property
    def code(self) -> tuple[int, int]:
        """HTTP status and response code."""
        return self.status, int(self.responseCode)

    @property
    def root(self) -> str:
        """The name of the root element."""
        found = re.match(r'<\?xml version="1.0" encoding="UTF-8" standalone="yes"\?><(\w+)>', self.body.decode())
        assert found is not None
        return found[1]


class Wire:
    """One company's program."""

    def __init__(
        self, user: str, secret: str, *, writer: Any = None, prefix: str = "/ispws", places: Places | None = None
    ) -> None:
        pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
        self.headers = {"authorization": f"Basic {pair}"}
        self.prefix = prefix
        self._home = HomeThread()
        gate = Gate(self._home, LogIns(), pause=0)
        served = Services(gate, writer or InlineWriter(self._home), readers=self._home, book=Book(self._home))
        self._app = create_app(replace(served, places=places or Places()))

    def call(self, method: str, path: str, content: Any = b"", **headers: str) -> Answer:
        """Make one request; header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=("192.0.2.7", 4711))
            async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
                return await client.request(method, path, content=content, headers={**self.headers, **named})

        got = self._home.serve(lambda: asyncio.run(run()))
        return Answer(got.status_code, got.headers, got.content)

    def get(self, path: str) -> Answer:
        """GET one of the calls."""
        return self.call("GET", self.prefix + path)

    def post(self, path: str, content: Any, kind: str = "text/xml; charset=utf-8") -> Answer:
        """POST a body to one of the calls."""
        return self.call("POST", self.prefix + path, content, content_type=kind)

    def submit(self, raw: bytes) -> int:
        """Begin a report and return its number."""
        return int(self.post("/submit", raw).reportId)

    def form(self, path: str, body: bytes) -> Answer:
        """POST a multipart body."""
        return self.post(path, body, f"multipart/form-data; boundary={BOUNDARY}")

    def upload(self, number: int | str, data: bytes = b"bytes", name: str = "a.png") -> Answer:
        """Upload a file, the id before it."""
        return self.form("/upload", multipart(("id", None, str(number).encode()), ("file", name, data)))

    def end(self, path: str, number: int | str) -> Answer:
        """Finish or retract as most clients do."""
        return self.post(path, f"id={number}".encode(), "application/x-www-form-urlencoded")


def multipart(*parts: tuple[str, str | None, bytes]) -> bytes:
    """Write a form: name, file name or None, content."""
    out = b""
    for name, filename, content in parts:
        given = "" if filename is None else f'; filename="{filename}"'
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{given}\r\n\r\n'
        out += head.encode() + content + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode()


async def in_pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    """Send a body piece by piece."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def register(name: str, environment: str = "production") -> tuple[str, str, int]:
    """Enter a company and give its program a log-in: user name, secret, the company's id."""
    now = clock.now()
    esp_id = directory.create_esp(new=NewEsp(name), by=BY, now=now)
    issued = directory.issue_credential(
        esp_id=esp_id, username=f"{name.lower()}-{environment}", environment=environment, by=BY, now=now
    )
    return issued.username, issued.secret, esp_id
