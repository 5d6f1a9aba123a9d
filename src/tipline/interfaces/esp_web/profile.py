"""The company's profile: what its "not viewed" means, stated once by its administrator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tipline.domain.errors import Refusal
from tipline.domain.viewing import MEANINGS, WORDS
from tipline.interfaces.esp_web.views import ADMINISTRATOR, COMPANY, frame, is_administrator, own_id
from tipline.interfaces.ui import ways
from tipline.interfaces.ui.gate import actor_of
from tipline.interfaces.ui.sent import add_refusal
from tipline.platform import clock
from tipline.reference.directory import queries as directory
from tipline.reference.directory import viewing
from tipline.reference.directory.viewing import MOST_WORDS, NewStatement, Statement


class StatementForm(forms.Form):
    """What a no means, since when, and how that comes about."""

    meaning = forms.ChoiceField(
        label="When you send fileViewedByEsp “false”, what does it mean?",
        choices=[(one.value, words) for one, words in MEANINGS.items()],
        widget=forms.RadioSelect,
    )
    since = forms.DateField(
        label="Since which day has this been so?",
        help_text="It counts for the reports that you opened on that day or later, earlier ones too.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    words = forms.CharField(
        label="How it is done, in a sentence",
        help_text="Kept with the statement. For example: “Every match is compared with a list that two of us judged.”",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@COMPANY
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """This function will show what the company has stated."""
    return _page(request, StatementForm())


@ADMINISTRATOR
@require_POST
def state(request: HttpRequest) -> HttpResponseBase:
    """This function will keep a statement of the company's administrator."""
    form = StatementForm(request.POST)
    if form.is_valid() and _kept(request, form):
        messages.success(request, "Kept. Analysts and officers read it from now on.")
        return redirect("esp_web:profile")
    return _page(request, form, status=400)


def _kept(request: HttpRequest, form: StatementForm) -> bool:
    held = form.cleaned_data
    try:
        viewing.state_meaning(
            esp_id=own_id(request),
            new=NewStatement(held["meaning"], held["since"], held["words"]),
            by=actor_of(request),
            now=clock.now(),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


def _page(request: HttpRequest, form: StatementForm, status: int = 200) -> HttpResponse:
    esp_id = own_id(request)
    shown: dict[str, Any] = {
        "statements": [_line(one) for one in viewing.list_statements(esp_id)],
        "form": form,
        "may_state": is_administrator(request),
        "ways": ways.lines(directory.find_ways(esp_id)),
    }
    return render(request, "esp_web/profile.html", frame(esp_id, "profile") | shown, status=status)


def _line(one: Statement) -> dict[str, Any]:
    return {"statement": one, "means": MEANINGS[one.meaning], "shown_as": WORDS[one.meaning]}
