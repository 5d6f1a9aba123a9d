"""The turnstile: under pressure a new report is turned away before anything is made of it. ADR 16.

What a refusal costs is taken from those who are inside; this way it costs a third of one that goes through the door.
Whoever is not known yet, or may be urgent, goes on to the door, which decides as ever.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope, Send

from tipline.domain.cybertip.parse import MAX_XML_BYTES
from tipline.domain.cybertip.responses import CONTENT_TYPE, report_response
from tipline.interfaces.esp_api.auth import Gate
from tipline.interfaces.esp_api.pressure import Kind, Places, kind_of
from tipline.interfaces.esp_api.refusals import failure_of
from tipline.stages.intake.rules import Overloaded

FAILURE = failure_of(Overloaded())
_BODY = report_response(FAILURE.code, FAILURE.words)
_HEADERS = [
    (b"content-type", CONTENT_TYPE.encode()),
    (b"content-length", str(len(_BODY)).encode()),
    (b"retry-after", str(FAILURE.retry_after).encode()),
]


@dataclass(frozen=True, slots=True)
class Turnstile:
    """Stands before the door of one environment."""

    gate: Gate
    places: Places
    environment: str

    async def let_in(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """This function will give what reads the body of a call that may go on; None where it was turned away."""
        if not self._is_shut(scope):
            return receive
        seen: list[Message] = []
        body, more = bytearray(), True
        while more and len(body) <= MAX_XML_BYTES:
            seen.append(await receive())
            body += seen[-1].get("body", b"")
            more = seen[-1].get("more_body", False)
        is_whole = seen[-1]["type"] == "http.request" and not more
        if not is_whole or kind_of(body) is Kind.URGENT:
            return _again(seen, receive)
        await self.places.hold_back()
        await _turn_away(send)
        return None

    def _is_shut(self, scope: Scope) -> bool:
        if not (scope["method"] == "POST" and scope["path"].endswith("/submit") and self.places.are_short):
            return False
        headers = dict(scope["headers"])
        known = self.gate.recall(headers.get(b"authorization", b"").decode("latin-1"), self.environment)
        return known is not None and not self.places.has(known.esp.id, Kind.BEGINS)


async def _turn_away(send: Send) -> None:
    headers = [*_HEADERS, (b"request-id", secrets.token_hex(16).encode())]
    await send({"type": "http.response.start", "status": FAILURE.status, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})


def _again(seen: list[Message], receive: Receive) -> Receive:
    waiting = iter(seen)

    async def replayed() -> Message:
        return next(waiting, None) or await receive()

    return replayed
