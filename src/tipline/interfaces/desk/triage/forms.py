"""The forms of the rule editor. What they hold is checked again, field by field, by the rule set itself."""

from __future__ import annotations

from typing import Any

from django import forms

from tipline.domain.vocabulary import PRIORITY_LABELS, Priority
from tipline.stages.triage.features import FEATURES_LIST, NUMBER
from tipline.stages.triage.rule import conditions
from tipline.stages.triage.ruleset import GROUPS, read_line

_NUMBERS = [("", "–"), *((one.name, one.name) for one in FEATURES_LIST if one.kind == NUMBER)]


class RuleForm(forms.Form):
    """One rule."""

    id = forms.CharField(label="Name", max_length=40, help_text="Small letters and underscores, such as age_under_13.")
    group = forms.ChoiceField(label="Group", choices=list(GROUPS.items()))
    when = forms.CharField(
        label="Conditions, one a line",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
        help_text="Such as: threat is yes · age below 13 · linked at least 2 · type one of csam, enticement. "
        "All of them have to hold.",
    )
    points = forms.IntegerField(label="Points")
    add = forms.IntegerField(label="And for each one", required=False, help_text="Points for each of what is counted.")
    of = forms.ChoiceField(label="Of what is counted", choices=_NUMBERS, required=False)
    most = forms.IntegerField(label="Up to so many points", required=False)
    sentence = forms.CharField(
        label="Sentence", max_length=200, help_text="What people read. {age} stands for a report's own value."
    )
    tag = forms.CharField(label="Tag in the queue", max_length=40, required=False)
    on = forms.BooleanField(label="It counts", required=False, initial=True)

    def rule(self) -> dict[str, Any]:
        """This function will give the rule as the rule set keeps it."""
        held = self.cleaned_data
        made = {name: held[name] for name in ("id", "group", "points", "sentence", "tag")}
        made["when"] = [read_line(line) for line in held["when"].splitlines() if line.strip()]
        made |= {name: held[name] for name in ("add", "of") if held[name]}
        # 0 is a limit like any other; only an empty field sets none.
        made |= {"most": held["most"]} if held["most"] is not None else {}
        return made if held["on"] else {**made, "on": False}

    @staticmethod
    def held(rule: dict[str, Any]) -> dict[str, Any]:
        """This function will give what the form shows of a rule."""
        lines = "\n".join(one.words for one in conditions(rule["when"]))
        return {"on": True, **rule, "when": lines}


class ClocksForm(forms.Form):
    """How many minutes reports of each class may wait."""

    def __init__(self, *args: Any, clocks: dict[str, dict[str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for priority in Priority:
            label, held = PRIORITY_LABELS[priority], clocks[str(int(priority))]
            for field, words in (("look", "minutes to the first look"), ("refer", "minutes to the referral")):
                made = forms.IntegerField(label=f"{label}: {words}", min_value=1, max_value=525_600)
                self.fields[f"{field}_{int(priority)}"] = made
                self.initial[f"{field}_{int(priority)}"] = held[field]

    def clocks(self) -> dict[str, dict[str, int]]:
        """This function will give the clocks as the rule set keeps them."""
        return {
            str(int(one)): {field: self.cleaned_data[f"{field}_{int(one)}"] for field in ("look", "refer")}
            for one in Priority
        }


class NoteForm(forms.Form):
    """What a draft changes and why."""

    note = forms.CharField(
        label="What changes, and why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), required=True
    )


class WhyForm(forms.Form):
    """Why rules are withdrawn."""

    why = forms.CharField(label="Why they are withdrawn", max_length=300)
