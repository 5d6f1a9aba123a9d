"""The company's people: its administrator asks colleagues in, gives roles, lets them go; whoever was asked joins."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.esp_web import brakes
from tipline.interfaces.esp_web.views import ADMINISTRATOR, frame, own_id
from tipline.interfaces.ui.gate import actor_of, open_to_all
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.platform.accounts import colleagues
from tipline.platform.accounts.colleagues import NewColleague
from tipline.platform.accounts.roles import COMPANY_READERS, Role

_JOIN = open_to_all("whoever was asked in has no account yet; the one-time code is the key")
ROLES = {
    Role.ESP_USER: "Reader: sees reports, quality and outcomes",
    Role.ESP_REPORTER: "Reporter: also writes reports with the form",
    Role.ESP_ADMIN: "Administrator: also people, log-ins, profile",
}
_CHOICES = [(str(role), ROLES[role]) for role in COMPANY_READERS]


class InviteForm(forms.Form):
    """Whom to ask in."""

    full_name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    username = forms.CharField(
        label="Account name",
        help_text="What the person types to log in, for example the work e-mail address.",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label="Role", choices=_CHOICES, initial=Role.ESP_USER, widget=forms.RadioSelect)


class JoinForm(forms.Form):
    """The code, and the password of the new account."""

    code = forms.CharField(
        label="Your invitation’s code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "class": "gate__code"}),
    )
    password = forms.CharField(
        label="A new password",
        help_text="At least twelve signs; several words are best.",
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same again", max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """This function will compare the two."""
        held = super().clean() or {}
        if held.get("password") and held.get("again") and held["password"] != held["again"]:
            self.add_error("again", "The two differ. Please type the password again.")
        return held


@ADMINISTRATOR
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """This function will list the company's people and open invitations."""
    return _page(request, InviteForm())


@ADMINISTRATOR
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """This function will ask a colleague in and show the code, this once."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    held = form.cleaned_data
    new = NewColleague(held["username"], held["full_name"], Role(held["role"]))
    try:
        code = colleagues.invite(esp_id=own_id(request), new=new, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return _page(request, form, status=400)
    return _page(request, InviteForm(), code=code, asked=new)


@ADMINISTRATOR
@require_POST
def withdraw(request: HttpRequest, ident: int) -> HttpResponseBase:
    """This function will take an invitation back."""
    colleagues.withdraw(esp_id=own_id(request), invitation_id=ident, by=actor_of(request), now=clock.now())
    messages.success(request, "Taken back. The code opens nothing any more.")
    return redirect("esp_web:people")


@ADMINISTRATOR
@require_POST
def change(request: HttpRequest, ident: int) -> HttpResponseBase:
    """This function will give a colleague another role, or let the colleague go."""
    esp_id, by, now, role = own_id(request), actor_of(request), clock.now(), request.POST.get("role", "")
    try:
        if role == "go":
            colleagues.let_go(esp_id=esp_id, account_id=ident, by=by, now=now)
        elif role in Role.values:
            colleagues.change_role(esp_id=esp_id, account_id=ident, role=Role(role), by=by, now=now)
        else:
            raise Refusal("no_role", "Choose a role.")
    except Refusal as refusal:
        return _page(request, InviteForm(), status=400, refusal=refusal)
    messages.success(request, "Done. Open sessions of that person have ended.")
    return redirect("esp_web:people")


def _page(request: HttpRequest, form: InviteForm, status: int = 200, **more: Any) -> HttpResponse:
    esp_id = own_id(request)
    lines = [(one, ROLES.get(Role(one.role), "").partition(":")[0]) for one in colleagues.list_colleagues(esp_id)]
    shown = {
        "lines": lines,
        "own_name": actor_of(request).ident,
        "invitations": colleagues.list_invitations(esp_id=esp_id, now=clock.now()),
        "roles": [(str(role), words.partition(":")[0]) for role, words in ROLES.items()],
        "form": form,
        **more,
    }
    return render(request, "esp_web/people.html", frame(esp_id, "people") | shown, status=status)


@_JOIN
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponseBase:
    """This function will make the account of whoever brings an invitation's code."""
    form = JoinForm(request.POST or None)
    if request.method == "POST":
        if brakes.is_braked(request):
            return render(request, "429.html", {"sentence": "Too many tries. Please wait an hour."}, status=429)
        if form.is_valid() and _joined(request, form):
            messages.success(request, "Your account is made. Log in; then you set up your second factor.")
            return redirect("account_login")
    return render(request, "esp_web/join.html", {"form": form}, status=400 if form.errors else 200)


def _joined(request: HttpRequest, form: JoinForm) -> bool:
    held = form.cleaned_data
    try:
        colleagues.accept(code=held["code"], password=held["password"], by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        if refusal.code in {"no_invitation", "receipt_typo"}:
            brakes.count_wrong(request)
        form.add_error(refusal.field if refusal.field in form.fields else "code", refusal.sentence)
        return False
    return True
