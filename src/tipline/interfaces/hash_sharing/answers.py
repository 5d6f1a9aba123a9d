"""How each form of the door says no: a status of its own, a small body in the form's language, never a page."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse

from tipline.domain.errors import Refusal
from tipline.domain.hashsharing import render

RETRY_SECONDS = 5
REALM = 'Basic realm="Hash sharing"'
_LOG = logging.getLogger("tipline.hash_sharing")
_STATUS = {
    "no_credential": 401,
    "not_yours": 403,
    "never_fetched": 403,
    "no_such_call": 404,
    "no_such_entry": 404,
    "no_such_member": 404,
    "no_such_print": 404,
    "no_such_type": 404,
    "no_entry": 404,
    "wrong_method": 405,
    "length_missing": 411,
    "too_big": 413,
    "too_many": 429,
    "busy": 503,
}


class Wait(Refusal):
    """A refusal that ends by itself."""

    def __init__(self, code: str, sentence: str, seconds: int) -> None:
        super().__init__(code, sentence)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Form:
    """The language of one form of the door: content type, and how an error is written."""

    content_type: str
    write_error: Callable[[str, str], bytes]

    def answer(self, content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """This function will make a response of this form."""
        return HttpResponse(content, status=status, content_type=self.content_type, headers=dict(headers or {}))

    def refusal(self, refusal: Refusal) -> HttpResponse:
        """This function will turn a refusal into an answer."""
        status = _STATUS.get(refusal.code, 400)
        headers: dict[str, str] = {}
        if status == 401:
            headers["WWW-Authenticate"] = REALM
        if status == 405:
            headers["Allow"] = refusal.field
        if isinstance(refusal, Wait):
            headers["Retry-After"] = str(refusal.seconds)
        return self.answer(self.write_error(refusal.code, refusal.sentence), status, headers)

    def failure(self, error: Exception, what: str) -> HttpResponse:
        """This function will answer an outage or a bug; the log gets its type alone."""
        _LOG.error("%s failed: %s", what, type(error).__name__)
        if isinstance(error, OperationalError | InterfaceError):
            return self.refusal(Wait("busy", "Temporarily unavailable. Please try again.", RETRY_SECONDS))
        return self.answer(self.write_error("failed", "Something failed here. Nothing was changed."), 500)


def _message(code: str, sentence: str) -> bytes:
    return json.dumps({"code": code, "message": sentence}).encode()


def _detail(code: str, sentence: str) -> bytes:
    return json.dumps({"detail": sentence}).encode()


XML = Form(render.CONTENT_TYPE, render.render_error)
STOPNCII = Form("application/json", _message)
SHIELD = Form("application/json", _detail)


def form_of(path: str) -> Form:
    """This function will tell the form of an address, known or not."""
    first = path.removeprefix("/test").lstrip("/").partition("/")[0]
    return {"stopncii": STOPNCII, "shield": SHIELD}.get(first, XML)
