"""The forms of the log-in: one code, accepted once."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as LibraryLoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.exceptions import ValidationError

from tipline.interfaces.ui.login.adapters import note_failed_try, refuse_locked
from tipline.platform import clock
from tipline.platform.accounts import seal, service

_WRONG_CODE = "This code is wrong or was used before. Wait for the next one in your authenticator."
_CODE_LABEL = "Six-digit code"  # the list of what is wrong calls the field what the page calls it
_CODE_MARKS = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "maxlength": "24",
    "class": "gate__code",
}


class LoginForm(LibraryLoginForm):  # type: ignore[misc]
    """Account name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs = {
            "autocomplete": "username",
            "autofocus": True,
            "spellcheck": "false",
        }
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The authenticator's code, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _CODE_LABEL
        self.fields["code"].widget.attrs = {**_CODE_MARKS, "autofocus": True}

    def clean_code(self) -> str:
        """This function will accept a right code once; a wrong or used one counts as a failed try."""
        refuse_locked(context.request, self.user.username)
        code = str(self.cleaned_data["code"])
        for row in Authenticator.objects.filter(user_id=self.user.pk):
            if self._accepts(row, code):
                row.user = self.user
                self.authenticator = row
                return code
        note_failed_try(context.request, username=self.user.username, verb="account.mfa_failed")
        raise ValidationError(_WRONG_CODE, code="wrong")

    def _accepts(self, row: Authenticator, code: str) -> bool:
        if row.type == Authenticator.Type.TOTP:
            secret = seal.unseal(row.data["secret"])
            return service.use_totp_code(user_id=self.user.pk, secret=secret, code=code, now=clock.now())
        return service.use_recovery_code(user_id=self.user.pk, code=code)


class SetUpForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _CODE_LABEL
        self.fields["code"].widget.attrs = dict(_CODE_MARKS)

    def clean_code(self) -> str:
        """This function will accept the new authenticator's code and burn it."""
        code = str(self.cleaned_data["code"])
        if not service.use_totp_code(user_id=self.user.pk, secret=self.secret, code=code, now=clock.now()):
            raise ValidationError(_WRONG_CODE, code="wrong")
        return code
