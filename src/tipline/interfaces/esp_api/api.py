"""What a company's program may ask about its own reports, in JSON, beside the protocol: `/api`, and `/test/api`.

The same log-in as the reporting API, a path of its own: no client of the protocol meets it by accident.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from tipline.domain.cybertip.needs import NEEDS
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_api.auth import Gate
from tipline.interfaces.esp_api.bodies import read_id
from tipline.interfaces.esp_api.callers import remote_address
from tipline.interfaces.esp_api.own_reports import list_reports, read_report
from tipline.interfaces.esp_api.refusals import RETRY_SECONDS, failure_of
from tipline.reference.directory.queries import CheckedCredential
from tipline.stages.intake.acceptance import tend_connection

REALM = 'Basic realm="ESP Web Services"'
_LOG = logging.getLogger("tipline.esp_api")
T = TypeVar("T")


class Served(Protocol):
    """What this door needs of the process."""

    @property
    def gate(self) -> Gate:
        """Who checks callers."""

    @property
    def readers(self) -> Executor | None:
        """Threads with a database connection each; None: in place."""


class JsonDoor:
    """Serves the JSON paths of one environment."""

    def __init__(self, services: Callable[[], Served], environment: str) -> None:
        self._services = services
        self._environment = environment

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """This function will answer one request."""
        request = Request(scope, receive)
        try:
            response = JSONResponse(await self._serve(request))
        except Exception as error:
            response = _failed(request, error)
        response.headers["Request-ID"] = secrets.token_hex(16)
        response.headers["Cache-Control"] = "no-store"
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _serve(self, request: Request) -> dict[str, Any]:
        if request.method not in {"GET", "HEAD"}:
            raise Refusal("wrong_method", "Use GET.", field="GET")
        header = request.headers.get("authorization", "")
        caller = await self._services().gate.admit(header, self._environment, remote_address(request))
        work = self._work(path_of(request), request.url.query, caller)
        return await _in_thread(self._services().readers, work)

    def _work(self, path: str, query: str, caller: CheckedCredential) -> Callable[[], dict[str, Any]]:
        esp_id, environment = caller.esp.id, self._environment
        if path == "/quality":
            return needs
        if path == "/reports":
            after, size = _cursor(query)
            return lambda: list_reports(esp_id, environment, after=after, size=size)
        if path.startswith("/reports/"):
            number = read_id(path.removeprefix("/reports/"))
            return lambda: read_report(esp_id, environment, number)
        raise Refusal("no_such_call", "There is no such path.")


def path_of(request: Request) -> str:
    """This function will give the path below the mount."""
    full = str(request.scope["path"])
    return full.removeprefix(str(request.scope.get("root_path", ""))).rstrip("/")


def needs() -> dict[str, Any]:
    """This function will list what a report can lack, with its points: what the scores are made of."""
    told = [{"code": one.code, "points": one.points, "sentence": one.sentence, "element": one.element} for one in NEEDS]
    return {"whole": 100, "needs": told}


def _cursor(query: str) -> tuple[int, int]:
    asked = parse_qs(query, max_num_fields=8)
    after = read_id(asked["after"][-1]) if "after" in asked else 0
    size = asked["size"][-1] if "size" in asked else "100"
    if not (size.isascii() and size.isdigit() and len(size) <= _MOST_DIGITS):
        raise Refusal("bad_request", "The field size is not a number.", field="size")
    return after, min(max(int(size), 1), 500)


_MOST_DIGITS = 9


async def _in_thread(executor: Executor | None, work: Callable[[], T]) -> T:
    if executor is None:
        return work()

    def tended() -> T:
        tend_connection()
        return work()

    return await asyncio.get_running_loop().run_in_executor(executor, tended)


def _failed(request: Request, error: Exception) -> JSONResponse:
    failure = failure_of(error)
    if failure.status >= 500:
        _LOG.error("%s failed: %s", "/api", type(error).__name__)  # the type alone, as at the protocol's door
    code = error.code if isinstance(error, Refusal) else "unavailable" if failure.status == 503 else "fault"
    field = error.field if isinstance(error, Refusal) and failure.status == 400 else ""
    headers = {"WWW-Authenticate": REALM} if failure.status == 401 else {}
    if failure.status == 405:
        headers["Allow"] = "GET, HEAD"
    if failure.retry_after:
        headers["Retry-After"] = str(RETRY_SECONDS)
    told = {"error": code, "field": field, "sentence": failure.words}
    return JSONResponse(told, failure.status, headers)
