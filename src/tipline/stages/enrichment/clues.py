"""What in a report can point to a place: addresses, telephone numbers, stated and estimated places. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tipline.domain.cybertip import reading_people as reading
from tipline.domain.cybertip.moments import read_moment
from tipline.domain.report import Document, FileRef
from tipline.reference.places.values import Caution, StatedAddress

# The place of an incident that happened offline counts for the child where nothing else does.
INCIDENT = "INCIDENT"


@dataclass(frozen=True, slots=True)
class Clue:
    """One piece of evidence: ip, phone, address or estimate; `stated` is set for the last two."""

    role: str
    evidence: str
    value: str
    seen_at: datetime | None = None
    cautions: tuple[str, ...] = ()
    stated: StatedAddress = field(default_factory=StatedAddress)
    verified: bool = False

    @property
    def subject(self) -> str:
        """What the finding is about: one current finding per person's role and value."""
        return f"{self.role}:{self.evidence}:{self.value}"[:300]


def clues_of(parts: Iterable[Document], files: Iterable[FileRef] = ()) -> tuple[Clue, ...]:
    """This function will collect the clues of a report's parts and files; equal ones become one."""
    found: list[Clue] = []
    for document in parts:
        found += [_of_event(event) for event in reading.ip_events(document)]
        for person in reading.persons(document):
            found += _of_person(person)
        found += _of_incident(document)
    uploads = (reading.file_ip_event(file.details) for file in files)
    found += [_of_event(event) for event in uploads if event]
    return _merged(each for each in found if each.value)


def _of_event(event: reading.IpEvent) -> Clue:
    cautions = (Caution.POSSIBLE_PROXY,) if event.possible_proxy else ()
    return Clue(event.role, "ip", event.address, event.at, cautions)


def _of_person(person: reading.PersonView) -> list[Clue]:
    found = [Clue(person.role, "phone", phone.strip()) for phone in person.phones]
    found += [_of_address(person.role, address) for address in person.addresses]
    if person.estimated_location:
        found.append(_of_estimate(person.role, person.estimated_location))
    return found


def _of_address(role: str, address: Document) -> Clue:
    stated = StatedAddress(
        city=_text(address, "city"),
        state=_text(address, "state") or _text(address, "nonUsaState"),
        post_code=_text(address, "zipCode"),
        country=_text(address, "country").upper(),
    )
    return Clue(role, "address", _words(stated), stated=stated)


def _of_estimate(role: str, estimate: Document) -> Clue:
    stated = StatedAddress(
        city=_text(estimate, "city"),
        state=_text(estimate, "region"),
        country=_text(estimate, "countryCode").upper(),
    )
    verified = estimate.get("@verified") is True
    at = read_moment(_text(estimate, "@timestamp"))
    return Clue(role, "estimate", _words(stated), at, stated=stated, verified=verified)


def _of_incident(document: Document) -> list[Clue]:
    listed: Any = document.get("internetDetails", ())
    places = [each["locationIncident"] for each in listed if isinstance(each.get("locationIncident"), dict)]
    places += [document["locationIncident"]] if isinstance(document.get("locationIncident"), dict) else []
    return [_of_address(INCIDENT, address) for place in places for address in place.get("incidentAddress", ())]


def _text(document: Document, name: str) -> str:
    return str(document.get(name, "") or "").strip()


def _words(stated: StatedAddress) -> str:
    return ", ".join(each for each in (stated.city, stated.state, stated.post_code, stated.country) if each)


def _merged(clues: Iterable[Clue]) -> tuple[Clue, ...]:
    """One clue per subject: the latest time, and every caution that any of them carries."""
    kept: dict[str, Clue] = {}
    for each in clues:
        before = kept.get(each.subject)
        if before is None:
            kept[each.subject] = each
            continue
        times = [at for at in (before.seen_at, each.seen_at) if at]
        cautions = tuple(dict.fromkeys((*before.cautions, *each.cautions)))
        kept[each.subject] = replace(before, seen_at=max(times, default=None), cautions=cautions)
    return tuple(kept.values())
