"""The outcome form and the seized list. What they hold is checked by the feedback stage."""

from __future__ import annotations

import codecs
from typing import Any

from django import forms

from tipline.domain.states import ReferralState
from tipline.domain.vocabulary import CASE_STATUSES, CLOSING_REASONS, NOT_USEFUL_REASONS, PRIORITY_LABELS
from tipline.stages.feedback.queries import OutcomeLine
from tipline.stages.feedback.rules import SELF_PRODUCED, USEFUL, OutcomeAnswer

_STATES = {
    ReferralState.MADE_AVAILABLE: "New",
    ReferralState.OPENED: "Opened",
    ReferralState.ANSWERED: "Answered",
}
MOST_FILE_BYTES = 2_000_000
# What is asked of the last answer when somebody answers again; the note is written anew each time.
_KEPT = ("case_status", "further_victims", "closing_reason", "self_produced", "useful", "not_useful_reason")
_PARTS = {"PRIMARY": "Ours", "COPY": "For information", "EXISTENCE_ONLY": "Existence only"}


def _choice(label: str, choices: dict[str, str]) -> forms.ChoiceField:
    listed = [("", "not said"), *choices.items()]
    return forms.ChoiceField(label=label, choices=listed, required=False)


class InboxForm(forms.Form):
    """What an officer looks for."""

    number = forms.CharField(label="Report number", required=False, max_length=20)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *_STATES.items()])
    part = forms.ChoiceField(label="Part", required=False, choices=[("", "All"), *_PARTS.items()])
    priority = forms.TypedChoiceField(
        label="Priority",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "All"), *((int(one), words) for one, words in PRIORITY_LABELS.items())],
    )


class OutcomeForm(forms.Form):
    """NCMEC's public outcome form."""

    case_status = forms.ChoiceField(
        label="How does the case stand?", choices=list(CASE_STATUSES.items()), widget=forms.RadioSelect, required=False
    )
    child_identified = forms.NullBooleanField(
        label="Child identified?",
        required=False,
        widget=forms.Select(choices=[("", "not said"), ("true", "Yes"), ("false", "No")]),
    )
    further_victims = forms.IntegerField(
        label="Further children, how many?", required=False, min_value=0, help_text="After an arrest."
    )
    closing_reason = _choice("Why it was closed", CLOSING_REASONS)
    self_produced = _choice("Self-produced?", SELF_PRODUCED)
    useful = _choice("Was the report useful?", USEFUL)
    not_useful_reason = _choice("Why it was not useful", NOT_USEFUL_REASONS)
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=2000,
        help_text="Sealed; the company and the reporter never see it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    also_linked = forms.BooleanField(
        label="The same answer for the linked reports in our inbox",
        required=False,
        help_text="Each company and each reporter then learns of it, not this one alone.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})

    @classmethod
    def after(cls, last: OutcomeLine | None) -> OutcomeForm:
        """This function will make the form that starts from the last answer, so that a change loses nothing of it."""
        if last is None:
            return cls()
        identified = {True: "true", False: "false", None: ""}[last.child_identified]
        return cls(initial={name: getattr(last, name) for name in _KEPT} | {"child_identified": identified})

    def answer(self) -> OutcomeAnswer:
        """This function will give the answer as the feedback stage takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "also_linked"}
        return OutcomeAnswer(**given)


class ListForm(forms.Form):
    """Contacts found with the suspect: pasted, or a file."""

    rows = forms.CharField(
        label="One contact a line",
        required=False,
        max_length=2_000_000,
        help_text="A handle, an e-mail address or a telephone number a line; a CSV file works too. "
        "Where you know that it is a child's, write “, child” after it. No names, please.",
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )
    file = forms.FileField(label="or a CSV file", required=False, help_text="Both are taken where both are given.")

    def clean_file(self) -> str:
        """This function will read the file in the writings that office programs use: UTF-8, UTF-16, Windows-1252."""
        uploaded = self.cleaned_data["file"]
        if not uploaded:
            return ""
        if uploaded.size > MOST_FILE_BYTES:
            raise forms.ValidationError(f"Hand in at most {MOST_FILE_BYTES // 1_000_000} MB at once.")
        text = _decoded(uploaded.read())
        if "\0" in text:
            raise forms.ValidationError("This is not a text file. Save the list as CSV and choose it again.")
        return text

    def clean(self) -> dict[str, Any]:
        """This function will ask for one of the two."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["rows"].strip() and not cleaned["file"]:
            self.add_error("rows", "Paste the contacts here, or choose a file.")
        return cleaned

    def text(self) -> str:
        """This function will give the list as text: the pasted rows, then those of the file."""
        given = (self.cleaned_data["rows"], self.cleaned_data["file"])
        return "\n".join(part for part in given if part.strip())


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What is neither is hardly a list: its signs without meaning are kept and named row by row.
        return data.decode("cp1252", errors="replace")
