"""What a person tells at a human door, and the record's one form made of it. Pure; used by both human doors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tipline.domain.answers import TIME, TYPE, Answers, ticked
from tipline.domain.report import Document
from tipline.domain.vocabulary import BY_CODE, INCIDENT_TYPES

# Which kind of incident stands for a report that names several: the one nearest to a child's body first.
WEIGHT = ("molestation", "trafficking", "tourism", "enticement", "csam", "unsolicited", "misleading_domain")
# Where somebody ticks only what happened, the incident type follows from it.
TYPE_OF_HARM = {
    "touched": "molestation",
    "meeting": "enticement",
    "pictures_wanted": "enticement",
    "pictures_threat": "enticement",
    "money": "enticement",
    "live": "enticement",
}
# The wire wants one of eight types. Where nothing that was told says which, this one is filed, and the answers say so.
STAND_IN = "enticement"
SEXTORTION = frozenset({"pictures_threat", "money"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is, as far as told. `country` is ISO 3166-1 alpha-2, `state` a US code."""

    country: str = ""
    state: str = ""
    region: str = ""
    city: str = ""
    zip_code: str = ""

    def address(self) -> Document:
        """This function will give the address element; empty where nothing was told."""
        told = {
            "city": self.city,
            "zipCode": self.zip_code,
            "state": self.state,
            "nonUsaState": self.region,
            "country": self.country or ("US" if self.state else ""),
        }
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Suspect:
    """The other person or account, as far as told."""

    handle: str = ""
    app: str = ""
    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Child:
    """The child, as far as told."""

    first_name: str = ""
    age: int | None = None
    handle: str = ""
    school: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach who reports; all empty for somebody who stays anonymous."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that somebody tells. `incidents` are codes of the vocabulary; `at` is when it happened, if said."""

    words: str
    incidents: tuple[str, ...] = ()
    answers: Answers = field(default_factory=Answers)
    suspects: tuple[Suspect, ...] = ()
    child: Child = field(default_factory=Child)
    contact: Contact = field(default_factory=Contact)
    urls: tuple[str, ...] = ()
    at: datetime | None = None
    at_words: str = ""


def has_content(told: Told) -> bool:
    """This function will tell whether there is something to act on; the same is asked for at every human door."""
    said = told.answers
    return bool(told.words.strip() or told.suspects or told.incidents or said.harms or said.danger_now)


def incident_of(told: Told) -> str:
    """This function will choose the incident type's code: the gravest that was named, or that follows from harms."""
    return _named(told) or STAND_IN


def _named(told: Told) -> str:
    named = set(told.incidents) | {TYPE_OF_HARM[harm] for harm in told.answers.harms if harm in TYPE_OF_HARM}
    order = [*WEIGHT, *(kind.code for kind in INCIDENT_TYPES)]
    return next((code for code in order if code in named), "")


def answers_of(told: Told) -> Answers:
    """This function will give the answers as they are kept: with what was ticked, and what was not told."""
    missing = ((TYPE, not _named(told)), (TIME, told.at is None))
    kinds = tuple(code for code in told.incidents if code in BY_CODE)
    return replace(told.answers, kinds=kinds, not_told=tuple(name for name, is_missing in missing if is_missing))


def document_of(told: Told, *, now: datetime) -> Document:
    """This function will make the document that every door makes. `now` stands in where no time was told."""
    # The protocol has one incident and one reported person; further ones are told as associated accounts and words.
    first, *others = told.suspects or (Suspect(),)
    made: dict[str, Any] = {
        "incidentSummary": _summary(told, first, now),
        "internetDetails": [{"webPageIncident": {"url": list(told.urls)}}] if told.urls else None,
        "reporter": {"reportingPerson": _contact(told.contact)},
        "personOrUserReported": [_suspect(first, tuple(others))] if told.suspects else None,
        "victim": [_child(told.child)] if told.child != Child() else None,
        "additionalInfo": _words(told),
    }
    return {name: value for name, value in made.items() if value is not None}


def _summary(told: Told, suspect: Suspect, now: datetime) -> Document:
    made: dict[str, Any] = {"incidentType": BY_CODE[incident_of(told)].wire, "platform": suspect.app[:256]}
    if SEXTORTION & set(told.answers.harms):
        made["reportAnnotations"] = {"sextortion": True}
    made["incidentDateTime"] = (told.at or now).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = "As the reporter told it" if told.at else "No time was told: this is when the report was made"
    made["incidentDateTimeDescription"] = f"{said}. {told.at_words}".strip()[:3000]
    return {name: value for name, value in made.items() if value != ""}


def _suspect(one: Suspect, others: tuple[Suspect, ...]) -> Document:
    person: dict[str, Any] = {
        "lastName": one.name[:100],
        "phone": [{"#": phone[:50]} for phone in one.phones],
        "email": [{"#": email} for email in one.emails],
        "address": [address] if (address := one.place.address()) else [],
    }
    made: dict[str, Any] = {
        "personOrUserReportedPerson": _filled(person),
        "espService": one.app[:100],
        "screenName": one.handle[:256],
        "profileUrl": list(one.links),
        "associatedAccount": [_associated(other) for other in others],
    }
    return _filled(made)


def _associated(one: Suspect) -> Document:
    made: dict[str, Any] = {
        "@type": "Other",
        "platform": {"#": one.app[:256]} if one.app else None,
        "lastName": one.name[:256],
        "phone": [{"#": phone[:50]} for phone in one.phones],
        "email": [{"#": email} for email in one.emails],
        "profileUrl": list(one.links),
        "screenName": one.handle[:256],
    }
    return _filled(made)


def _child(child: Child) -> Document:
    person: dict[str, Any] = {
        "firstName": child.first_name[:100],
        "address": [address] if (address := child.place.address()) else [],
        "age": child.age,
    }
    made: dict[str, Any] = {"screenName": child.handle[:256], "schoolName": child.school[:255]}
    return {"victimPerson": _filled(person), **_filled(made)}


def _contact(contact: Contact) -> Document:
    made: dict[str, Any] = {
        "firstName": contact.first_name[:100],
        "lastName": contact.last_name[:100],
        "phone": [{"#": contact.phone[:50]}] if contact.phone else [],
        "email": [{"#": contact.email}] if contact.email else [],
    }
    return _filled(made)


def _words(told: Told) -> str:
    """The words as told, and below them what was ticked, so that nobody who reads only the document misses it."""
    return f"{told.words.strip()}\n\n{ticked(answers_of(told))}".strip()


def _filled(made: Document) -> Document:
    return {name: value for name, value in made.items() if value not in ("", None, [], {})}
