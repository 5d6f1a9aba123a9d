"""What a company's person may look for among its reports. What cannot be read is left out, and the list is shown."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms

from tipline.reports.company import STANDINGS, WALKING, Wanted
from tipline.stages.feedback.queries import ANSWERS, numbers_answered

_STATES = dict([WALKING, *STANDINGS.values()])
_BELOW = {"50": "under 50", "75": "under 75", "90": "under 90"}


class SearchForm(forms.Form):
    """Number, product, state, environment, answer, score."""

    number = forms.CharField(label="Report number", required=False, max_length=24)
    product = forms.CharField(label="Product", required=False, max_length=100)
    standing = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *_STATES.items()])
    environment = forms.ChoiceField(
        label="Environment", required=False, choices=[("", "Both"), ("production", "Production"), ("test", "Test")]
    )
    answer = forms.ChoiceField(label="Law enforcement", required=False, choices=[("", "All"), *ANSWERS.items()])
    below = forms.ChoiceField(label="Quality", required=False, choices=[("", "All"), *_BELOW.items()])

    def held(self) -> dict[str, str]:
        """This function will give what was asked and could be read."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def wanted(self, esp_id: int) -> Wanted:
        """This function will give a company's question; a number that is none finds nothing."""
        held = self.held()
        digits = "".join(held.get("number", "").split())
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else -1 if digits else 0
        return Wanted(
            number=number,
            product=held.get("product", ""),
            standing=held.get("standing", ""),
            environment=held.get("environment", ""),
            below=int(held.get("below", "0")),
            among=numbers_answered(esp_id, held["answer"]) if held.get("answer") else None,
        )

    def query(self) -> str:
        """This function will write the question as the query of an address, empty where nothing is asked."""
        return urlencode(self.held())
