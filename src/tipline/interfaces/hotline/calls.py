"""Turns the sheet into what the record takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tipline.domain.answers import Answers
from tipline.domain.errors import Refusal
from tipline.interfaces.hotline.forms import lines
from tipline.stages.intake.service import HumanReport
from tipline.stages.intake.told import Child, Contact, Place, Suspect, Told, answers_of, document_of, has_content

# What to ask and say first, by who calls.
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "child": (
        "Thank you for calling. You did the right thing, and it is not your fault.",
        "Are you safe where you are? Can anybody hear you?",
        "You do not have to tell me your name. Stop whenever you want.",
        "Do not pay, and do not delete the messages. You can block them.",
    ),
    "parent": (
        "Is the child with you and safe now?",
        "Please do not write to the other person, and leave the messages as they are.",
        "Do not blame the child. What the child tells you is enough.",
        "When was the last contact? On which app, under which name?",
    ),
    "professional": (
        "Have you told the police or the child protective services? Under which number?",
        "What did you see or hear yourself, and what were you told?",
        "Who else knows? Does the person you suspect know?",
    ),
    "other": (
        "What did you see, where, and when?",
        "Please do not send pictures or look for more: the address is enough.",
    ),
}


def report_of(answers: Mapping[str, Any], now: datetime, once: str = "") -> HumanReport:
    """This function will make the report of a call. Raises Refusal `nothing_told`."""
    told = Told(
        words=answers["words"],
        incidents=tuple(answers["incidents"]),
        answers=Answers(
            reporter_is=answers["reporter_is"],
            ongoing=answers["ongoing"],
            danger_now=answers["danger"] == "yes",
            harms=tuple(answers["harms"]),
            language=answers["language"].strip(),
        ),
        suspects=_suspects(answers),
        child=_child(answers),
        contact=_caller(answers),
    )
    # A caller in danger may hang up before a word is written down: what was ticked is a report, too.
    if not has_content(told):
        sentence = "Write down some words, or who it is about, or tick what happens."
        raise Refusal("nothing_told", sentence, field="words")
    return HumanReport(document=document_of(told, now=now), answers=answers_of(told), once=once)


def _suspects(answers: Mapping[str, Any]) -> tuple[Suspect, ...]:
    handles, emails, phones = (lines(answers[name]) for name in ("handles", "emails", "phones"))
    place = Place(state=answers["their_state"], city=answers["their_city"].strip())
    first = Suspect(
        handle=handles[0] if handles else "",
        app=answers["app"].strip(),
        name=answers["their_name"].strip(),
        emails=tuple(emails),
        phones=tuple(phones),
        place=place,
    )
    further = tuple(Suspect(handle=handle, app=answers["app"].strip()) for handle in handles[1:])
    empty = Suspect(app=first.app)
    return () if first == empty and not further else (first, *further)


def _child(answers: Mapping[str, Any]) -> Child:
    place = Place(
        state=answers["child_state"], city=answers["child_city"].strip(), zip_code=answers["child_zip"].strip()
    )
    return Child(
        first_name=answers["child_name"].strip(),
        age=answers["child_age"],
        school=answers["child_school"].strip(),
        place=place,
    )


def _caller(answers: Mapping[str, Any]) -> Contact:
    first, _, last = answers["caller_name"].strip().partition(" ")
    return Contact(first, last.strip(), answers["caller_email"], answers["caller_phone"].strip())
