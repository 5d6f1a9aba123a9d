"""The outcome form. Pure.

Source: the public feedback form of the CyberTipline (specs/exports, "Outcome form").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tipline.domain.errors import Refusal
from tipline.domain.vocabulary import CASE_STATUSES, CLOSING_REASONS, NOT_USEFUL_REASONS

FORM = "NCMEC outcome form"
SELF_PRODUCED = {"yes": "Yes", "no": "No", "unknown": "Not known"}
USEFUL = {"yes": "Yes", "no": "No"}
# After these the matter is at an end for the agency.
FINAL = frozenset({"conviction", "closed"})
WAITING_TIME = timedelta(days=365)
MOST_VICTIMS = 10_000


@dataclass(frozen=True, slots=True)
class OutcomeAnswer:
    """The outcome form as filled in. Empty text or None: not answered."""

    case_status: str
    child_identified: bool | None = None
    further_victims: int | None = None
    closing_reason: str = ""
    self_produced: str = ""
    useful: str = ""
    not_useful_reason: str = ""
    note: str = ""


def check_answer(answer: OutcomeAnswer) -> None:
    """This function will refuse an answer that contradicts itself, naming the field to change.

    Raises Refusal.
    """
    _known(answer.case_status, CASE_STATUSES, "case_status", "Choose how the case stands.")
    _arrest(answer)
    _closed(answer)
    if answer.self_produced:
        _known(answer.self_produced, SELF_PRODUCED, "self_produced", "Choose yes, no or not known.")
    _useful(answer)


def _known(value: str, allowed: dict[str, str], field: str, sentence: str) -> None:
    if value not in allowed:
        raise Refusal("unknown_choice", sentence, source=FORM, field=field)


def _refuse(code: str, sentence: str, field: str) -> None:
    raise Refusal(code, sentence, source=FORM, field=field)


def _arrest(answer: OutcomeAnswer) -> None:
    arrested = answer.case_status in {"arrest", "conviction"}
    if not arrested and answer.child_identified is not None:
        _refuse("only_after_arrest", "Children are counted after an arrest or a conviction.", "child_identified")
    if not arrested and answer.further_victims is not None:
        _refuse("only_after_arrest", "Further victims are counted after an arrest or a conviction.", "further_victims")
    if answer.further_victims is not None and not 0 <= answer.further_victims <= MOST_VICTIMS:
        _refuse("out_of_range", f"Give a number from 0 to {MOST_VICTIMS}.", "further_victims")


def _closed(answer: OutcomeAnswer) -> None:
    if answer.case_status == "closed":
        _known(answer.closing_reason, CLOSING_REASONS, "closing_reason", "Say why the case was closed.")
    elif answer.closing_reason:
        _refuse("only_when_closed", "A closing reason belongs to a closed case.", "closing_reason")


def _useful(answer: OutcomeAnswer) -> None:
    if answer.useful:
        _known(answer.useful, USEFUL, "useful", "Choose yes or no.")
    if answer.useful == "no":
        _known(answer.not_useful_reason, NOT_USEFUL_REASONS, "not_useful_reason", "Say what made it of little use.")
    elif answer.not_useful_reason:
        _refuse("only_when_not_useful", "This reason belongs to a report that was not useful.", "not_useful_reason")
