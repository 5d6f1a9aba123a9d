"""Turns the answers of all steps into what the record takes, and says back in words what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.datastructures import MultiValueDict

from tipline.domain.answers import Answers
from tipline.domain.errors import Refusal
from tipline.interfaces.public import forms
from tipline.interfaces.ui.sealing import Answers as Draft
from tipline.stages.intake.service import HumanReport
from tipline.stages.intake.told import Child, Contact, Place, Suspect, Told, answers_of, document_of, has_content

STEP_OF_WORDS = forms.STEPS.index(forms.Happened) + 1


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as the review page says it back, and the step where it can be changed."""

    label: str
    text: str
    step: int


def bound(number: int, about: str, draft: Draft) -> forms.Step:
    """This function will bind a step to the draft's answers."""
    return forms.STEPS[number](MultiValueDict(draft), about=about)


def cleaned(about: str, draft: Draft) -> dict[str, Any]:
    """This function will read all steps of a draft. Raises Refusal `answer_wrong` naming the field."""
    found: dict[str, Any] = {}
    for number in range(len(forms.STEPS)):
        form = bound(number, about, draft)
        if not form.is_valid():
            field = next(iter(form.errors))
            raise Refusal("answer_wrong", str(form.errors[field][0]), field=field)
        found |= form.cleaned_data
    return found


def report_of(about: str, draft: Draft, now: datetime) -> HumanReport:
    """This function will make the report. Raises Refusal `nothing_told` where there is nothing to act on."""
    told = _told(about, cleaned(about, draft))
    if not has_content(told):
        raise Refusal("nothing_told", "Please tell us a little: what happened, or who it is.", field="words")
    once = "".join(draft.get("once", ()))
    return HumanReport(document=document_of(told, now=now), answers=answers_of(told), once=once)


def is_empty(about: str, draft: Draft) -> bool:
    """This function will say whether there is nothing yet to act on; a wrong answer is not nothing."""
    try:
        return not has_content(_told(about, cleaned(about, draft)))
    except Refusal:
        return False


def _told(about: str, answers: Mapping[str, Any]) -> Told:
    child = Child(age=answers["age"], place=_place(answers))
    return Told(
        words=_words(answers),
        incidents=tuple(answers["incidents"]),
        answers=Answers(
            reporter_is="child" if about == forms.ME else answers.get("reporter_is", ""),
            ongoing=answers["ongoing"],
            danger_now=answers["danger"] == "yes",
            harms=tuple(answers["harms"]),
            language="en",
        ),
        suspects=_suspects(answers),
        child=child,
        contact=Contact(
            first_name=answers["first_name"].strip(),
            email=answers["email"],
            phone=answers["phone"].strip(),
        ),
        urls=(answers["link"].strip(),) if answers["link"].strip() else (),
    )


def _words(answers: Mapping[str, Any]) -> str:
    told = [answers["words"].strip()]
    if answers["their_place"].strip():
        told.append(f"Where the other person is, as told: {answers['their_place'].strip()}.")
    if answers["country"].strip():
        told.append(f"Country of the child, as told: {answers['country'].strip()}.")
    return "\n".join(line for line in told if line)


def _place(answers: Mapping[str, Any]) -> Place:
    abroad = bool(answers["country"].strip())
    return Place(
        state="" if abroad else answers["state"],
        city=answers["city"].strip(),
        zip_code=answers["zip_code"].strip(),
    )


def _suspects(answers: Mapping[str, Any]) -> tuple[Suspect, ...]:
    first = Suspect(
        handle=answers["handle"].strip(),
        app=answers["app"].strip(),
        name=answers["their_name"].strip(),
        emails=(answers["their_email"],) if answers["their_email"] else (),
        phones=(answers["their_phone"].strip(),) if answers["their_phone"].strip() else (),
    )
    second = Suspect(handle=answers["handle_2"].strip(), app=answers["app"].strip())
    return tuple(one for one in (first, second) if one.handle or one.emails or one.phones or one.name)


def said_back(about: str, draft: Draft) -> list[Line]:
    """This function will list the answers in words, for the page before sending."""
    lines = []
    for number in range(len(forms.STEPS)):
        form = bound(number, about, draft)
        form.is_valid()
        for name, field in form.fields.items():
            text = _text(field, form.cleaned_data.get(name))
            if text:
                lines.append(Line(str(field.label or form.title), text, number + 1))
    return lines


def _text(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return ""
    choices = dict(getattr(field, "choices", ()))
    if isinstance(value, list):
        return "; ".join(str(choices.get(one, one)) for one in value)
    return str(choices.get(value, value))
