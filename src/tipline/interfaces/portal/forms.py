"""The outcome form and the seized list. What they hold is checked by the feedback stage."""

from __future__ import annotations

from typing import Any

from django import forms

from tipline.domain.states import ReferralState
from tipline.domain.vocabulary import CASE_STATUSES, CLOSING_REASONS, NOT_USEFUL_REASONS, PRIORITY_LABELS
from tipline.stages.feedback.rules import SELF_PRODUCED, USEFUL, OutcomeAnswer

_STATES = {
    ReferralState.MADE_AVAILABLE: "New",
    ReferralState.OPENED: "Opened",
    ReferralState.ANSWERED: "Answered",
}
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
    closing_reason = _choice("If closed, why?", CLOSING_REASONS)
    self_produced = _choice("Self-produced?", SELF_PRODUCED)
    useful = _choice("Was the report useful?", USEFUL)
    not_useful_reason = _choice("If not, why?", NOT_USEFUL_REASONS)
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
        help_text="A handle, an e-mail address or a telephone number a line; a CSV file works too. No names, please.",
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )
    file = forms.FileField(label="or a CSV file", required=False)

    def clean(self) -> dict[str, Any]:
        """This function will ask for one of the two."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("rows", "").strip() and not cleaned.get("file"):
            self.add_error("rows", "Paste the contacts here, or choose a file.")
        return cleaned

    def text(self) -> str:
        """This function will give the list as text."""
        uploaded = self.cleaned_data["file"]
        return str(uploaded.read().decode("utf-8-sig", errors="replace") if uploaded else self.cleaned_data["rows"])
