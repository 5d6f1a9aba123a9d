"""Where the company's programs are told what came of its reports, and how each telling went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tipline.domain.errors import Refusal
from tipline.interfaces.esp_web.views import ADMINISTRATOR, SIZE, frame, note, own_id
from tipline.interfaces.ui.gate import actor_of
from tipline.interfaces.ui.paging import turns
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.platform.config import settings
from tipline.programs.telling import queries, service
from tipline.programs.telling.service import CHOSEN
from tipline.programs.telling.values import EventPage, HookLine, NewHook

ENVIRONMENTS = {"production": "Production", "test": "Test"}
_HELP = {
    "production": "You are told what comes of your reports.",
    "test": "Nothing happens to test reports, so only the test events that you send yourself come here.",
}


class HookForm(forms.Form):
    """The address, and what to tell there: nothing happens to test reports, so that of tests has no choice."""

    url = forms.CharField(
        label="Address",
        help_text="Begins with https:// and is reached from the public internet.",
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        label="Tell us when",
        choices=[(str(kind), words) for kind, words in CHOSEN.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.prefix == "test":
            del self.fields["kinds"]


@ADMINISTRATOR
@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    """This function will show the company's webhooks and what was told."""
    esp_id = own_id(request)
    page = _events(request, esp_id)
    note(request, "esp.hooks_listed", "esp", str(esp_id), count=len(page.rows))
    return _page(request, events=page)


@ADMINISTRATOR
@require_POST
def keep(request: HttpRequest, environment: str) -> HttpResponseBase:
    """This function will keep an address, and show the secret of a new one, this once."""
    form = HookForm(request.POST, prefix=environment)
    if not form.is_valid():
        return _page(request, form=form, status=400)
    new = NewHook(environment, form.cleaned_data["url"], tuple(form.cleaned_data.get("kinds", ())))
    try:
        secret = service.set_hook(esp_id=own_id(request), new=new, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return _page(request, form=form, status=400)
    if secret:
        return _page(request, secret=secret, secret_of=environment)
    messages.success(request, "Kept.")
    return redirect("esp_web:webhooks")


@ADMINISTRATOR
@require_POST
def secret_new(request: HttpRequest, ident: int) -> HttpResponse:
    """This function will make a further signing secret and show it, this once."""
    try:
        secret = service.add_secret(esp_id=own_id(request), hook_id=ident, by=actor_of(request), now=clock.now())
    except Refusal as refusal:
        return _page(request, refusal=refusal, status=400)
    of = next(one.environment for one in queries.list_hooks(own_id(request)) if one.id == ident)
    return _page(request, secret=secret, secret_of=of)


def _done(request: HttpRequest, act: Callable[[], None], words: str) -> HttpResponseBase:
    try:
        act()
    except Refusal as refusal:
        return _page(request, refusal=refusal, status=400)
    messages.success(request, words)
    return redirect("esp_web:webhooks")


@ADMINISTRATOR
@require_POST
def secret_end(request: HttpRequest, ident: int) -> HttpResponseBase:
    """This function will sign with a secret no more."""
    by, now, esp_id = actor_of(request), clock.now(), own_id(request)
    words = "Ended. Nothing is signed with it any more."
    return _done(request, lambda: service.end_secret(esp_id=esp_id, secret_id=ident, by=by, now=now), words)


@ADMINISTRATOR
@require_POST
def change(request: HttpRequest, ident: int, act: str) -> HttpResponseBase:
    """This function will send a test, switch a webhook on again, or end it."""
    if act not in _ACTS:
        raise Http404
    by, now, esp_id = actor_of(request), clock.now(), own_id(request)
    does, words = _ACTS[act]
    return _done(request, lambda: does(esp_id=esp_id, hook_id=ident, by=by, now=now), words)


_ACTS: dict[str, tuple[Callable[..., None], str]] = {
    "test": (service.send_test, "A test is on its way. Open this page again in some seconds to see how it went."),
    "resume": (service.resume, "Switched on again. What waited is on its way."),
    "end": (service.end_hook, "Ended. Nothing is told there any more."),
}


@ADMINISTRATOR
@require_POST
def again(request: HttpRequest, ident: int) -> HttpResponseBase:
    """This function will have an event sent once more."""
    by, now, esp_id = actor_of(request), clock.now(), own_id(request)
    words = "On its way again, under the same id."
    return _done(request, lambda: service.send_again(esp_id=esp_id, event_id=ident, by=by, now=now), words)


def _events(request: HttpRequest, esp_id: int) -> EventPage:
    return queries.list_events(esp_id=esp_id, offset=_offset(request), size=SIZE)


def _offset(request: HttpRequest) -> int:
    start = request.GET.get("from", "0")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0


def _page(request: HttpRequest, status: int = 200, form: HookForm | None = None, **more: Any) -> HttpResponse:
    esp_id = own_id(request)
    events = more.pop("events", None) or _events(request, esp_id)
    hooks = {one.environment: one for one in queries.list_hooks(esp_id)}
    shown = {
        "is_on": settings().webhooks,
        "places": [_place(name, hooks.get(name), form) for name in ENVIRONMENTS],
        "events": events.rows,
        "page": turns(reverse("esp_web:webhooks"), total=events.total, offset=_offset(request), size=SIZE),
        **more,
    }
    return render(request, "esp_web/webhooks.html", frame(esp_id, "webhooks") | shown, status=status)


def _place(environment: str, hook: HookLine | None, form: HookForm | None) -> dict[str, Any]:
    is_tried = form is not None and form.prefix == environment
    held = {"url": hook.url, "kinds": list(hook.kinds)} if hook else {"kinds": [str(kind) for kind in CHOSEN]}
    return {
        "name": environment,
        "label": ENVIRONMENTS[environment],
        "help": _HELP[environment],
        "hook": hook,
        "kinds": [words for kind, words in CHOSEN.items() if hook and kind in hook.kinds],
        "form": form if is_tried else HookForm(initial=held, prefix=environment),
        "is_tried": is_tried,
    }
