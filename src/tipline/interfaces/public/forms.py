"""The steps of the form. Every question can be left out; what is asked is asked in plain words."""

from __future__ import annotations

from typing import Any

from django import forms

from tipline.domain.answers import HARMS, ONGOING
from tipline.domain.cybertip.codes import STATE_NAMES
from tipline.domain.cybertip.rules_values import is_email, is_zip
from tipline.domain.vocabulary import INCIDENT_TYPES

ME, KNOWN, SAW = "me", "child", "saw"
ABOUT = {ME: "It is about me", KNOWN: "It is about a child I know", SAW: "I saw something online"}
MOST_WORDS = 8000

_HARMS_ME = {
    "pictures_wanted": "Someone wants pictures of me",
    "pictures_threat": "Someone threatens to share pictures",
    "meeting": "Someone wants to meet me",
    "money": "Someone wants money",
    "touched": "Someone touched or hurt me",
    "live": "Someone watches me live on camera",
    "self_harm": "I think about hurting myself",
    "other": "Something else",
}
_ONGOING = {
    "today": "Yes, today",
    "week": "In the last seven days",
    "past": "No, it has stopped",
    "unknown": "I do not know",
}
assert set(_HARMS_ME) == set(HARMS)
assert set(_ONGOING) == set(ONGOING)


class Step(forms.Form):
    """One page. `about` is one of ABOUT; the words change with it."""

    title = ""
    lead = ""

    def __init__(self, *args: Any, about: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})
        self.about = about
        self.prepare(about)

    def prepare(self, about: str) -> None:
        """This function will fit the words to whom it is about."""


NO_ZIP = "A ZIP code has five digits, for example 08030. Correct it, or leave it empty."


def by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    """This function will give choices in the order of their names."""
    return sorted(names.items(), key=lambda one: one[1])


def _choice(label: str, choices: dict[str, str], help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=list(choices.items()), required=False, widget=forms.RadioSelect, help_text=help_text
    )


def _line(label: str, *, most: int = 120, help_text: str = "", kind: str = "text") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": kind})
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text, widget=widget)


class Safe(Step):
    """Is a child in danger right now?"""

    title = "First: is anyone in danger right now?"
    lead = "You can stay anonymous. You can leave any question out. It is not your fault."
    danger = _choice("", {"no": "No", "yes": "Yes, right now", "unsure": "I am not sure"})

    def prepare(self, about: str) -> None:
        """This function will ask about the right person."""
        self.fields["danger"].label = "Are you in danger?" if about == ME else "Is the child in danger?"


class What(Step):
    """What is going on: harms, and the eight incident types in plain words."""

    title = "What is going on?"
    lead = "Choose all that fit. Nothing here gets you in trouble."
    harms = forms.MultipleChoiceField(label="", required=False, widget=forms.CheckboxSelectMultiple)
    incidents = forms.MultipleChoiceField(label="What else fits", required=False, widget=forms.CheckboxSelectMultiple)

    def prepare(self, about: str) -> None:
        """This function will word the choices for the child itself, or for somebody who tells of a child."""
        harms, incidents = self.fields["harms"], self.fields["incidents"]
        assert isinstance(harms, forms.MultipleChoiceField)
        assert isinstance(incidents, forms.MultipleChoiceField)
        harms.label = "What happens" if about == ME else "What happens to the child"
        harms.choices = list((_HARMS_ME if about == ME else HARMS).items())
        incidents.choices = [(kind.code, kind.plain_self if about == ME else kind.plain) for kind in INCIDENT_TYPES]


def _checked_email(told: str) -> str:
    email = told.strip()
    if email and not is_email(email):
        raise forms.ValidationError("This is not an e-mail address. Correct it, or leave it empty.")
    return email


class Who(Step):
    """The other person or account."""

    title = "Who is it?"
    lead = "Whatever you know helps. A name on an app is enough. Do not write to them to find out more."
    handle = _line("Their name on the app or site", help_text="For example @sample_name")
    app = _line("Which app, game or site?")
    handle_2 = _line("Another name they use")
    their_email = _line("Their e-mail address", most=255, kind="email")
    their_phone = _line("Their phone number", most=50, kind="tel")
    their_name = _line("Their real name, if you know it", most=100)
    link = _line("A link to their profile, or to the page where it happened", most=2083, kind="url")

    def clean_their_email(self) -> str:
        """This function will ask again for what is no e-mail address."""
        return _checked_email(self.cleaned_data["their_email"])


class Happened(Step):
    """The words, and whether contact goes on."""

    title = "What happened?"
    lead = "Write it as you would tell a friend. Short is fine."
    words = forms.CharField(
        label="What happened",
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
    )
    ongoing = _choice("Is it still going on?", _ONGOING)


class Where(Step):
    """Age and place of the child, and of the other person where known."""

    title = "Where is the child?"
    lead = "This tells us which police can help. You can leave it out."
    age = forms.IntegerField(label="Age", min_value=0, max_value=120, required=False)
    city = _line("City or town", most=100)
    state = forms.ChoiceField(
        label="State (United States)", required=False, choices=[("", "not said"), *by_name(STATE_NAMES)]
    )
    zip_code = _line("ZIP code", most=20)
    country = _line("Country, if it is not the United States", most=60)
    their_place = _line("Where is the other person, if you know?", most=100, help_text="For example: Tampa, Florida")

    def clean(self) -> dict[str, Any]:
        """This function will ask again for what is no ZIP code; abroad codes have other forms."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        zip_code = told.get("zip_code", "").strip()
        if zip_code and not told.get("country", "").strip() and not is_zip(zip_code):
            self.add_error("zip_code", NO_ZIP)
        return told

    def prepare(self, about: str) -> None:
        """This function will ask about the right person."""
        self.title = "Where are you?" if about == ME else "Where is the child?"
        self.fields["age"].label = "How old are you?" if about == ME else "How old is the child?"


class Reach(Step):
    """How to reach who reports; anonymous where left empty."""

    title = "May we reach you?"
    lead = (
        "You do not have to say who you are. Leave this empty to stay anonymous: "
        "you get a code to come back with. What you write here is locked away and seen only by those who help."
    )
    first_name = _line("First name", most=100)
    email = _line("Your e-mail address", most=255, kind="email")
    phone = _line("Your phone number", most=50, kind="tel")
    reporter_is = _choice(
        "Who are you?",
        {"parent": "A parent or carer", "professional": "I work with children", "other": "Somebody else"},
    )

    def clean_email(self) -> str:
        """This function will ask again for what is no e-mail address."""
        return _checked_email(self.cleaned_data["email"])

    def prepare(self, about: str) -> None:
        """This function will not ask a child who it is."""
        if about == ME:
            del self.fields["reporter_is"]


class FactsForm(forms.Form):
    """What a reporter adds later."""

    words = forms.CharField(
        label="What do you want to add?", max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 6})
    )


class CodeForm(forms.Form):
    """The receipt code."""

    code = forms.CharField(
        label="Your code",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


STEPS: tuple[type[Step], ...] = (Safe, What, Who, Happened, Where, Reach)
