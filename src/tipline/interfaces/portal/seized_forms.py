"""The forms of victim identification. What they hold is checked by the programme itself."""

from __future__ import annotations

import codecs
from typing import Any

from django import forms

from tipline.programs.identification import rules
from tipline.programs.identification.relationships import RELATIONSHIPS
from tipline.programs.identification.values import ChildAnnounced, NewCollection

MOST_LIST_BYTES = 4_000_000


def choices(listed: dict[str, str], empty: str = "not said") -> list[tuple[str, str]]:
    """This function will list choices with an empty one in front."""
    return [("", empty), *listed.items()]


class _Form(forms.Form):
    """No colons, no required attributes: what is missing is said in words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})


class CaseForm(_Form):
    """The case that a collection belongs to."""

    case_number = forms.CharField(label="Case number", max_length=80)
    exhibit = forms.CharField(label="Exhibit", max_length=80, required=False)
    legal_basis = forms.CharField(
        label="Legal basis", max_length=120, help_text="For example: search warrant of 3 March, or consent."
    )
    device = forms.CharField(label="Device", max_length=120, required=False, help_text="For example: laptop, black.")


class CollectionForm(CaseForm):
    """A collection: its case and the file."""

    file = forms.FileField(
        label="VICS JSON or CSV",
        allow_empty_file=True,
        help_text="Fingerprints alone, never pictures. Names and paths in it are not kept.",
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.csv,.txt,.tsv"}),
    )

    def new(self) -> NewCollection:
        """This function will give the case as the programme takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        return NewCollection(kind=rules.HASHES, **given)


class QuickForm(CaseForm):
    """Up to a hundred values, answered at once."""

    values = forms.CharField(
        label="Up to 100 values, one a line",
        max_length=20_000,
        help_text="MD5, SHA-1 or SHA-256; with a first line “pdq”, PDQ.",
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )

    def new(self) -> NewCollection:
        """This function will give the case as the programme takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "values"}
        return NewCollection(kind=rules.QUICK, **given)


class ChildForm(_Form):
    """A newly identified child. There is no field for a name, on purpose."""

    case_number = forms.CharField(label="Case number", max_length=80)
    identified_on = forms.DateField(
        label="Identified on",
        help_text="The ten business days count from the day after.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    relationship = forms.ChoiceField(
        label="Offender is the child's", choices=choices(dict(RELATIONSHIPS)), required=False
    )
    age_band = forms.ChoiceField(label="Age in the pictures", choices=choices(rules.AGE_BANDS), required=False)
    sex = forms.ChoiceField(label="Sex", choices=choices(rules.SEXES), required=False)
    country = forms.CharField(label="Country", max_length=2, required=False, help_text="Two letters, for example US.")
    contact_agency = forms.CharField(label="Agency that others ask", max_length=200, required=False)
    contact = forms.CharField(
        label="Its contact",
        max_length=200,
        required=False,
        help_text="An office or a telephone number, no private person.",
    )
    notification = forms.ChoiceField(
        label="When pictures are found again", choices=list(rules.NOTIFICATIONS.items()), widget=forms.RadioSelect
    )
    wish = forms.CharField(
        label="How the family or the person wishes to be told",
        required=False,
        max_length=1000,
        help_text="Sealed; shown to nobody who searches.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    prints = forms.CharField(
        label="Fingerprints of the pictures",
        required=False,
        max_length=2_000_000,
        help_text="One a line, or CSV. Leave it empty to start the clock now and hand them in later.",
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
    )

    def told(self) -> ChildAnnounced:
        """This function will give the child as the programme takes it."""
        return ChildAnnounced(**{name: value for name, value in self.cleaned_data.items() if name != "prints"})


class PrintsForm(_Form):
    """Fingerprints handed in later, and whom others ask."""

    contact_agency = forms.CharField(label="Agency that others ask", max_length=200, required=False)
    contact = forms.CharField(label="Its contact", max_length=200, required=False)
    prints = forms.CharField(
        label="Fingerprints of the pictures",
        max_length=2_000_000,
        help_text="One a line, or CSV with a head line.",
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )


class RosterForm(_Form):
    """A suspect's contacts: pasted, CSV or vCard."""

    case_number = forms.CharField(label="Case number", max_length=80)
    rows = forms.CharField(
        label="One contact a line",
        required=False,
        max_length=2_000_000,
        help_text="A handle, an e-mail address or a telephone number. CSV may add status, country, agency.",
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )
    file = forms.FileField(label="Or a file: CSV or vCard", required=False, help_text="Names in it are not kept.")

    def text(self) -> str:
        """This function will give the list as text: the pasted rows, else the file."""
        uploaded = self.cleaned_data["file"]
        if not uploaded:
            return str(self.cleaned_data["rows"])
        data: bytes = uploaded.read(MOST_LIST_BYTES)
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16", errors="replace").replace("\x00", "")
        return data.decode("utf-8-sig", errors="replace").replace("\x00", "")


class WantedForm(_Form):
    """Which contacts of a roster are shown."""

    text = forms.CharField(label="Contact", required=False, max_length=200)
    status = forms.ChoiceField(label="Child", choices=choices(rules.CHILD_STATUSES, "All"), required=False)
    country = forms.CharField(label="Country", required=False, max_length=2)
    in_reports = forms.BooleanField(label="Only those that stand in reports", required=False)
