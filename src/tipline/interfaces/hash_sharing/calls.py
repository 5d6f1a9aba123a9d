"""One address: which methods it takes, who calls, one answer for every outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from tipline.domain.errors import Refusal
from tipline.interfaces.hash_sharing.answers import Form
from tipline.interfaces.hash_sharing.callers import CALLERS, Place
from tipline.interfaces.ui.gate import open_to_all, origin_of

PIECE_BYTES = 64 * 1024
Work = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Knock:
    """How a form of the door reads who calls: what was presented, for which scope and environment."""

    form: Form
    scope: str
    read: Callable[[HttpRequest], tuple[str, str] | None]


def call(knock: Knock, environment: str, **methods: Work) -> Callable[..., HttpResponseBase]:
    """This function will make the view of one address; `methods` name the work of each HTTP method.

    The work is given the caller, the request and what stands in the address.
    """
    allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else [])])

    def serve(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            work = methods.get("GET" if request.method == "HEAD" else str(request.method))
            if work is None:
                raise Refusal("wrong_method", f"Use {allowed}.", field=allowed)
            place = Place(knock.scope, environment, origin_of(request))
            return work(CALLERS.admit(knock.read(request), place), request, **named)
        except Refusal as refusal:
            return knock.form.refusal(refusal)
        except Exception as error:  # a bug or an outage: rolled back by now, told without its message
            return knock.form.failure(error, f"{knock.scope} {request.method}")

    # No session, no cookie: a program proves itself with each call, so there is no form to forge.
    return csrf_exempt(open_to_all("a partner's program proves itself by its own credential")(serve))


def pieces(request: HttpRequest, most: int) -> Iterator[bytes]:
    """This function will read a body piece by piece. Raises Refusal `length_missing` or `too_big`."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        raise Refusal("length_missing", "Say the length of the body in Content-Length.")
    if int(length) > most:
        raise Refusal("too_big", f"The body is larger than {most} bytes.")
    while piece := request.read(PIECE_BYTES):
        yield piece


def read_body(request: HttpRequest, most: int) -> bytes:
    """This function will read a whole small body. Raises Refusal `length_missing` or `too_big`."""
    return b"".join(pieces(request, most))
