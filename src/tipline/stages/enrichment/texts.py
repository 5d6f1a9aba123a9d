"""The free texts of a report as evidence: whose they are, and the time zones that they name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tipline.domain.answers import Answers
from tipline.domain.cybertip import reading
from tipline.domain.report import Document, PersonRole
from tipline.reference.places.sources.time_zone import ABBREVIATIONS

_LONGEST = 20_000
_LABELS = frozenset({"Message text", "Further information", "Profile text", "In the reporter's own words"})
_IANA = r"(?:Europe|America|Asia|Africa|Australia|Pacific|Atlantic|Indian)/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?"
_ZONE = re.compile(rf"(?<![\w/])(?:{_IANA}|(?:UTC|GMT) ?[+-] ?\d{{1,2}}(?::?\d\d)?|{'|'.join(ABBREVIATIONS)})(?![\w/])")


@dataclass(frozen=True, slots=True)
class Said:
    """One text. `role` is empty where it does not say of whom it speaks: a chat, or the report's own words."""

    role: PersonRole | None
    label: str
    text: str


def texts_of(document: Document, answers: Answers = reading.NOTHING) -> Iterator[Said]:
    """This function will give the texts that may say where somebody is, and the name of the child's school."""
    for one in reading.narratives(document, answers):
        if one.label in _LABELS:
            yield Said(reading.role_of(one.path), one.label, one.text[:_LONGEST])
    for person in document.get("victim", ()):
        school = str(person.get("schoolName", "")).strip()
        if school:
            # As if somebody wrote "at": a school's name says where it is.
            yield Said(PersonRole.VICTIM, "School", f"at {school}")


def zones_named(text: str) -> tuple[str, ...]:
    """This function will give the time zones that a text names, each once."""
    return tuple(dict.fromkeys(_ZONE.findall(text)))[:3]
