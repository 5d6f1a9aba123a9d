"""The seven calls. Each: read the body, one act of intake, one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache, partial
from typing import Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from tipline.domain.cybertip.citing import cited_reports
from tipline.domain.cybertip.parse import parse_file_details, parse_report
from tipline.domain.cybertip.reading import is_escalated
from tipline.domain.cybertip.responses import CONTENT_TYPE, ResponseCode, done_response, report_response
from tipline.domain.cybertip.xsd import render_xsd
from tipline.domain.report import Document
from tipline.interfaces.esp_api import keyed
from tipline.interfaces.esp_api.bodies import read_form_id, read_xml
from tipline.interfaces.esp_api.pressure import Kind, Places, kind_of
from tipline.interfaces.esp_api.upload import Receiver, Uploaded
from tipline.platform import clock
from tipline.stages.intake import cited, esp, once
from tipline.stages.intake.acceptance import OneOf, Outage
from tipline.stages.intake.esp import Received, Sender
from tipline.stages.intake.once import Once
from tipline.stages.intake.sandbox import SentFile

OK = ResponseCode.SUCCESS
INLINE_BYTES = 16 * 1024  # a document of this size is read in the loop; a bigger one would make others wait
T = TypeVar("T")


class Writer(Protocol):
    """Commits an act and gives its value afterwards (`intake.acceptance`)."""

    async def write(self, work: Callable[[], T], *, key: int = 0, urgent: bool = False) -> T:
        """Run the work in a transaction; return after its commit. An urgent one goes before those that wait.

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
    places: Places


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
    raw = await read_xml(call.request)
    kind = kind_of(raw)
    with call.places.place(call.sender.esp_id, kind) as turns_out:
        async with call.places.turn(kind):
            received = await _parsed(call, raw, parse_report)
            urgent = is_escalated(received.document)
            turns_out(Kind.URGENT if urgent else Kind.BEGINS)
            if urgent or kind is Kind.BEGINS:
                return await _begin(call, received, urgent=urgent)
        async with call.places.turn(Kind.BEGINS):  # it only looked urgent
            return await _begin(call, received, urgent=False)


async def _begin(call: Call, received: Received, *, urgent: bool) -> Response:
    if any(cited_reports(received.document)):
        cites = partial(cited.require_cited, received.raw, received.document, call.sender.environment)
        await call.writer.write(cites)
    begin = OneOf(esp.open_reports, esp.Submission(call.sender, received, clock.now()))
    key = keyed.once_of(call, "submit")
    if key is None:
        opened = await call.writer.write(begin, urgent=urgent)
        return answer(report_response(OK, report_id=opened.number))
    done = await keyed.submit(call.writer, key, received.raw, begin, urgent=urgent)
    return answer(report_response(OK, report_id=done.number))


async def upload(call: Call) -> Response:
    """This function will add a file to a report."""
    key = keyed.once_of(call, "upload")
    receiver = Receiver(call.executor, partial(_may_add, call, key))
    call.request.state.heard.parts = receiver.parts
    uploaded = await receiver.receive(call.request)
    call.request.state.heard.file = _sent(uploaded)
    file = esp.new_file(uploaded.incoming, uploaded.upload_name)
    add = OneOf(esp.add_files, esp.Upload(esp.Ending(call.sender, uploaded.number, clock.now()), file))
    file_id, md5 = file.file_id, file.md5
    if key is None:
        await _or_forget(call, uploaded, call.writer.write(add, key=uploaded.number))
    else:
        done = await _or_forget(call, uploaded, keyed.upload(call.writer, key, uploaded.number, file, add))
        file_id, md5 = done.file_id, done.md5
        if done.again:
            await _in_thread(call.executor, partial(esp.forget, uploaded.incoming))
    return answer(report_response(OK, report_id=uploaded.number, file_id=file_id, hash=md5))


def _sent(uploaded: Uploaded) -> SentFile:
    came = uploaded.incoming
    return SentFile(uploaded.upload_name, came.size, came.md5, came.sha1, came.sha256)


async def _may_add(call: Call, key: Once | None, number: int) -> None:
    # A file that was taken before is taken again even when its report is finished: the sender missed the answer.
    call.request.state.heard.number = number
    if key is not None and await call.writer.write(partial(once.is_known, key, clock.now())):
        return
    await call.writer.write(OneOf(esp.require_open, esp.Ending(call.sender, number, clock.now())))


async def _or_forget(call: Call, uploaded: Uploaded, writing: Awaitable[T]) -> T:
    try:
        return await writing
    except BaseException as error:
        # Where the row may have been kept after all, a file without a row is the lesser evil.
        if not (isinstance(error, Outage) and error.maybe_done) and not isinstance(error, asyncio.CancelledError):
            await _in_thread(call.executor, partial(esp.forget, uploaded.incoming))
        raise


async def fileinfo(call: Call) -> Response:
    """This function will keep what the sender says about a file."""
    raw = await read_xml(call.request)
    with call.places.place(call.sender.esp_id, Kind.GOES_ON):
        received = await _parsed(call, raw, parse_file_details)
        number = int(received.document["reportId"])
        telling = esp.Telling(esp.Ending(call.sender, number, clock.now()), received)
        described = await call.writer.write(OneOf(esp.describe_files, telling), key=number)
    return answer(report_response(OK, report_id=described.number, file_id=described.file_id))


async def finish(call: Call) -> Response:
    """This function will finish a report.

    The answer is the sender's receipt, so it comes after the commit.
    """
    number = await read_form_id(call.request)
    call.request.state.heard.number = number
    with call.places.place(call.sender.esp_id, Kind.GOES_ON):
        ending = esp.Ending(call.sender, number, clock.now())
        finished = await call.writer.write(OneOf(esp.finish, ending), key=number)
    headers = {"Report-Quality": finished.quality.header()}
    return answer(done_response(OK, number, finished.file_ids), headers=headers)


async def retract(call: Call) -> Response:
    """This function will withdraw a report that is not finished."""
    number = await read_form_id(call.request)
    call.request.state.heard.number = number
    await call.writer.write(partial(esp.retract, sender=call.sender, number=number, now=clock.now()), key=number)
    return answer(report_response(OK, report_id=number))


async def _parsed(call: Call, raw: bytes, parse: Callable[..., Document]) -> Received:
    work = partial(parse, raw, now=clock.now(), options=call.sender.options)
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
