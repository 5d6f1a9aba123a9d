"""What holds for every request: headers, the idle lock, the database's scope, and no page without a rule."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from tipline.interfaces.ui import errors, gate
from tipline.platform import clock
from tipline.platform.accounts.queries import Account
from tipline.platform.accounts.records import Event, record
from tipline.platform.accounts.roles import Realm
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.audit.service import record as write
from tipline.platform.config import settings
from tipline.platform.front.front import REFUSAL

Next = Callable[[HttpRequest], HttpResponseBase]
BEGAN_AT, SEEN_AT = "began_at", "seen_at"
TOUCH_SECONDS = 10
"""The session row is written at most this often; the lock may come this much early, never late."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class HeadersMiddleware:
    """Adds the headers that no other middleware sets, to every answer, errors included."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class BodyMiddleware:
    """Answers where the front did not take a request's body; no session is opened and no page is called."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        status = request.META.get(REFUSAL)
        return errors.body_refused(status) if isinstance(status, int) else self.get_response(request)


class IdleLockMiddleware:
    """Ends sessions that were idle or lived too long, on the server: the old cookie opens nothing any more.

    Source: CJIS AC-11 (idle) and IA-11 (twelve hours).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = gate.user_of(request)
        if user is None:
            return self.get_response(request)
        now = clock.now()
        reason = _lock_reason(request, now)
        if reason:
            return _lock(request, user, reason)
        if now.timestamp() - request.session[SEEN_AT] >= TOUCH_SECONDS:
            request.session[SEEN_AT] = now.timestamp()
        return self.get_response(request)


def _lock_reason(request: HttpRequest, now: datetime) -> str:
    began, seen = request.session.get(BEGAN_AT), request.session.get(SEEN_AT)
    if began is None or seen is None:
        return "idle"
    if now.timestamp() - began >= timedelta(hours=settings().session_hours).total_seconds():
        return "age"
    return "idle" if now.timestamp() - seen >= timedelta(minutes=settings().idle_minutes).total_seconds() else ""


def _lock(request: HttpRequest, user: Account, reason: str) -> HttpResponse:
    details = {"realm": user.realm, "reason": reason}
    with transaction.atomic():
        record(event=Event("account.locked", gate.actor_of(request), user.id, details=details), now=clock.now())
        request.session.flush()
    return gate.to_login(request, why=reason)


class ScopeMiddleware:
    """Runs a portal's or a company's request in one transaction in which the database knows who asks.

    A streamed body is sent after that transaction: it must open an `agency_scope` of its own.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = gate.user_of(request)
        scoped = user is not None and user.realm in (Realm.PORTAL, Realm.ESP_WEB)
        with agency_scope(agency=user.agency_id, esp=user.esp_id) if user and scoped else nullcontext():
            return self.get_response(request)


class RuleMiddleware:
    """Keeps pages closed whose view declares no rule; declared rules check themselves. Refusals are audited."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """This function will audit what was refused; the request's own transaction is undone by then."""
        if isinstance(error, gate.Refused):
            with transaction.atomic():
                write(error.act)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """This function will answer for a view without a rule."""
        if gate.rule_of(view) is not None:
            return None
        with transaction.atomic():
            return gate.refuse(request, gate.NOBODY)
