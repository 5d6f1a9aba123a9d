"""The call taker's sheet: one page, in the order in which callers tell."""

from __future__ import annotations

from typing import Any

from django import forms

from tipline.domain.answers import HARMS, ONGOING, REPORTER_IS
from tipline.domain.cybertip.codes import STATE_NAMES
from tipline.domain.cybertip.rules_values import is_email, is_zip
from tipline.domain.vocabulary import INCIDENT_TYPES

MOST_WORDS = 20_000


def _line(label: str, *, most: int = 120, help_text: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text, widget=widget)


def _rows(label: str, help_text: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=2000, required=False, help_text=help_text, widget=widget)


def _states() -> forms.ChoiceField:
    choices = [("", "not said"), *sorted(STATE_NAMES.items(), key=lambda one: one[1])]
    return forms.ChoiceField(label="State", required=False, choices=choices)


class CallForm(forms.Form):
    """Everything that can be written down. Some words, somebody's name or a tick at what happens is enough."""

    danger = forms.ChoiceField(
        label="Is a child in danger right now?",
        choices=[("no", "No"), ("yes", "Yes"), ("unsure", "Not sure")],
        required=False,
        widget=forms.RadioSelect,
    )
    reporter_is = forms.ChoiceField(
        label="Who calls?", choices=list(REPORTER_IS.items()), required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="What the caller says",
        max_length=MOST_WORDS,
        required=False,
        help_text="In the caller's own words.",
        widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off", "autofocus": True}),
    )
    harms = forms.MultipleChoiceField(
        label="What happens", choices=list(HARMS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    incidents = forms.MultipleChoiceField(
        label="Kind of incident",
        choices=[(kind.code, kind.label) for kind in INCIDENT_TYPES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ongoing = forms.ChoiceField(
        label="Contact", choices=list(ONGOING.items()), required=False, widget=forms.RadioSelect
    )
    handles = _rows("Names on apps", "One a line. For example: harbor_fox")
    app = _line("App, game or site")
    emails = _rows("E-mail addresses of the other person", "One a line")
    phones = _rows("Phone numbers of the other person", "One a line")
    their_name = _line("Real name of the other person", most=100)
    their_city = _line("Their city", most=100)
    their_state = _states()
    child_name = _line("Child's first name", most=100)
    child_age = forms.IntegerField(label="Child's age", min_value=0, max_value=120, required=False)
    child_school = _line("School", most=255)
    child_city = _line("Child's city", most=100)
    child_state = _states()
    child_zip = _line("ZIP code", most=20)
    caller_name = _line("Caller's name", most=100, help_text="Only if offered. Locked away.")
    caller_phone = _line("Call back at", most=50, help_text="Locked away.")
    caller_email = _line("Caller's e-mail", most=255)
    language = _line("Language of the call", most=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})

    def clean_emails(self) -> str:
        """This function will name the line that is no e-mail address."""
        return self._checked(lines(self.cleaned_data["emails"]), self.cleaned_data["emails"])

    def clean_caller_email(self) -> str:
        """This function will ask again for what is no e-mail address."""
        told = self.cleaned_data["caller_email"].strip()
        return self._checked([told] if told else [], told)

    def clean_child_zip(self) -> str:
        """This function will ask again for what is no ZIP code."""
        told: str = self.cleaned_data["child_zip"].strip()
        if told and not is_zip(told):
            raise forms.ValidationError("A ZIP code has five digits, for example 08030. Correct it, or leave it empty.")
        return told

    def _checked(self, emails: list[str], told: str) -> str:
        wrong = [email for email in emails if not is_email(email)]
        if wrong:
            raise forms.ValidationError(f"This is not an e-mail address: {wrong[0]}")
        return told


def lines(text: str) -> list[str]:
    """This function will part a field of several lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]
