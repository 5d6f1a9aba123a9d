"""The reachable log-in pages; a staff door includes them under account/."""

from __future__ import annotations

from allauth.account import views as account_views
from allauth.mfa.recovery_codes import views as recovery_views
from django.contrib.auth.decorators import login_required
from django.urls import path

from tipline.interfaces.ui.gate import open_to_all, requires
from tipline.interfaces.ui.login import views
from tipline.platform.accounts.roles import Role

_before = open_to_all("the log-in itself")
_between = open_to_all("after the password, before the second factor is set up")

urlpatterns = [
    path("login/", _before(views.LoginView.as_view()), name="account_login"),
    path("code/", _before(views.CodeView.as_view()), name="mfa_authenticate"),
    path("logout/", _before(account_views.logout), name="account_logout"),
    path("closed/", _before(account_views.account_inactive), name="account_inactive"),
    path("authenticator/", _between(login_required(views.SetUpView.as_view())), name="mfa_activate_totp"),
    path("authenticator/key.svg", _between(views.totp_picture), name="mfa_totp_picture"),
    path("recovery-codes/", requires(*Role)(recovery_views.view_recovery_codes), name="mfa_view_recovery_codes"),
]
