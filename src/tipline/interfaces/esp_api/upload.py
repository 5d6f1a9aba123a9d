"""An upload: from the socket into the vault, never whole in memory, never in the clear on a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from python_multipart.exceptions import FormParserError
from starlette.requests import Request

from tipline.domain.errors import Refusal
from tipline.interfaces.esp_api.bodies import read_id
from tipline.interfaces.esp_api.multipart import Parts, Piece, boundary_of
from tipline.platform.vault.incoming import Incoming, IncomingWriter

T = TypeVar("T")
HELD_BYTES = 1024 * 1024  # handed to the vault in pieces of this size: one hop to a thread for each
MOST_ID_BYTES = 64


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that is durably in the incoming folder, and the report it is for."""

    number: int
    upload_name: str
    incoming: Incoming


class Receiver:
    """One upload being received.

    `may_add` is asked as soon as the report's id is known: where that is before the file, nothing is stored
    for a report that takes no files.
    """

    def __init__(self, executor: Executor | None, may_add: Callable[[int], Awaitable[None]]) -> None:
        self._executor = executor
        self._may_add = may_add
        self._id = bytearray()
        self._number: int | None = None
        self._filename: str | None = None
        self._has_file = False
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._writer: IncomingWriter | None = None
        self.parts: dict[str, tuple[str | None, int]] = {}  # what was sent so far: file name if one was given, and size

    async def receive(self, request: Request) -> Uploaded:
        """This function will take a whole upload in.

        Raises Refusal `bad_upload`, `bad_request` or one of `may_add`; StoreOutage; ClientDisconnect.
        Whatever is raised, nothing is left behind.
        """
        boundary = boundary_of(request.headers.get("content-type", ""))
        if not boundary:
            raise _bad("The body is not multipart/form-data.")
        try:
            return await self._receive(request, Parts(boundary))
        except FormParserError:
            raise _bad("The form cannot be read, or is cut short.") from None
        finally:
            if self._writer is not None:
                await self._run(self._writer.abort)

    async def _receive(self, request: Request, parts: Parts) -> Uploaded:
        async for data in request.stream():
            for piece in parts.feed(data):
                await self._take(piece)
        for piece in parts.end():
            await self._take(piece)
        number = await self._checked_number()
        if not self._has_file:
            raise _bad("The field file is missing.")
        incoming = await self._run(self._finish)
        return Uploaded(number, self._filename or "", incoming)

    async def _take(self, piece: Piece) -> None:
        self.parts[piece.name] = (piece.filename, self.parts.get(piece.name, (None, 0))[1] + len(piece.data))
        if piece.name == "id":
            self._id += piece.data[: MOST_ID_BYTES + 1 - len(self._id)]
        elif piece.name == "file" and not piece.data:
            await self._begin_file(piece.filename)
        elif piece.name == "file":
            self._held.append(piece.data)
            self._held_bytes += len(piece.data)
            if self._held_bytes >= HELD_BYTES:
                await self._run(self._flush)

    async def _begin_file(self, filename: str | None) -> None:
        if self._has_file:
            raise _bad("Send one file in each call.")
        self._has_file, self._filename = True, filename
        if self._id:
            await self._checked_number()

    async def _checked_number(self) -> int:
        if self._number is None:
            number = read_id(self._id.decode("ascii", "replace"))
            await self._may_add(number)
            self._number = number
        return self._number

    def _flush(self) -> None:
        if self._writer is None:
            self._writer = IncomingWriter.begin()
        held, self._held, self._held_bytes = b"".join(self._held), [], 0
        self._writer.write(held)

    def _finish(self) -> Incoming:
        self._flush()
        assert self._writer is not None
        return self._writer.finish()

    async def _run(self, work: Callable[[], T]) -> T:
        if self._executor is None:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def _bad(sentence: str) -> Refusal:
    return Refusal("bad_upload", sentence)
