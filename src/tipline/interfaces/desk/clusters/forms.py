"""The small forms of a cluster's page. What they hold is checked again where it is kept."""

from __future__ import annotations

from typing import Any

from django import forms

from tipline.platform.accounts.queries import list_accounts
from tipline.platform.accounts.roles import Role

_WORKERS = frozenset({Role.ANALYST, Role.SUPERVISOR})


class NameForm(forms.Form):
    """A name that people know a cluster by."""

    name = forms.CharField(
        label="Name", max_length=120, required=False, help_text="A code name. No name of a person: everybody sees it."
    )


class HandOverForm(forms.Form):
    """To whom a cluster is handed."""

    owner = forms.ChoiceField(label="Colleague")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        found = (one for one in list_accounts() if one.is_active and one.role in _WORKERS)
        field.choices = [("", "Choose"), *((one.username, one.full_name or one.username) for one in found)]


class NumberForm(forms.Form):
    """A report by its number, blanks allowed."""

    number = forms.RegexField(
        r"^[0-9 ]{10,14}$",
        label="Number of the report",
        error_messages={"invalid": "A report's number has ten digits.", "required": "Write the number of the report."},
    )

    def clean_number(self) -> int:
        """This function will read the number."""
        digits = str(self.cleaned_data["number"]).replace(" ", "")
        if len(digits) != 10:
            raise forms.ValidationError("A report's number has ten digits.")
        return int(digits)


class OtherForm(forms.Form):
    """Another cluster by its number."""

    other = forms.IntegerField(
        label="Number of the other cluster",
        min_value=1,
        max_value=2**60,
        error_messages={
            "required": "Write the number of the other cluster.",
            "invalid": "Write the number of the other cluster.",
        },
    )
