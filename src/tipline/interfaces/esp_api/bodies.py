"""Reading request bodies: XML and small forms, both capped; how the id of a report is written."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from starlette.requests import ClientDisconnect, Request

from tipline.domain.cybertip.parse import MAX_XML_BYTES
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_api.multipart import Parts, boundary_of

MOST_FORM_BYTES = 64 * 1024
DRAIN_SECONDS = 10.0
MOST_DRAINED_BYTES = 64 * 1024 * 1024
_LARGEST_ID = 2**63 - 1


async def read_capped(request: Request, most: int) -> bytes:
    """This function will read a body of at most `most` bytes. Raises Refusal `too_big`."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise Refusal("too_big", f"The body is larger than {most} bytes.")
    return bytes(body)


async def read_xml(request: Request) -> bytes:
    """This function will read an XML body, of whatever declared type. Raises Refusal `too_big`."""
    return await read_capped(request, MAX_XML_BYTES)


async def drain(request: Request) -> None:
    """This function will take in what is left of a refused body, up to a bound.

    A sender that is still sending would find the connection cut and never read its answer.
    """
    size = 0
    with suppress(ClientDisconnect, RuntimeError, TimeoutError):  # gone, nothing left, or too slow
        async with asyncio.timeout(DRAIN_SECONDS):
            async for piece in request.stream():
                size += len(piece)
                if size > MOST_DRAINED_BYTES:
                    return


async def read_form_id(request: Request) -> int:
    """This function will read the report id of a finish or retract, as multipart or as URL-encoded form.

    Raises Refusal `bad_request` or `too_big`.
    """
    body = await read_capped(request, MOST_FORM_BYTES)
    kind = request.headers.get("content-type", "")
    fields = _multipart(body, kind) if boundary_of(kind) else _urlencoded(body)
    return read_id(fields.get("id"))


def _urlencoded(body: bytes) -> dict[str, str]:
    # A missing content type is taken for this one: no sender of a form means anything else.
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=16)
    except ValueError:
        return {}
    if sum(name == "id" for name, _ in pairs) > 1:
        raise Refusal("bad_request", "The field id stands there twice.", field="id")
    return dict(pairs)


def _multipart(body: bytes, kind: str) -> dict[str, str]:
    parts = Parts(boundary_of(kind))
    try:
        events = [*parts.feed(body), *parts.end()]
    except FormParserError:
        raise Refusal("bad_request", "The form cannot be read.") from None
    fields: dict[str, bytes] = {}
    for name, _, data in events:
        fields[name] = fields.get(name, b"") + data
    return {name: data.decode("utf-8", "replace") for name, data in fields.items()}


def read_id(text: str | None) -> int:
    """This function will read a report id: decimal digits alone. Raises Refusal `bad_request`."""
    digits = (text or "").strip()
    if not digits:
        raise Refusal("bad_request", "The field id is missing.", field="id")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19 and int(digits) <= _LARGEST_ID):
        raise Refusal("bad_request", "The field id is not a report id.", field="id")
    return int(digits)
