"""The seven calls. Each: read the body, one act of intake, one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from tipline.domain.cybertip.parse import parse_file_details, parse_report
from tipline.domain.cybertip.responses import CONTENT_TYPE, ResponseCode, done_response, report_response
from tipline.domain.cybertip.xsd import render_xsd
from tipline.domain.report import Document
from tipline.interfaces.esp_api.bodies import read_form_id, read_xml
from tipline.interfaces.esp_api.upload import Receiver, Uploaded
from tipline.platform import clock
from tipline.stages.intake import esp
from tipline.stages.intake.acceptance import Outage
from tipline.stages.intake.esp import Received, Sender

OK = ResponseCode.SUCCESS
INLINE_BYTES = 16 * 1024  # a document of this size is read in the loop; a bigger one would make others wait
T = TypeVar("T")


class Writer(Protocol):
    """Commits an act and gives its value afterwards (`intake.acceptance`)."""

    async def write(self, work: Callable[[], T], *, key: int = 0) -> T:
        """Run the work in a transaction; return after its commit.

        Raises what the work raises, or an outage.
        """


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request, and what serves it."""

    request: Request
    sender: Sender
    username: str
    writer: Writer
    executor: Executor | None


def answer(content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """This function will make a response with the protocol's content type."""
    return Response(content, status, headers={"Content-Type": CONTENT_TYPE, **(headers or {})})


async def status(call: Call) -> Response:
    """This function will tell that the credentials are good."""
    words = f"Remote User : {call.username}, Remote Ip : {call.sender.origin}"
    return answer(report_response(OK, words))


@cache
def _schema() -> bytes:
    return render_xsd().encode()


async def xsd(call: Call) -> Response:
    """This function will give the schema."""
    return answer(_schema())


async def submit(call: Call) -> Response:
    """This function will begin a report."""
    received = await _read(call, parse_report)
    opened = await call.writer.write(partial(esp.open_report, sender=call.sender, received=received, now=clock.now()))
    return answer(report_response(OK, report_id=opened.number))


async def upload(call: Call) -> Response:
    """This function will add a file to a report."""
    receiver = Receiver(call.executor, partial(_may_add, call))
    uploaded = await receiver.receive(call.request)
    file = esp.new_file(uploaded.incoming, uploaded.upload_name)
    work = partial(esp.add_file, sender=call.sender, number=uploaded.number, file=file, now=clock.now())
    await _or_forget(call, uploaded, call.writer.write(work, key=uploaded.number))
    content = report_response(OK, report_id=uploaded.number, file_id=file.file_id, hash=file.md5)
    return answer(content)


async def _may_add(call: Call, number: int) -> None:
    work = partial(esp.require_open, sender=call.sender, number=number, now=clock.now())
    await call.writer.write(work, key=number)


async def _or_forget(call: Call, uploaded: Uploaded, writing: Awaitable[Any]) -> None:
    try:
        await writing
    except BaseException as error:
        # Where the row may have been kept after all, a file without a row is the lesser evil.
        if not (isinstance(error, Outage) and error.maybe_done) and not isinstance(error, asyncio.CancelledError):
            await _in_thread(call.executor, partial(esp.forget, uploaded.incoming))
        raise


async def fileinfo(call: Call) -> Response:
    """This function will keep what the sender says about a file."""
    received = await _read(call, parse_file_details)
    work = partial(esp.describe_file, sender=call.sender, received=received, now=clock.now())
    described = await call.writer.write(work, key=int(received.document["reportId"]))
    return answer(report_response(OK, report_id=described.number, file_id=described.file_id))


async def finish(call: Call) -> Response:
    """This function will finish a report.

    The answer is the sender's receipt, so it comes after the commit.
    """
    number = await read_form_id(call.request)
    call.request.state.number = number
    work = partial(esp.finish, sender=call.sender, number=number, now=clock.now())
    finished = await call.writer.write(work, key=number)
    headers = {"Report-Quality": finished.quality.header()}
    return answer(done_response(OK, number, finished.file_ids), headers=headers)


async def retract(call: Call) -> Response:
    """This function will withdraw a report that is not finished."""
    number = await read_form_id(call.request)
    await call.writer.write(partial(esp.retract, sender=call.sender, number=number, now=clock.now()), key=number)
    return answer(report_response(OK, report_id=number))


async def _read(call: Call, parse: Callable[..., Document]) -> Received:
    raw = await read_xml(call.request)
    work = partial(parse, raw, now=clock.now())
    document = work() if len(raw) <= INLINE_BYTES else await _in_thread(call.executor, work)
    return Received(raw, call.request.headers.get("content-type", ""), document)


async def _in_thread(executor: Executor | None, work: Callable[[], T]) -> T:
    if executor is None:
        return work()
    return await asyncio.get_running_loop().run_in_executor(executor, work)


CALLS: Mapping[str, tuple[str, Callable[[Call], Awaitable[Response]]]] = {
    "/status": ("GET", status),
    "/xsd": ("GET", xsd),
    "/submit": ("POST", submit),
    "/upload": ("POST", upload),
    "/fileinfo": ("POST", fileinfo),
    "/finish": ("POST", finish),
    "/retract": ("POST", retract),
}
