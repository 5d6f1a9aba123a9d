"""What survivors are asked: little, by choices; there is no field for a story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from tipline.programs.survivors.rules import ADULT, ME, MOST_PIN, PLATFORMS, THEN
from tipline.reference.partners.values import PartnerLine

_OFF = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
_DIGITS = {**_OFF, "inputmode": "numeric"}
_WORDS = {
    ME: "I am in all of these pictures and videos, and I was under 18.",
    THEN: "I am in all of these pictures and videos, and I was under 18 then.",
    ADULT: "I ask for a child whom I look after, who is in all of these pictures and videos.",
}


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})


class WhereForm(_Form):
    """Is it known where it is?"""

    known_where = forms.ChoiceField(
        label="Is it online somewhere?", required=False, widget=forms.RadioSelect,
        choices=[("yes", "Yes"), ("no", "Not yet, but I am afraid of it"), ("unsure", "I do not know")],
    )  # fmt: skip
    platforms = forms.MultipleChoiceField(
        label="Where, if you know?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(PLATFORMS.items()),
    )


class HashesForm(_Form):
    """The hashes that the device made."""

    hashes = forms.CharField(required=False, widget=forms.HiddenInput)


class ConfirmForm(_Form):
    """The one promise that is asked, and a PIN for whoever wants to choose it."""

    agree = forms.BooleanField(
        label="", error_messages={"required": "Please tick this: hashes of other people's pictures help nobody."}
    )
    pin = forms.CharField(
        label="Choose a PIN", required=False, max_length=24, widget=forms.TextInput(attrs=_DIGITS),
        help_text="6 to 12 digits, not your phone's PIN. Leave it empty and we make one.",
    )  # fmt: skip

    def __init__(self, *args: Any, whom: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agree"].label = _WORDS[whom]


class EnterForm(_Form):
    """Case number and PIN."""

    number = forms.CharField(
        label="Case number", max_length=40, help_text="12 digits", widget=forms.TextInput(attrs=_DIGITS),
        error_messages={"required": "Type the case number that you wrote down."},
    )  # fmt: skip
    pin = forms.CharField(
        label="PIN", max_length=MOST_PIN + 12, widget=forms.PasswordInput(attrs={**_DIGITS, "autocomplete": "off"}),
        error_messages={"required": "Type the PIN that you wrote down."},
    )  # fmt: skip


class SupportForm(_Form):
    """Consent to a hand-over: to whom, and how they reach the person."""

    partner = forms.TypedChoiceField(
        label="Who should support you?", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose who should support you."},
    )  # fmt: skip
    name = forms.CharField(
        label="What should they call you?", required=False, max_length=60, widget=forms.TextInput(attrs=_OFF),
        help_text="Any name you like. It need not be your own.",
    )  # fmt: skip
    contact = forms.CharField(
        label="How can they reach you?", max_length=120, widget=forms.TextInput(attrs=_OFF),
        help_text="A phone number or e-mail address that only you see.",
        error_messages={"required": "They need a way to reach you."},
    )  # fmt: skip
    when = forms.CharField(
        label="When is it safe?", required=False, max_length=120, widget=forms.TextInput(attrs=_OFF),
        help_text="For example: school days after four, no messages at night.",
    )  # fmt: skip
    wants_news = forms.BooleanField(label="They may also tell me when a picture was found", required=False)
    agree = forms.BooleanField(
        label="I agree that you give them this, and that I asked for help with pictures",
        error_messages={"required": "Please tick this: without your word we give nothing to anybody."},
    )

    def __init__(self, *args: Any, organisations: Sequence[PartnerLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["partner"]
        assert isinstance(choices, forms.TypedChoiceField)
        choices.choices = [(one.id, one.name) for one in organisations]
        if len(organisations) == 1:
            choices.initial = organisations[0].id


class WishesForm(_Form):
    """A trusted person."""

    trusted_name = forms.CharField(
        label="What do you call them?", required=False, max_length=60, widget=forms.TextInput(attrs=_OFF),
        help_text="For example: my aunt, my teacher.",
    )  # fmt: skip
    trusted_contact = forms.CharField(
        label="How can they be reached?", required=False, max_length=120, widget=forms.TextInput(attrs=_OFF),
        help_text="A phone number or e-mail address. Leave it empty to delete what you gave before.",
    )  # fmt: skip
    may_tell = forms.BooleanField(label="They know about the pictures and may be told", required=False)
