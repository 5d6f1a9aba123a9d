"""Who calls: the slow check of a credential once, then a minute of memory; brakes; the audit of log-ins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.domain.networks import site_of
from tipline.interfaces.hash_sharing.answers import Wait
from tipline.interfaces.wire.brake import Brake
from tipline.interfaces.wire.memory import Memory
from tipline.interfaces.wire.sparing import Sparing
from tipline.platform import clock
from tipline.platform.audit.act import Detail, Outcome
from tipline.platform.audit.service import Act, record
from tipline.reference.partners import queries as partners
from tipline.reference.partners.values import CheckedPartner

WRONG_A_MINUTE = 20  # from one address; then nothing is checked for it until the minute is over
CHECKS_AT_ONCE = 2  # each takes 19 MiB and some 20 ms of a core
CHECK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody knocks: scope and environment of a credential, and the address that calls."""

    scope: str
    environment: str
    origin: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner's program that proved who it is."""

    partner: CheckedPartner
    place: Place

    @property
    def id(self) -> int:
        """The partner's number, which is its member number too."""
        return self.partner.partner_id

    @property
    def actor(self) -> Actor:
        """The acting party of the audit."""
        return _actor(str(self.id), self.place.origin)

    def note(self, verb: str, about: str, ident: str, /, *, size: int | None = None, **details: Detail) -> None:
        """This function will write one audit entry into the current transaction."""
        act = Act(clock.now(), self.actor, verb, about, ident, details=details, size_bytes=size)
        record(act)


def _actor(ident: str, origin: str) -> Actor:
    return Actor(ActorKind.PARTNER, ident, role="hash_sharing", origin=origin)


class Callers:
    """Admits callers. One for each process."""

    def __init__(self) -> None:
        self._memory: Memory[CheckedPartner] = Memory()
        self._checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)
        self._wrong, self._calls, self._sparing = Brake(), Brake(), Sparing()

    def admit(self, given: tuple[str, str] | None, place: Place) -> Caller:
        """This function will tell which partner calls, and count the call.

        Raises Refusal `no_credential`, Wait `too_many` or `busy`, DatabaseError.
        """
        if given is None:
            raise _unknown()
        mark = self._memory.mark(place.scope, place.environment, *given)
        found = self._memory.recall(mark) or self._checked(mark, given, place)
        wait = self._calls.count((found.partner_id, place.scope), found.requests_per_minute)
        if wait:
            limit = found.requests_per_minute
            raise Wait("too_many", f"The agreement allows {limit} requests a minute. Please wait.", wait)
        return Caller(found, place)

    def _checked(self, mark: bytes, given: tuple[str, str], place: Place) -> CheckedPartner:
        if wait := self._wrong.is_full(site_of(place.origin), WRONG_A_MINUTE):
            raise Wait("too_many", "Too many wrong log-ins from this address. Please wait.", wait)
        if not self._checks.acquire(timeout=CHECK_SECONDS):
            raise Wait("busy", "Too many log-ins at once. Please try again.", 1)
        try:
            # Another thread may have checked the very same credential while this one waited.
            found = self._memory.recall(mark) or self._ask(given, place)
        finally:
            self._checks.release()
        if found is None:
            self._wrong.count(site_of(place.origin), WRONG_A_MINUTE)
            raise _unknown()
        self._memory.keep(mark, found)
        return found

    @transaction.atomic
    def _ask(self, given: tuple[str, str], place: Place) -> CheckedPartner | None:
        name, secret = given
        found = partners.check_credential(
            username=name[:80], secret=secret, scope=place.scope, environment=place.environment, now=clock.now()
        )
        if found is None and self._sparing.may_enter_wrong():
            _enter(place, "unknown", "partner.authentication_failed", reason="credential")
        if found is not None and self._sparing.is_new(found.credential_id, place.origin):
            _enter(place, str(found.partner_id), "partner.authenticated")
        return found


def _enter(place: Place, ident: str, verb: str, **details: str) -> None:
    told = {"scope": place.scope, "environment": place.environment, **details}
    outcome = Outcome.REFUSED if ident == "unknown" else Outcome.DONE
    record(Act(clock.now(), _actor(ident, place.origin), verb, "partner", ident, outcome=outcome, details=told))


def _unknown() -> Refusal:
    return Refusal("no_credential", "Log in with the credential that was issued for this list.")


CALLERS = Callers()
Given = Callable[..., tuple[str, str] | None]
