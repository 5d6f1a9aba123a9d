"""Every time of a report: what it means, in which zone it was sent, and what is doubtful about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tipline.domain.answers import Answers
from tipline.domain.cybertip import reading
from tipline.domain.cybertip.exif import exif_of
from tipline.domain.report import Document

SLACK = timedelta(minutes=5)  # clocks of honest machines differ by less
UNSET_BEFORE = datetime(1995, 1, 1, tzinfo=UTC)
MOST_IN_TEXTS = 20


class Meaning(StrEnum):
    """What happened at a time, in the words that people read."""

    LOG_IN = "Log-in"
    UPLOAD = "Upload"
    REGISTRATION = "Registration"
    PURCHASE = "Purchase"
    SEEN = "Seen"
    INCIDENT = "Incident"
    ESTIMATE = "Location estimated"
    ACCOUNT = "Account"
    VERIFIED = "Verified"
    CAPTURE = "Picture taken"
    SAID = "Named in a text"


class Doubt(StrEnum):
    """Why a time may be wrong, in a sentence."""

    FUTURE = "After this report was received: a clock is wrong, or the zone."
    NO_ZONE = "No zone was sent: it may be off by up to 14 hours."
    UNREGISTERED = "Before the account was registered."
    AFTER_UPLOAD = "The camera says it was taken after it was uploaded: one of the two clocks is wrong."
    AMBIGUOUS = "Day and month can be read either way."
    UNSET = "A clock that was never set writes such a time."


@dataclass(frozen=True, slots=True)
class Event:
    """One time. `at` is UTC (a time without zone is taken as UTC, and doubted), `said` as sent where it cannot be read
    as one moment; `path` says where it stands in its part, `file` counts from 1 and is 0 for the report; `address` is
    the IP address that was seen then, if one was. Where `is_stand_in`, nobody told the time: the report was made then.
    """

    at: datetime
    meaning: Meaning
    what: str
    zone: str = ""
    said: str = ""
    path: str = ""
    file: int = 0
    doubts: tuple[Doubt, ...] = ()
    address: str = ""
    is_stand_in: bool = False

    @property
    def as_sent(self) -> str:
        """In which zone it was sent, in words."""
        if Doubt.NO_ZONE in self.doubts:
            return f"{self.said or 'sent'} without a zone"
        return reading.zone_words(self.zone)


def events_of(
    parts: Sequence[Document],
    files: Iterable[tuple[int, Document]] = (),
    answers: Answers = reading.NOTHING,
    received_at: datetime | None = None,
) -> tuple[Event, ...]:
    """This function will put every time of a report in order, the oldest first, each with its doubts.

    files: position and details of each. answers: of the first part, so that a stand-in is called one.
    """
    found: list[Event] = []
    for part, said in reading.with_answers(parts, answers):
        found += _doubted(list(_of_document(part, said)))
    for position, details in files:
        found += _of_file(position, details)
    found = [_against_clock(event, received_at) for event in found]
    return tuple(sorted(found, key=lambda event: (event.at, event.path, event.what)))


_BY_WORD = {
    "Login": Meaning.LOG_IN,
    "Registration": Meaning.REGISTRATION,
    "Purchase": Meaning.PURCHASE,
    "Upload": Meaning.UPLOAD,
    "File uploaded by the user": Meaning.UPLOAD,
    "Incident": Meaning.INCIDENT,
    "Location estimated": Meaning.ESTIMATE,
    "Verified": Meaning.VERIFIED,
}


def _meaning(words: str) -> Meaning:
    head = words.partition(" (")[0].partition(":")[0]
    return _BY_WORD.get(head) or (Meaning.ACCOUNT if "ccount" in words or "disabling" in words else Meaning.SEEN)


def _of_document(document: Document, answers: Answers) -> Iterator[Event]:
    seen = {f"{one.path}/dateTime": one.address for one in reading.ip_events(document)}
    for fact in reading.times(document, answers):
        made = Event(fact.at, _meaning(fact.meaning), fact.meaning, fact.zone, path=fact.path)
        yield replace(made, address=seen.get(fact.path, ""), is_stand_in=fact.is_stand_in)
    for one in reading.narratives(document, answers):
        for event in _said(one.text)[:MOST_IN_TEXTS]:
            yield replace(event, what=one.label, path=f"{one.path}/text()")


def _doubted(events: list[Event]) -> list[Event]:
    """What a person did before the account was there, by each person's own registration."""
    registered: dict[str, datetime] = {}
    for event in events:
        if event.meaning is Meaning.REGISTRATION:
            owner = _owner(event.path)
            registered[owner] = min(registered.get(owner, event.at), event.at)
    return [
        replace(event, doubts=(*event.doubts, Doubt.UNREGISTERED))
        if event.meaning in (Meaning.LOG_IN, Meaning.UPLOAD, Meaning.PURCHASE)
        and _owner(event.path) in registered
        and event.at < registered[_owner(event.path)] - SLACK
        else event
        for event in events
    ]


def _owner(path: str) -> str:
    return path.partition("/ipCaptureEvent")[0].partition("/deviceId")[0]


def _of_file(position: int, details: Document) -> Iterator[Event]:
    uploaded: datetime | None = None
    seen = reading.file_ip_event(details)
    for fact in reading.file_times(details):
        meaning = _meaning(fact.meaning)
        if meaning is Meaning.UPLOAD:
            uploaded = fact.at if uploaded is None else min(uploaded, fact.at)
        address = seen.address if seen and fact.path == f"{seen.path}/dateTime" else ""
        yield Event(fact.at, meaning, fact.meaning, fact.zone, path=fact.path, file=position, address=address)
    taken = _taken(details)
    if taken:
        late = uploaded is not None and taken.at > uploaded + _slack(taken)
        yield replace(taken, file=position, doubts=(*taken.doubts, *([Doubt.AFTER_UPLOAD] if late else [])))


_EXIF_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:\d\d)?")


def _taken(details: Document) -> Event | None:
    """When a camera says that it took a picture. Source: CIPA DC-008, DateTimeOriginal and OffsetTimeOriginal."""
    held = exif_of(details)
    text = next((held[name] for name in ("datetimeoriginal", "createdate", "datetime") if held.get(name)), "")
    found = _EXIF_TIME.search(text[:40])
    if not found:
        return None
    zone = found.group(7) or held.get("offsettimeoriginal", "").strip()
    return _event_at(found, zone, text[:40].strip())


def _event_at(found: re.Match[str], zone: str, said: str) -> Event | None:
    year, month, day, hour, minute = (int(found.group(at)) for at in range(1, 6))
    zone = zone if re.fullmatch(r"Z|[+-](?:0\d|1[0-4]):[0-5]\d", zone) else ""
    clock = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{int(found.group(6) or 0):02}"
    at = reading.read_moment(f"{clock}{zone or 'Z'}")
    if at is None:
        return None
    doubts = () if zone else (Doubt.NO_ZONE,)
    return Event(at, Meaning.CAPTURE, "by the camera's clock", zone, said, "/fileDetails/details", doubts=doubts)


_DATE = re.compile(
    r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(20\d\d)(?:,?\s+(?:at\s+)?(\d{1,2}):(\d\d))?(?![\d/-]|\.\d)"
)


def _said(text: str) -> list[Event]:
    """The days that a text names in figures. Day and month are read as their figures allow, else both ways."""
    found = []
    for match in _DATE.finditer(text[:20_000]):
        first, second, year = int(match.group(1)), int(match.group(3)), int(match.group(4))
        hour, minute = int(match.group(5) or 0), int(match.group(6) or 0)
        # With dots the day stands first wherever dots are written; with strokes either may.
        torn = match.group(2) != "." and first != second and first <= 12 and second <= 12
        day, month = (first, second) if second <= 12 and (match.group(2) == "." or first > 12) else (second, first)
        try:
            at = datetime(year, month, day, hour, minute, tzinfo=UTC)
        except ValueError:
            continue
        doubts = (*([Doubt.AMBIGUOUS] if torn else []), Doubt.NO_ZONE)
        found.append(Event(at, Meaning.SAID, "", "", match.group(), doubts=doubts))
    return found


def _slack(event: Event) -> timedelta:
    """How far a time may honestly be off; one without a zone, half a day."""
    return timedelta(hours=14) if Doubt.NO_ZONE in event.doubts else SLACK


def _against_clock(event: Event, received_at: datetime | None) -> Event:
    doubts = event.doubts
    if received_at and event.at > received_at + _slack(event):
        doubts = (*doubts, Doubt.FUTURE)
    if event.at < UNSET_BEFORE:
        doubts = (*doubts, Doubt.UNSET)
    return replace(event, doubts=doubts)
