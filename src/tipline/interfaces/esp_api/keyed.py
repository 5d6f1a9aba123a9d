"""The optional header Idempotency-Key on submit and upload: the same key and body get the same answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Protocol

from starlette.requests import Request

from tipline.domain.errors import Refusal
from tipline.platform import clock
from tipline.reports.values import NewFile, Opened
from tipline.stages.intake import once
from tipline.stages.intake.esp import Sender
from tipline.stages.intake.once import Done, Once

HEADER = "Idempotency-Key"
LONGEST_KEY = 255


class Writes(Protocol):
    """What commits an act."""

    async def write(self, work: Callable[[], Done], *, key: int = 0, urgent: bool = False) -> Done:
        """Run the work in a transaction; return after its commit."""


class Keyed(Protocol):
    """A call that may carry a key."""

    @property
    def request(self) -> Request:
        """The request itself."""

    @property
    def sender(self) -> Sender:
        """The company behind it."""


def once_of(call: Keyed, name: str) -> Once | None:
    """This function will read the key of a call; None where there is none. Raises Refusal `bad_request`."""
    key = call.request.headers.get(HEADER)
    if key is None:
        return None
    if not (key.isascii() and key.isprintable() and key.strip() and len(key) <= LONGEST_KEY):
        raise Refusal("bad_request", f"An {HEADER} has 1 to {LONGEST_KEY} printable ASCII signs.", field=HEADER)
    return once.once_of(call.sender, name, key)


async def submit(writer: Writes, key: Once, raw: bytes, begin: Callable[[], Opened], *, urgent: bool = False) -> Done:
    """This function will begin a report once. Raises Refusal `key_reused`."""
    body = hashlib.sha256(raw).digest()
    work = partial(once.do, once=key, body=body, work=lambda: Done(begin().number), now=clock.now())
    return await writer.write(work, key=key.lock, urgent=urgent)


async def upload(writer: Writes, key: Once, number: int, file: NewFile, add: Callable[[], str]) -> Done:
    """This function will add a file once: the same report, the same name, the same bytes. Raises `key_reused`."""
    body = hashlib.sha256(f"{number}\0{file.sha256}\0{file.upload_name}".encode()).digest()
    work = partial(once.do, once=key, body=body, work=lambda: Done(number, add(), file.md5), now=clock.now())
    return await writer.write(work, key=number)
