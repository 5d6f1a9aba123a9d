"""The sandbox's ear: what comes in at the test side is noted for the company's own people, after the answer went out.

Nobody waits for it, and production never meets it. More than a company's people could read is answered and not noted.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_api.auth import Gate
from tipline.interfaces.esp_api.callers import remote_address
from tipline.interfaces.esp_api.multipart import Parts, boundary_of
from tipline.interfaces.esp_api.pressure import OverQuota, Quotas
from tipline.interfaces.wire.basic import read_basic
from tipline.platform import clock
from tipline.stages.intake import sandbox
from tipline.stages.intake.acceptance import tend_connection
from tipline.stages.intake.sandbox import MOST_BODY, OTHER, Call, SentFile, Told

MOST_PENDING = 64
CALLS_A_MINUTE = 600  # of a company that are noted, in each process
WRONG_A_MINUTE = 12
MOST_ANSWER = 64 * 1024
_CALLS = frozenset({"status", "xsd", "submit", "upload", "fileinfo", "finish", "retract"})
# What tells an engineer something; whatever could be a secret is not among them.
_HEADERS = (
    *("host", "content-type", "content-length", "transfer-encoding", "content-encoding", "expect", "accept"),
    *("user-agent", "idempotency-key"),
)
_ANSWER_HEADERS = ("content-type", "request-id", "report-quality", "retry-after", "allow", "www-authenticate")
_FORMS = frozenset({"/finish", "/retract"})
_ROOT = re.compile(rb"<(?:[\w.-]{1,60}:)?([A-Za-z_][\w.-]{0,60})")
_OURS = (b"report", b"details")  # misspelt ones are to be seen, too
_REPORT_ID = re.compile(rb"<reportId>\s*(\d{1,19})\s*</reportId>")
_CODE = re.compile(rb"<responseCode>(\d{1,5})</responseCode>")
_LONGEST = 300
_LONGEST_ID = 40
_LARGEST = 2**63 - 1
_LOG = logging.getLogger("tipline.esp_api")


class Watch:
    """Reads along what comes in for one call, and keeps the beginning of it; of an upload nothing but its length."""

    def __init__(self, receive: Receive, path: str) -> None:
        self._receive = receive
        self._room = 0 if path.endswith("/upload") else MOST_BODY
        self.body = bytearray()
        self.size = 0
        self.at = clock.now()
        self._begun = time.perf_counter()

    async def receive(self) -> Message:
        """This function will pass a message on and look at it."""
        message = await self._receive()
        if message["type"] == "http.request":
            data = message.get("body", b"")
            self.size += len(data)
            self.body += data[: max(0, self._room - len(self.body))]
        return message

    @property
    def took(self) -> int:
        """How long it has taken so far, in milliseconds."""
        return round((time.perf_counter() - self._begun) * 1000)


@dataclass(slots=True)
class Heard:
    """What became of one call, set by the door as it goes on. `parts`: of an upload, its fields: file name, size."""

    path: str
    esp_id: int | None = None
    username: str = ""
    error: Exception | None = None
    number: int = 0
    parts: Mapping[str, tuple[str | None, int]] = field(default_factory=dict)
    file: SentFile | None = None


class Book:
    """Writes calls down on a thread of its own; where it cannot keep up, it leaves calls out."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._pending = 0
        self._quotas, self._wrong = Quotas(), Quotas()

    async def note(self, heard: Heard, watch: Watch, request: Request, response: Response, gate: Gate) -> None:
        """This function will note a call, where a company is behind it. Whatever goes wrong, nobody hears of it."""
        try:
            reason = await _attribute(heard, request, gate)
            if heard.esp_id is None or self._pending >= MOST_PENDING:
                return
            quotas, most = (self._wrong, WRONG_A_MINUTE) if reason else (self._quotas, CALLS_A_MINUTE)
            quotas.spend(heard.esp_id, most)
            told = _told(heard, watch, request, response, reason)
            call = _call(heard, watch.at, request, response, told)
        except OverQuota:
            return
        except Exception as error:
            _LOG.error("sandbox: %s", type(error).__name__)
            return
        self._pending += 1
        self._executor.submit(_write, call, told).add_done_callback(lambda _: self._done())

    def _done(self) -> None:
        self._pending -= 1


def _write(call: Call, told: Told) -> None:
    try:
        tend_connection()
        sandbox.keep(call=call, told=told)
    except Exception as error:
        _LOG.error("sandbox: %s, request %s", type(error).__name__, call.id)


async def _attribute(heard: Heard, request: Request, gate: Gate) -> str:
    """Finds whose call it was, where the door did not ask. Gives why somebody was not let in, or nothing."""
    if heard.esp_id is not None:
        return ""
    header = request.headers.get("authorization", "")
    known = await gate.named(header, "test")
    if isinstance(heard.error, Refusal) and heard.error.code == "no_credential":
        other = None if known else await gate.named(header, "production")
        found = known or other
        heard.esp_id, heard.username = (found.esp.id, found.username) if found else (None, "")
        return "wrong_secret" if known else "production_name"
    if known is None:
        return ""
    try:
        admitted = await gate.admit(header, "test", remote_address(request))
    except Refusal:
        return ""
    heard.esp_id, heard.username = admitted.esp.id, admitted.username
    return ""


def _told(heard: Heard, watch: Watch, request: Request, response: Response, reason: str) -> Told:
    body, note = (b"", "no_log_in") if reason else _kept_body(heard, watch, request)
    violations = heard.error if isinstance(heard.error, ViolationError) else None
    return Told(
        method=request.method[:16],
        path=_path_of(request),
        username=heard.username or (read_basic(request.headers.get("authorization", "")) or ("", ""))[0][:80],
        origin=remote_address(request)[:64],
        headers=_picked(request.headers, _HEADERS),
        size=watch.size,
        body=body,
        body_note=note if watch.size else "",
        fields=() if reason else _fields(heard, watch, request, note),
        file=None if reason else _file_of(heard),
        reason=reason,
        violations=violations.violations if violations else (),
        untold=violations.untold if violations else 0,
        answer=b"" if heard.path == "/xsd" else bytes(response.body)[:MOST_ANSWER],
        answer_headers=_picked(response.headers, _ANSWER_HEADERS),
        took=watch.took,
    )


def _path_of(request: Request) -> str:
    query = str(request.url.query)
    return (str(request.scope["path"]) + (f"?{query}" if query else ""))[:_LONGEST]


def _picked(headers: Mapping[str, str], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, headers[name][:_LONGEST]) for name in names if name in headers)


def _kept_body(heard: Heard, watch: Watch, request: Request) -> tuple[bytes, str]:
    """The body, where it is words of ours: XML. Whatever may be a file is not kept, wherever it was sent."""
    if heard.path.endswith("/upload"):
        return b"", "file"
    start = bytes(watch.body[:64]).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not start.startswith((b"<", b"\0<")):
        kind = request.headers.get("content-type", "")
        is_form = heard.path in _FORMS or kind.startswith(("multipart/", "application/x-www-form-urlencoded"))
        return b"", "form" if is_form and heard.path not in {"/submit", "/fileinfo"} else "not_xml"
    root = _ROOT.search(bytes(watch.body[:4096]).replace(b"\0", b""))
    if root is None or not any(name in root[1].lower() for name in _OURS):
        return b"", "not_ours"  # an image may be XML, too
    return (bytes(watch.body), "") if watch.size <= len(watch.body) else (b"", "too_long")


def _fields(heard: Heard, watch: Watch, request: Request, note: str) -> tuple[tuple[str, str], ...]:
    """Names and short values of a form; of a file its name alone."""
    if heard.parts:
        return tuple((name[:_LONGEST], _part(name, filename, size)) for name, (filename, size) in heard.parts.items())
    if note != "form":
        return ()
    boundary = boundary_of(request.headers.get("content-type", ""))
    if boundary:
        return _multipart(bytes(watch.body), boundary)
    try:
        pairs = parse_qsl(bytes(watch.body).decode("ascii"), keep_blank_values=True, max_num_fields=16)
    except ValueError:
        return ()
    return tuple((name[:_LONGEST], _value(name, value.encode())) for name, value in pairs)


def _part(name: str, filename: str | None, size: int) -> str:
    if filename is not None:
        return f"a file called “{filename[:_LONGEST]}”"
    return f"{size} bytes" + (" without a file name, so no file" if name == "file" else "")


def _value(name: str, data: bytes) -> str:
    """The report's number as it was sent; of anything else, which may be a file, its length alone."""
    return data.decode("utf-8", "replace") if name == "id" and len(data) <= _LONGEST_ID else f"{len(data)} bytes"


def _multipart(body: bytes, boundary: bytes) -> tuple[tuple[str, str], ...]:
    found: dict[str, tuple[str | None, bytes]] = {}
    try:
        for name, filename, data in Parts(boundary).feed(body):
            found[name] = (filename, found.get(name, (None, b""))[1] + (b"" if filename is not None else data))
    except FormParserError:
        pass  # as far as it could be read
    return tuple(
        (name[:_LONGEST], _value(name, data) if filename is None else _part(name, filename, 0))
        for name, (filename, data) in found.items()
    )


def _file_of(heard: Heard) -> SentFile | None:
    if heard.file is not None:
        return heard.file
    sent = next(((filename, size) for filename, size in heard.parts.values() if filename is not None), None)
    return SentFile(sent[0] or "", sent[1]) if sent else None


def _call(heard: Heard, at: datetime, request: Request, response: Response, told: Told) -> Call:
    name = heard.path.strip("/")
    code = _CODE.search(bytes(response.body))
    return Call(
        id=request.state.id,
        esp_id=heard.esp_id or 0,
        at=at,
        call=name if name in _CALLS else OTHER,
        report_number=_number(heard, response, told),
        status=response.status_code,
        code=int(code[1]) if code else 0,
        faults=len(told.violations) + told.untold,
    )


def _number(heard: Heard, response: Response, told: Told) -> int | None:
    for text in (bytes(response.body), told.body):
        found = _REPORT_ID.search(text)
        if found and 0 < int(found[1]) <= _LARGEST:
            return int(found[1])
    if heard.number:
        return heard.number
    digits = dict(told.fields).get("id", "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < int(digits[:20]) <= _LARGEST else None
