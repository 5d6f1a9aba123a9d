"""The desk's forms of victim identification. What they hold is checked by the programme itself."""

from __future__ import annotations

from typing import Any

from django import forms

from tipline.programs.identification import rules, series
from tipline.programs.identification.relationships import RELATIONSHIPS
from tipline.programs.identification.values import CountLine, NewSeries

_DISTRIBUTED = {"": None, "yes": True, "no": False}


def _choices(listed: dict[str, str], empty: str = "not said") -> list[tuple[str, str]]:
    return [("", empty), *listed.items()]


class _Form(forms.Form):
    """No colons, no required attributes: what is missing is said in words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})


class SeriesForm(_Form):
    """A series of the registry."""

    name = forms.CharField(label="Name of the series", max_length=120, help_text="Nobody's name.")
    status = forms.ChoiceField(label="Child", choices=list(rules.STATUSES.items()))
    contact_agency = forms.CharField(label="Agency that others ask", max_length=200, required=False)
    contact = forms.CharField(label="Its contact", max_length=200, required=False)
    relationship = forms.ChoiceField(
        label="Offender is the child's", choices=_choices(dict(RELATIONSHIPS)), required=False
    )
    age_band = forms.ChoiceField(label="Age in the pictures", choices=_choices(rules.AGE_BANDS), required=False)
    sex = forms.ChoiceField(label="Sex", choices=_choices(rules.SEXES), required=False)
    country = forms.CharField(label="Country", max_length=2, required=False)
    distributed = forms.ChoiceField(
        label="Passed around?", choices=[("", "not known"), ("yes", "Yes"), ("no", "No")], required=False
    )
    notification = forms.ChoiceField(label="When found again", choices=list(rules.NOTIFICATIONS.items()))
    wish = forms.CharField(
        label="How the person wishes to be told",
        required=False,
        max_length=1000,
        help_text="Sealed. Leave it empty to keep what is sealed already.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def new(self) -> NewSeries:
        """This function will give the series as the programme takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "distributed"}
        return NewSeries(**given, is_distributed=_DISTRIBUTED[self.cleaned_data["distributed"]])


class PrintsForm(_Form):
    """More fingerprints of a series."""

    prints = forms.CharField(
        label="Fingerprints",
        max_length=2_000_000,
        help_text="One a line, or CSV with a head line.",
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


class AssignForm(_Form):
    """The series of a newly identified child."""

    name = forms.CharField(label="Name of the series", max_length=120, help_text="Nobody's name.")
    distributed = forms.ChoiceField(
        label="Passed around?", choices=[("", "not known"), ("yes", "Yes"), ("no", "No")], required=False
    )

    def is_distributed(self) -> bool | None:
        """This function will tell whether the pictures are passed around; None where nobody knows."""
        return _DISTRIBUTED[self.cleaned_data["distributed"]]


class VerdictForm(_Form):
    """What an analyst says of a series, or of one file, of a collection."""

    verdict = forms.ChoiceField(choices=list(rules.VERDICTS.items()))
    series = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    row = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    note = forms.CharField(required=False, max_length=2000)


class RevealForm(_Form):
    """Why somebody's wish is looked at."""

    reason = forms.ChoiceField(label="Reason", choices=_choices(series.REASONS, "Choose"))


class CountForm(_Form):
    """How many children were identified, as somebody said."""

    value = forms.IntegerField(label="Children identified", min_value=0)
    as_of = forms.DateField(label="As of", widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(label="Who says so, and where", max_length=200)
    certainty = forms.ChoiceField(label="How we know", choices=list(rules.CERTAINTIES.items()))

    def said(self) -> CountLine:
        """This function will give the count as the programme takes it."""
        return CountLine(**self.cleaned_data)
