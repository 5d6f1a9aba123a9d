"""The small forms of the desk. What they hold is checked again by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from tipline.domain.known import TYPE_WORDS
from tipline.domain.vocabulary import HOLD_REASONS, LOOK_REASONS, REASONS, REPORTER_REASONS
from tipline.interfaces.desk import reviews
from tipline.interfaces.ui import names
from tipline.reference.directory import queries as directory
from tipline.reference.hashlists.values import CLASSIFICATIONS, LARGE_TYPES, TYPES
from tipline.reports import proposals

NEVER_TYPES = tuple(one for one in TYPES if one not in LARGE_TYPES)
Choices = Sequence[tuple[str | int, str]]
_WORDS = forms.Textarea(attrs={"rows": 3})
_BLANK_ROWS = 2
_LEAST_ROWS = 4
_MOST_ROWS = 40
_KIND_TITLES = {"icac": "Task forces", "federal": "Federal", "national": "Other countries"}


class ActForm(forms.Form):
    """A small form that opens where the keys already are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in list(self.fields.values())[:1]:
            field.widget.attrs["autofocus"] = True


class ReasonForm(ActForm):
    """A reason of the vocabulary and a note in own words."""

    disposition = ""
    reason = forms.ChoiceField(label="Reason", widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False, max_length=2000, widget=_WORDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.code, one.sentence) for one in REASONS if one.disposition == self.disposition]


class ReferForm(ReasonForm):
    """Why a report goes to agencies."""

    disposition = "REFERRAL"


class InformationalForm(ReasonForm):
    """Why a report is made available as informational."""

    disposition = "INFORMATIONAL"


class OutOfScopeForm(ReasonForm):
    """Why a report is closed without any agency."""

    disposition = "OUT_OF_SCOPE"


class EscalateForm(ActForm):
    """Why it cannot wait."""

    why = forms.CharField(label="Why it cannot wait", max_length=1000, widget=_WORDS)


class HoldForm(ActForm):
    """Why a report stops where it is."""

    reason = forms.ChoiceField(label="Reason", choices=list(HOLD_REASONS.items()), widget=forms.RadioSelect)


class LegalHoldForm(ActForm):
    """Who ordered that a report be kept."""

    reason = forms.CharField(
        label="Order",
        max_length=300,
        help_text="Who ordered it and where it is written down, for example a court and its file number.",
    )


class BareForm(ActForm):
    """Nothing to fill in."""


class UndoForm(ActForm):
    """Why a decision is taken back; seconds count, so that it may be left out."""

    why = forms.CharField(label="Why (you can leave this out)", required=False, max_length=300)


class LookForm(forms.Form):
    """Why somebody needs to see a file, and how."""

    reason = forms.ChoiceField(label="Reason", choices=list(LOOK_REASONS.items()), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label="How",
        choices=[("blurred", "Blurred and grey"), ("grey", "Clear, in grey"), ("colour", "Clear, in colour")],
        widget=forms.RadioSelect,
        initial="blurred",
    )


class CompareForm(forms.Form):
    """Why somebody needs to see a file beside the one that it is like; both are blurred and grey."""

    reason = forms.ChoiceField(label="Reason", choices=list(LOOK_REASONS.items()), widget=forms.RadioSelect)


class ReviewLookForm(forms.Form):
    """How a reviewer looks at a proposed file; the reason is the review itself."""

    how = forms.ChoiceField(choices=[("grey", "Show it in grey"), ("colour", "Show it in colour")])


class VerdictForm(forms.Form):
    """What one person says of a proposed entry."""

    verdict = forms.ChoiceField(
        label="What it is", choices=list(reviews.VERDICT_WORDS.items()), widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Note", required=False, max_length=300, help_text="For the record. Shown to nobody before it is settled."
    )


class ProposeForm(forms.Form):
    """For which list a file is proposed; nothing is said of its class."""

    list = forms.ChoiceField(label="List")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["list"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = proposals.offered_lists()


class WithdrawForm(forms.Form):
    """Why an entry is taken off its list."""

    reason = forms.CharField(label="Why it is withdrawn", max_length=300)


class ReleaseForm(forms.Form):
    """Why so many files agree with a held entry."""

    reason = forms.CharField(label="Why so many files agree with it", max_length=300)


class NeverForm(forms.Form):
    """A fingerprint that never counts."""

    type = forms.ChoiceField(label="Type", choices=[(one, TYPE_WORDS.get(one, one)) for one in NEVER_TYPES])
    value = forms.CharField(
        label="Value", max_length=512, help_text="Hex digits; of a PhotoDNA or NetClean as it came."
    )
    reason = forms.CharField(label="What it is, and why it must not count", max_length=300)


class ImportForm(forms.Form):
    """A file of a member's entries for a list."""

    list = forms.ChoiceField(label="Onto which list")
    member = forms.TypedChoiceField(label="Whose entries", coerce=int)
    classification = forms.ChoiceField(
        label="Classification of rows that have none",
        required=False,
        choices=[("", "none"), *((one, one) for one in CLASSIFICATIONS)],
    )
    file = forms.FileField(
        label="CSV, VICS JSON or Hash Sharing XML",
        allow_empty_file=True,
        help_text="Fingerprints alone, never pictures.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.json,.xml,.txt,.tsv"}),
    )

    def __init__(self, *args: Any, lists: Choices = (), members: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})
        for name, listed in (("list", lists), ("member", members)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "choose one"), *listed]


class IdentityForm(forms.Form):
    """Why somebody needs to know who reported."""

    reason = forms.ChoiceField(label="Reason", choices=list(REPORTER_REASONS.items()), widget=forms.RadioSelect)


class SearchForm(forms.Form):
    """A report number or one exact identifier."""

    q = forms.CharField(label="Search", max_length=500)


class RecipientsForm(forms.Form):
    """Agencies and their parts, row by row; empty rows are left out."""

    reason = forms.CharField(label="Why these agencies", max_length=1000, widget=_WORDS)

    def __init__(self, *args: Any, chosen: tuple[tuple[str, str], ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _agencies()
        parts = [("", "Gets nothing"), *names.PART_WORDS.items()]
        self.rows = range(_row_count(self.data, len(chosen)))
        for row in self.rows:
            agency, part = chosen[row] if row < len(chosen) else ("", "")
            self.fields[f"agency_{row}"] = forms.ChoiceField(
                label=f"Agency {row + 1}", choices=choices, required=False, initial=agency
            )
            self.fields[f"part_{row}"] = forms.ChoiceField(label="Part", choices=parts, required=False, initial=part)

    def pairs(self) -> list[tuple[Any, Any]]:
        """This function will give the fields of each row side by side."""
        return [(self[f"agency_{row}"], self[f"part_{row}"]) for row in self.rows]

    def chosen_parts(self) -> tuple[tuple[str, str], ...]:
        """This function will give (agency id, part) of every row that is filled in."""
        held = self.cleaned_data
        found = ((held[f"agency_{row}"], held[f"part_{row}"]) for row in self.rows)
        return tuple((agency, part) for agency, part in found if agency and part)


def _row_count(data: Any, chosen: int) -> int:
    sent = sum(1 for name in data if name.startswith("agency_")) if data else 0
    return min(_MOST_ROWS, max(_LEAST_ROWS, sent, chosen + _BLANK_ROWS))


def _agencies() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for agency in directory.list_agencies():
        title = _KIND_TITLES.get(agency.kind, agency.kind.capitalize())
        states = f" ({', '.join(agency.states)})" if agency.states else ""
        groups.setdefault(title, []).append((agency.id, f"{agency.name}{states}"))
    return [("", "No agency"), *groups.items()]
