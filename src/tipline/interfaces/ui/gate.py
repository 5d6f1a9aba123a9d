"""Who may open which page. Every view declares it; a view that declares nothing opens for nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirect
from django.urls import reverse

from tipline.domain.actor import Actor, ActorKind
from tipline.interfaces.ui import errors
from tipline.platform import clock
from tipline.platform.accounts.queries import Account, account_of
from tipline.platform.accounts.records import Event, record
from tipline.platform.accounts.roles import Realm, Role
from tipline.platform.audit.act import Act, Outcome
from tipline.platform.config import settings
from tipline.platform.front.environ import caller_of

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may open a view: some roles, or everybody for a stated reason."""

    roles: frozenset[Role]
    open_because: str = ""


NOBODY = Rule(frozenset())


class Refused(Http404):
    """A page that is not there for whoever asks. Its act is audited after the request's transaction is undone."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self.act = act


def requires(*roles: Role) -> Callable[[View], View]:
    """This function will open a view to people of these roles who gave password and code in this session."""
    return _marked(Rule(frozenset(roles)))


def open_to_all(reason: str) -> Callable[[View], View]:
    """This function will open a view to everybody; `reason` says why that is right."""
    return _marked(Rule(frozenset(), open_because=reason))


def rule_of(view: Any) -> Rule | None:
    """This function will return the rule that a view declares, or None."""
    found = getattr(view, "rule", None)
    return found if isinstance(found, Rule) else None


def _marked(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = refuse(request, rule)
            return view(request, *args, **kwargs) if refusal is None else refusal

        guarded.rule = rule  # type: ignore[attr-defined]
        return guarded

    return mark


def refuse(request: HttpRequest, rule: Rule) -> HttpResponse | None:
    """This function will answer in the view's place where the rule does not let the request through."""
    if rule.open_because:
        return None
    user = user_of(request)
    if user is None:
        return to_login(request, why="")
    if not has_second_factor(request):
        return _go(request, reverse("mfa_activate_totp"))
    door = settings().role
    if user.role not in rule.roles or (door in Realm.values and user.realm != door):
        return _forbidden(request, user)
    return None


def has_second_factor(request: HttpRequest) -> bool:
    """This function will say whether a code was given in this very session."""
    return any(entry.get("method") == "mfa" for entry in get_authentication_records(request, request.user))


def to_login(request: HttpRequest, *, why: str) -> HttpResponse:
    """This function will send the reader to the log-in page, and back here afterwards."""
    target = reverse("account_login")
    back = request.GET.get("next", "") if request.path == target else request.get_full_path()
    query = {"next": back} if back and request.method == "GET" and not is_htmx(request) else {}
    if why:
        query["why"] = why
    return _go(request, f"{target}?{urlencode(query)}" if query else target)


def is_htmx(request: HttpRequest) -> bool:
    """This function will say whether a part of a page is asked for."""
    return request.headers.get("HX-Request") == "true"


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if is_htmx(request):  # A redirect would be swapped into the part: the whole page has to move.
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _forbidden(request: HttpRequest, user: Account) -> HttpResponse:
    # Answered and not raised: raising would roll the audit entry back with the request.
    match = request.resolver_match
    details = {"realm": user.realm, "reason": "role", "view": (match.view_name if match else "")[:64]}
    event = Event("account.refused", actor_of(request), user.id, Outcome.REFUSED, details)
    record(event=event, now=clock.now())
    return errors.forbidden(request)


def user_of(request: HttpRequest) -> Account | None:
    """This function will return the logged-in account, second factor or not."""
    user: Any = getattr(request, "user", None)
    return account_of(user) if user is not None and user.is_authenticated else None


def agency_of(request: HttpRequest) -> str:
    """This function will return the agency of the officer who asks, else an empty text."""
    user = user_of(request)
    return user.agency_id if user else ""


def esp_of(request: HttpRequest) -> int | None:
    """This function will return the id of the company whose user asks."""
    user = user_of(request)
    return user.esp_id if user else None


def origin_of(request: HttpRequest) -> str:
    """This function will return the network address that asks (`front.environ.caller_of`)."""
    return caller_of(request.META)


def actor_of(request: HttpRequest) -> Actor:
    """This function will name the acting party of a request."""
    user = user_of(request)
    if user is None:
        return Actor(ActorKind.PUBLIC, "reporter", origin=origin_of(request))
    return Actor(
        kind=ActorKind.USER,
        ident=user.username,
        role=user.role,
        agency=user.agency_id,
        session=request.session.session_key or "",
        origin=origin_of(request),
    )
