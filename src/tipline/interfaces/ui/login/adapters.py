"""The log-in library's questions, answered by our accounts: locks, audit, sealed secrets, no mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from tipline.domain.actor import Actor, ActorKind
from tipline.interfaces.ui import gate
from tipline.interfaces.ui.middleware import BEGAN_AT, SEEN_AT
from tipline.platform import clock
from tipline.platform.accounts import lockout, queries, seal
from tipline.platform.accounts.records import Event, record
from tipline.platform.audit.act import Detail, Outcome
from tipline.platform.config import settings

LOCKED = "locked"
LOCKED_SENTENCE = "This log-in is locked after five failed tries. An administrator has to release it."
WRONG_SENTENCE = (
    "This account name and this password do not go together. Please check both and try again; capitals count in the "
    "password. After five failed tries the log-in is locked, and an administrator has to release it."
)


def note_failed_try(request: HttpRequest, *, username: str, verb: str) -> None:
    """This function will keep a failed password or code, in the audit too, and lock where it was the fifth.

    Raises ValidationError with the code "locked" for the try that locks.
    """
    now, account = clock.now(), queries.find_user(username)
    by = Actor(ActorKind.USER, account.username if account else "unknown", origin=gate.origin_of(request))
    details = {"realm": settings().role, "reason": "wrong" if account else "unknown_account"}
    account_id = account.id if account else None
    record(event=Event(verb, by, account_id, Outcome.REFUSED, details), now=now)
    if lockout.note_failure(username=username, origin=gate.origin_of(request), now=now):
        counted: dict[str, Detail] = {"realm": settings().role, "failures": lockout.FAILURES}
        record(event=Event("account.locked_out", by, account_id, details=counted), now=now)
        raise ValidationError(LOCKED_SENTENCE, code=LOCKED)


def refuse_locked(request: HttpRequest, username: str) -> None:
    """This function will raise ValidationError with the code "locked" where the log-in is locked."""
    if lockout.is_locked(username=username, origin=gate.origin_of(request)):
        raise ValidationError(LOCKED_SENTENCE, code=LOCKED)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in and log-out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """This function will keep sign-up closed: accounts are made by administrators."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """This function will refuse a locked log-in before the password is looked at."""
        refuse_locked(request, str(credentials.get("username", "")))

    def _rollback_login_failed_rl_usage(self) -> None:
        """The library's own counting of failures is not used: `lockout` counts, in the database."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """This function will keep a failed try."""
        note_failed_try(request, username=str(credentials.get("username", "")), verb="account.login_failed")
        raise ValidationError(WRONG_SENTENCE, code="wrong")

    def login(self, request: HttpRequest, user: Any) -> None:
        """This function will begin the session after every proof was given."""
        super().login(request, user)
        now = clock.now()
        request.session[BEGAN_AT] = request.session[SEEN_AT] = now.timestamp()
        lockout.note_success(username=user.username, origin=gate.origin_of(request))
        method = "password+code" if gate.has_second_factor(request) else "password"
        details = {"realm": user.realm, "method": method}
        record(event=Event("account.logged_in", gate.actor_of(request), user.pk, details=details), now=now)

    def logout(self, request: HttpRequest) -> None:
        """This function will end the session."""
        user = gate.user_of(request)
        if user is not None:
            details = {"realm": user.realm, "reason": "by_self"}
            record(
                event=Event("account.logged_out", gate.actor_of(request), user.id, details=details),
                now=clock.now(),
            )
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """This function will send a logged-in person to the door's first page."""
        return "/"

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """This function will send a logged-out person back to the log-in."""
        return str(self.get_login_url())

    def get_login_url(self) -> str:
        """This function will return the log-in page's path."""
        return reverse("account_login")

    def get_client_ip(self, request: HttpRequest) -> str:
        """This function will return the address as the rest of the house sees it."""
        return gate.origin_of(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The library's own messages are not shown: our pages say what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail: an account's name need not be an address."""


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticators."""

    def encrypt(self, text: str) -> str:
        """This function will seal an authenticator secret."""
        return seal.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """This function will open an authenticator secret."""
        return seal.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """This function will name the account's issuer in the authenticator app."""
        return "Tipline"
