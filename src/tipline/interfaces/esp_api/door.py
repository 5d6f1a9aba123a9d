"""The door itself: which call, who calls, one answer for every outcome, a Request-ID on each."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from tipline.domain.cybertip.responses import done_response, report_response
from tipline.domain.cybertip.rules import ParseOptions
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_api.api import JsonDoor
from tipline.interfaces.esp_api.auth import Gate
from tipline.interfaces.esp_api.bodies import drain
from tipline.interfaces.esp_api.callers import remote_address
from tipline.interfaces.esp_api.calls import CALLS, Call, Writer, answer
from tipline.interfaces.esp_api.log_ins import LogIns
from tipline.interfaces.esp_api.pressure import Places, Quotas
from tipline.interfaces.esp_api.pulse import Pulse
from tipline.interfaces.esp_api.refusals import Failure, failure_of
from tipline.interfaces.esp_api.sandbox import Book, Heard, Watch
from tipline.interfaces.esp_api.turnstile import FAILURE, Turnstile
from tipline.platform.config import settings
from tipline.stages.intake.acceptance import Acceptance
from tipline.stages.intake.esp import Sender
from tipline.stages.intake.rules import Overloaded

MOUNTS = {"/ispws": "production", "/test/ispws": "test"}
JSON_MOUNTS = {"/api": "production", "/test/api": "test"}
REALM = 'Basic realm="ESP Web Services"'
VAULT_THREADS = 4
CHECK_THREADS = 2
READ_THREADS = 2
SLOW_THREADS = 1  # a slow comparison takes 19 MiB and a core
_LOG = logging.getLogger("tipline.esp_api")


@dataclass(frozen=True, slots=True)
class Services:
    """What the door is built upon; tests hand in their own. Without an executor, work is done in place.

    `readers` are threads with a connection of their own, for what companies' programs ask beside the protocol. `book`
    notes what the test side hears; `pulse` counts how production is answered.
    """

    gate: Gate
    writer: Writer
    executor: Executor | None = None
    readers: Executor | None = None
    places: Places = field(default_factory=Places)
    quotas: Quotas = field(default_factory=Quotas)
    book: Book | None = None
    pulse: Pulse | None = None


class Door:
    """Serves every path of one environment."""

    def __init__(self, services: Callable[[], Services], environment: str) -> None:
        self._services = services
        self._environment = environment
        self._calls = CALLS if environment else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """This function will answer one request, and have it noted where it is no business of production's."""
        if self._environment == "production":
            await self._in_production(scope, receive, send)
            return
        request = Request(scope)
        watch = Watch(receive, _path(request))
        request = Request(scope, watch.receive)
        response = await self._answer(request)
        await response(scope, watch.receive, send)
        services = self._services()
        if services.book is not None:
            await services.book.note(request.state.heard, watch, request, response, services.gate)

    async def _in_production(self, scope: Scope, receive: Receive, send: Send) -> None:
        services = self._services()
        onward = await Turnstile(services.gate, services.places, self._environment).let_in(scope, receive, send)
        if onward is None:
            _count(services, FAILURE.status)
            return
        response = await self._answer(Request(scope, onward))
        _count(services, response.status_code)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        request.state.id = secrets.token_hex(16)
        request.state.heard = Heard(_path(request))
        try:
            response = await self._serve(request)
        except ClientDisconnect:
            # The server tells a malformed body as a caller who has gone: a caller who is there gets an answer.
            response = await self._failed(request, Refusal("bad_request", "The body breaks off or cannot be read."))
        except Exception as error:
            response = await self._failed(request, error)
        response.headers["Request-ID"] = request.state.id
        if request.method == "HEAD":
            response.body = b""
        return response

    async def _serve(self, request: Request) -> Response:
        method, call = self._calls.get(_path(request), ("", None))
        if call is None:
            raise Refusal("no_such_call", "")
        if request.method != method and (request.method, method) != ("HEAD", "GET"):
            raise Refusal("wrong_method", f"Use {method}.", field=method)
        services = self._services()
        origin = remote_address(request)
        header = request.headers.get("authorization", "")
        credential = await services.gate.admit(header, self._environment, origin)
        heard: Heard = request.state.heard
        heard.esp_id, heard.username = credential.esp.id, credential.username
        ways = credential.ways
        services.quotas.spend(credential.esp.id, ways.calls_a_minute or settings().esp_calls_a_minute)
        options = ParseOptions(ways.reporter_email_required, ways.strict_attributes)
        sender = Sender(credential.esp.id, credential.esp.name, self._environment, origin, options)
        served_by = (services.writer, services.executor, services.places)
        return await call(Call(request, sender, credential.username, *served_by))

    async def _failed(self, request: Request, error: Exception) -> Response:
        request.state.heard.error = error
        failure = failure_of(error)
        if isinstance(error, Overloaded):
            await self._services().places.hold_back()
        elif failure.status >= 500:
            # The type alone: a message could hold what somebody reported.
            _LOG.error("%s failed: %s, request %s", _path(request), type(error).__name__, request.state.id)
        await drain(request)
        return answer(_content(request, failure), failure.status, _headers(error, failure))


def _count(services: Services, status: int) -> None:
    if services.pulse is not None:
        services.pulse.count(status)


def _content(request: Request, failure: Failure) -> bytes:
    # Source: reporting API, section 1: at /finish a real client parses this form alone.
    if _path(request) == "/finish" and failure.status not in {401, 405}:
        return done_response(failure.code, request.state.heard.number)
    return report_response(failure.code, failure.words)


def _headers(error: Exception, failure: Failure) -> dict[str, str]:
    headers = {}
    if failure.status == 401:
        headers["WWW-Authenticate"] = REALM
    if failure.status == 405 and isinstance(error, Refusal):
        headers["Allow"] = "GET, HEAD" if error.field == "GET" else error.field
    if failure.retry_after:
        headers["Retry-After"] = str(failure.retry_after)
    return headers


def _path(request: Request) -> str:
    full = str(request.scope["path"])
    return full.removeprefix(str(request.scope.get("root_path", "")))


class Doors:
    """Finds the door of a path: a mount and what is below it. A table of routes took longer than the whole log-in."""

    def __init__(self, mounts: Mapping[str, ASGIApp], otherwise: ASGIApp) -> None:
        self._mounts, self._otherwise = mounts, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """This function will hand a request to its door."""
        path = str(scope["path"])
        mount = next((mount for mount in self._mounts if path.startswith(f"{mount}/")), None)
        if mount is None:
            await self._otherwise(scope, receive, send)
        else:
            await self._mounts[mount]({**scope, "root_path": mount}, receive, send)


def create_app(services: Services | None = None) -> Router:
    """This function will make the application; without services, those of a real process."""
    held: list[Services] = [services] if services else []

    def current() -> Services:
        return held[0]

    @asynccontextmanager
    async def lifespan(app: Router) -> AsyncIterator[None]:
        if held:
            yield
            return
        acceptance = Acceptance()
        with (
            ThreadPoolExecutor(VAULT_THREADS) as executor,
            ThreadPoolExecutor(CHECK_THREADS) as checks,
            ThreadPoolExecutor(SLOW_THREADS) as slow,
            ThreadPoolExecutor(READ_THREADS) as readers,
            ThreadPoolExecutor(1) as noting,
        ):
            served = Services(Gate(checks, LogIns(), slow=slow), acceptance, executor, readers)
            pulse = Pulse(noting)
            held.append(replace(served, book=Book(noting), pulse=pulse))
            beating = asyncio.ensure_future(pulse.beat())
            yield
            beating.cancel()
            await acceptance.stop()

    mounts: dict[str, ASGIApp] = {path: Door(current, environment) for path, environment in MOUNTS.items()}
    mounts |= {path: JsonDoor(current, environment) for path, environment in JSON_MOUNTS.items()}
    return Router(default=Doors(mounts, Door(current, "")), redirect_slashes=False, lifespan=lifespan)
