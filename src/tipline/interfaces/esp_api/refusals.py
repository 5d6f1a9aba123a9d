"""Every way in which a call can fail, with its HTTP status and its code. The one table.

Source: reporting API, sections 1, 2 and 6b.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import InterfaceError, OperationalError

from tipline.domain.cybertip.responses import ResponseCode
from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_api.pressure import OverQuota
from tipline.platform.vault.errors import StoreOutage
from tipline.stages.intake.acceptance import Outage
from tipline.stages.intake.rules import Overloaded

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Failure:
    """What goes back: HTTP status, code, words (empty: the code's own), seconds until a retry (0: none)."""

    status: int
    code: ResponseCode
    words: str = ""
    retry_after: int = 0


_BY_REFUSAL: dict[str, tuple[int, ResponseCode]] = {
    "no_credential": (401, ResponseCode.AUTHENTICATION_REQUIRED),
    "no_such_call": (404, ResponseCode.NOT_FOUND),
    "wrong_method": (405, ResponseCode.INVALID_REQUEST),
    "bad_request": (400, ResponseCode.INVALID_REQUEST),
    "too_big": (413, ResponseCode.INVALID_REQUEST),
    "bad_upload": (400, ResponseCode.MALFORMED_FILE),
    "key_reused": (422, ResponseCode.INVALID_REQUEST),
    "no_such_report": (404, ResponseCode.NO_SUCH_REPORT),
    "no_such_file": (404, ResponseCode.NO_SUCH_FILE),
    "retracted": (409, ResponseCode.ALREADY_RETRACTED),
    "finished": (409, ResponseCode.ALREADY_FINISHED),
    # Two calls at once on one report: the other one ended it a moment ago.
    "wrong_state": (409, ResponseCode.ALREADY_FINISHED),
    "already_described": (409, ResponseCode.UPDATE_FAILED),
}
OUTAGES = (Outage, Overloaded, OperationalError, InterfaceError, StoreOutage)


def failure_of(error: BaseException) -> Failure:
    """This function will turn any error into what the caller is told; a bug tells nothing but its code."""
    if isinstance(error, ViolationError):
        return Failure(400, error.response_code, error.sentence)
    if isinstance(error, Refusal) and error.code in _BY_REFUSAL:
        status, code = _BY_REFUSAL[error.code]
        return Failure(status, code, error.sentence)
    if isinstance(error, OverQuota):
        words = f"More calls than agreed. Nothing was stored. Please try again in {error.seconds} s."
        return Failure(429, ResponseCode.SERVER_ERROR, words, error.seconds)
    if isinstance(error, OUTAGES):
        words = "Temporarily unavailable, nothing was stored. Please try again."
        if isinstance(error, Outage) and error.maybe_done:
            words = "Temporarily unavailable. Please try again."
        return Failure(503, ResponseCode.SERVER_ERROR, words, RETRY_SECONDS)
    return Failure(500, ResponseCode.SERVER_ERROR)
