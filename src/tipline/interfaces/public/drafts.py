"""The answers so far, sealed into cookies of the visitor's own browser: the server keeps nothing before sending.

So each step can be an address of its own, "back" works, and nothing personal stands in an address. A cookie holds
4 KB at most: a long draft is cut over several. They end with the browser, with "Leave now", or some hours after
the last answer.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from tipline.domain.errors import Refusal
from tipline.interfaces.ui import sealing
from tipline.interfaces.ui.sealing import MOST_BYTES, Answers

LASTS_SECONDS = 3 * 3600
PIECE = 3500
PATH = "/tell/"
_NAME = "told"
_PURPOSE = "public-draft"


def new_handle() -> str:
    """This function will name a draft that begins now; the name opens nothing."""
    return secrets.token_hex(8)


def new() -> Answers:
    """This function will begin a draft: its secret once-only key makes two sendings of it one report."""
    return {"once": [secrets.token_hex(16)]}


def load(request: HttpRequest, handle: str) -> Answers | None:
    """This function will open the draft that the visitor's browser holds under a handle."""
    pieces = [request.COOKIES[name] for name in _names(request, handle)]
    return sealing.unseal("".join(pieces), purpose=_PURPOSE, lasts=LASTS_SECONDS) if pieces else None


def _names(request: HttpRequest, handle: str) -> list[str]:
    held = [name for name in request.COOKIES if name.startswith(f"{_NAME}_{handle}_")]
    return sorted(name for name in held if name.rpartition("_")[2].isdigit())


def keep(request: HttpRequest, response: HttpResponseBase, handle: str, answers: Answers) -> None:
    """This function will hand a draft to the visitor's browser. Raises Refusal `too_long`."""
    sealed = sealing.seal(answers, purpose=_PURPOSE)
    if len(sealed) > MOST_BYTES:
        raise Refusal("too_long", "This is too long for one report. Please make it shorter, or send it in parts.")
    pieces = [sealed[start : start + PIECE] for start in range(0, len(sealed), PIECE)]
    names = [f"{_NAME}_{handle}_{number:02}" for number in range(len(pieces))]
    for name, piece in zip(names, pieces, strict=True):
        response.set_cookie(
            name, piece, path=PATH, secure=settings.CSRF_COOKIE_SECURE, httponly=True, samesite="Strict"
        )
    _drop(response, [name for name in _names(request, handle) if name not in names])


def is_crowded(request: HttpRequest) -> bool:
    """This function will say whether the browser holds so many drafts that the next request could be refused."""
    return sum(len(value) for name, value in request.COOKIES.items() if name.startswith(f"{_NAME}_")) > MOST_BYTES // 3


def forget(request: HttpRequest, response: HttpResponseBase) -> None:
    """This function will take every draft out of the visitor's browser."""
    _drop(response, [name for name in request.COOKIES if name.startswith(f"{_NAME}_")])


def _drop(response: HttpResponseBase, names: list[str]) -> None:
    for name in names:
        response.delete_cookie(name, path=PATH, samesite="Strict")
