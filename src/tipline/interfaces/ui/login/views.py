"""The log-in pages that differ from the library's."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import LoginView as LibraryLoginView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from tipline.interfaces.ui import gate
from tipline.interfaces.ui.login.adapters import LOCKED
from tipline.platform import clock
from tipline.platform.accounts.records import Event, record


class LoginView(LibraryLoginView):  # type: ignore[misc]
    """Account name and password."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """This function will show the page of a locked log-in, or the form with what is wrong."""
        if form.has_error("__all__", code=LOCKED):
            return render(self.request, "locked.html", status=403)
        return super().form_invalid(form)  # type: ignore[no-any-return]


class CodeView(AuthenticateView):  # type: ignore[misc]
    """The code, after the password."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """This function will show the page of a locked log-in, or the form with what is wrong."""
        if form.has_error("code", code=LOCKED):
            return render(self.request, "locked.html", status=403)
        return super().form_invalid(form)  # type: ignore[no-any-return]


class SetUpView(ActivateTOTPView):  # type: ignore[misc]
    """The authenticator's set-up, on the first log-in; never in place of one that is there."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """This function will turn away whoever has an authenticator already."""
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return HttpResponseRedirect("/")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    def get_success_url(self) -> str:
        """This function will show the recovery codes next."""
        return reverse("mfa_view_recovery_codes")

    def form_valid(self, form: Any) -> HttpResponse:
        """This function will enrol the authenticator; its first code is this session's second factor."""
        response = super().form_valid(form)
        user = gate.user_of(self.request)
        assert user is not None
        record_authentication(self.request, self.request.user, "mfa", type=str(Authenticator.Type.TOTP))
        details = {"realm": user.realm, "method": "totp"}
        record(
            event=Event("account.mfa_enrolled", gate.actor_of(self.request), user.id, details=details),
            now=clock.now(),
        )
        return response  # type: ignore[no-any-return]


def totp_picture(request: HttpRequest) -> HttpResponse:
    """This function will draw the key of a set-up under way as a QR code."""
    user = gate.user_of(request)
    if user is None or is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
        return HttpResponse(status=404)
    adapter = get_adapter()
    drawing = adapter.build_totp_svg(adapter.build_totp_url(request.user, get_totp_secret()))
    return HttpResponse(drawing, content_type="image/svg+xml")
