"""What in a report can point to a place: addresses, numbers, coordinates, texts, zones, domains. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tipline.domain.answers import Answers
from tipline.domain.cybertip import reading
from tipline.domain.cybertip import reading_people as people
from tipline.domain.cybertip.coordinates import exif_point, incident_points
from tipline.domain.cybertip.moments import read_moment
from tipline.domain.report import Document, FileRef, PersonRole
from tipline.reference.places.values import Caution, StatedAddress
from tipline.stages.enrichment.texts import texts_of, zones_named

# The place of an incident that happened offline counts for the child where nothing else does, and so do places that
# a chat or a picture names without saying whose they are.
INCIDENT = "INCIDENT"
_NO_ZONE = frozenset({"", "Z", "+00:00", "-00:00"})


@dataclass(frozen=True, slots=True)
class Clue:
    """One piece of evidence of a kind (`reference.places.weigh.kinds`). What it is asked with stands in `value`,
    or in `stated`, `point` or `text`. `days` is how far from the incident it was seen, `times` how often.
    """

    role: str
    evidence: str
    value: str
    seen_at: datetime | None = None
    cautions: tuple[str, ...] = ()
    stated: StatedAddress = field(default_factory=StatedAddress)
    verified: bool = False
    point: tuple[float, float] | None = None
    text: str = ""
    days: float = 0.0
    times: int = 1

    @property
    def subject(self) -> str:
        """What the finding is about: one current finding per person's role and value."""
        return f"{self.role}:{self.evidence}:{self.value}"[:300]


def clues_of(
    parts: Iterable[Document], files: Iterable[FileRef] = (), answers: Answers = reading.NOTHING
) -> tuple[Clue, ...]:
    """This function will collect the clues of a report's parts and files; equal ones become one.

    answers: of the first part, so that of what we wrote ourselves nothing counts as somebody's words.
    """
    parts, found = tuple(parts), list[Clue]()
    for document, said in reading.with_answers(parts, answers):
        found += [_of_event(event) for event in people.ip_events(document)]
        for person in people.persons(document):
            found += _of_person(person)
        found += _of_incident(document)
        found += _of_times(document)
        found += _of_texts(document, said)
    for file in files:
        found += _of_file(file)
    happened = next((at for part in parts if (at := reading.incident_at(part))), None)
    return tuple(_aged(each, happened) for each in _merged(each for each in found if each.value))


def _aged(clue: Clue, happened: datetime | None) -> Clue:
    if happened is None or clue.seen_at is None:
        return clue
    return replace(clue, days=round(abs((clue.seen_at - happened).total_seconds()) / 86400, 1))


def _of_event(event: people.IpEvent) -> Clue:
    cautions = (Caution.POSSIBLE_PROXY,) if event.possible_proxy else ()
    return Clue(event.role, "ip", event.address, event.at, cautions)


def _of_person(person: people.PersonView) -> list[Clue]:
    found = [Clue(person.role, "phone", phone.strip()) for phone in person.phones]
    found += [_of_address(person.role, address) for address in person.addresses]
    if person.estimated_location:
        found.append(_of_estimate(person.role, person.estimated_location))
    for email in person.emails:
        domain = email.rpartition("@")[2].strip().casefold()
        found += [Clue(person.role, "mail", domain), Clue(person.role, "ending", domain)]
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


def _of_incident(document: Document) -> Iterator[Clue]:
    listed: Any = document.get("internetDetails", ())
    for each in listed:
        place = each.get("nonInternetIncident", {})
        yield from (_of_address(INCIDENT, address) for address in place.get("incidentAddress", ()))
    for point in incident_points(document):
        yield _of_point(INCIDENT, point)


def _of_point(role: str, point: tuple[float, float]) -> Clue:
    return Clue(role, "gps", f"{point[0]:.4f}, {point[1]:.4f}", point=point)


def _of_times(document: Document) -> Iterator[Clue]:
    """The zones in which the times of people's events were sent. One zone for all is that of the sender's clock."""
    facts = reading.times(document)
    if len({fact.zone for fact in facts}) < 2:
        return
    for fact in facts:
        role = reading.role_of(fact.path)
        if role and fact.zone not in _NO_ZONE and "/ipCaptureEvent" in fact.path:
            yield Clue(role, "zone", fact.zone, fact.at)


def _of_texts(document: Document, answers: Answers) -> Iterator[Clue]:
    for text in texts_of(document, answers):
        role = text.role or INCIDENT
        yield Clue(role, "place_name", text.label, text=text.text)
        # Whoever writes to whom, both read the language; of a chat it speaks of the reported person.
        yield Clue(text.role or PersonRole.SUSPECT, "language", "free text", text=text.text)
        for zone in zones_named(text.text):
            yield Clue(role, "stated_zone", zone)


def _of_file(file: FileRef) -> Iterator[Clue]:
    event = people.file_ip_event(file.details)
    if event:
        yield _of_event(event)
    point = exif_point(file.details)
    if point:
        yield _of_point(INCIDENT, point)


def _text(document: Document, name: str) -> str:
    return str(document.get(name, "") or "").strip()


def _words(stated: StatedAddress) -> str:
    return ", ".join(each for each in (stated.city, stated.state, stated.post_code, stated.country) if each)


def _merged(clues: Iterable[Clue]) -> tuple[Clue, ...]:
    """One clue per subject: the latest time, every caution that any of them carries, their texts together."""
    kept: dict[str, Clue] = {}
    for each in clues:
        before = kept.get(each.subject)
        if before is None:
            kept[each.subject] = each
            continue
        times = [at for at in (before.seen_at, each.seen_at) if at]
        cautions = tuple(dict.fromkeys((*before.cautions, *each.cautions)))
        text = before.text if each.text in before.text else f"{before.text}\n{each.text}"
        kept[each.subject] = replace(
            before, seen_at=max(times, default=None), cautions=cautions, text=text, times=before.times + 1
        )
    return tuple(kept.values())
