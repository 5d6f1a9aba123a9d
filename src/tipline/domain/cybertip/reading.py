"""What a document says, in the terms of the house: incident, urgency, times, free text.

People and identifiers are read in modules of their own and offered here as well. All functions
are pure and take any document that was checked, from whatever door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from tipline.domain.answers import TIME, TYPE, Answers, own_words
from tipline.domain.cybertip import codes
from tipline.domain.cybertip.grammar import ElementTable
from tipline.domain.cybertip.moments import read_moment, zone_of
from tipline.domain.cybertip.reading_identifiers import identifiers
from tipline.domain.cybertip.reading_people import (
    Device,
    IpEvent,
    PersonView,
    file_ip_event,
    ip_events,
    join_reporter,
    persons,
    phone_text,
    role_of,
    split_reporter,
)
from tipline.domain.cybertip.rules_values import each
from tipline.domain.cybertip.simple import DATETIME
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.report import Document
from tipline.domain.vocabulary import BY_CODE

__all__ = [
    "Device",
    "IpEvent",
    "Narrative",
    "PersonView",
    "TimedFact",
    "annotation_flags",
    "escalation_reason",
    "file_ip_event",
    "file_times",
    "headline",
    "identifiers",
    "incident_at",
    "incident_label",
    "incident_type",
    "ip_events",
    "is_escalated",
    "join_reporter",
    "narratives",
    "persons",
    "phone_text",
    "read_moment",
    "role_of",
    "split_reporter",
    "times",
    "with_answers",
    "zone_words",
]

_MEANINGS = {
    "incidentDateTime": "Incident",
    "verificationDate": "Verified",
    "timestamp": "Location estimated",
    "disabledDate": "Account disabled",
    "userNotifiedDate": "User told of the disabling",
    "reenabledDate": "Account enabled again",
    "uploadedToEspTimestamp": "File uploaded by the user",
}
_NARRATIVES = {
    "escalateToHighPriority": "Why it is urgent",
    "incidentDateTimeDescription": "About the time",
    "content": "Message text",
    "additionalInfo": "Further information",
    "profileBio": "Profile text",
    "vehicleDescription": "Vehicle",
    "fileNames": "File names",
}
_HEADLINE = 120
_INCIDENT_TIME = "/report/incidentSummary/incidentDateTime"
_ABOUT_TIME = "/report/incidentSummary/incidentDateTimeDescription"
_WORDS = "/report/additionalInfo"
NOTHING = Answers()
AS_TICKED = "as follows from what was ticked"
TIME_NOT_TOLD = "Time not told"  # shown in the time's place


@dataclass(frozen=True, slots=True)
class TimedFact:
    """Something with a time. `at` is UTC, `zone` as the sender wrote it; a stand-in was told by nobody."""

    at: datetime
    meaning: str
    path: str
    zone: str
    is_stand_in: bool = False

    @property
    def as_sent(self) -> str:
        """In which zone the sender wrote it, in words; empty where that is not known."""
        return zone_words(self.zone)


@dataclass(frozen=True, slots=True)
class Narrative:
    """A free text of the report, with what it is about."""

    path: str
    label: str
    text: str


def zone_words(zone: str) -> str:
    """This function will say in which zone a time was sent; empty where that is not known."""
    if not zone:
        return ""
    return "sent in UTC" if zone == "Z" else f"sent with zone {zone}"


def incident_type(document: Document) -> str:
    """This function will give the wire constant of the incident, old names brought to today's."""
    name = str(document.get("incidentSummary", {}).get("incidentType", ""))
    return codes.INCIDENT_ALIASES.get(name, name)


def incident_label(document: Document, answers: Answers = NOTHING) -> str:
    """This function will give the incident in the words that people read; a stand-in is called one."""
    label = codes.INCIDENT_LABELS.get(incident_type(document), "Kind of incident not stated")
    return f"Type not told; filed as {label[0].lower()}{label[1:]}" if TYPE in answers.not_told else label


def follows_from_ticks(document: Document, answers: Answers) -> bool:
    """This function will say whether nobody named the kind of incident, but it follows from what was ticked."""
    named = {BY_CODE[code].wire for code in answers.kinds if code in BY_CODE}
    return bool(answers.harms) and TYPE not in answers.not_told and incident_type(document) not in named


def type_note(document: Document, answers: Answers) -> str:
    """This function will say where the kind of incident comes from, where nobody named it; empty where it was told."""
    if TYPE in answers.not_told:
        return "Not told"
    return f"{incident_label(document)}, {AS_TICKED}" if follows_from_ticks(document, answers) else ""


def is_escalated(document: Document) -> bool:
    """This function will say whether the sender asks for high priority."""
    return bool(escalation_reason(document))


def escalation_reason(document: Document) -> str:
    """This function will give the sender's reason for urgency, or an empty string."""
    return str(document.get("incidentSummary", {}).get("escalateToHighPriority", "")).strip()


def annotation_flags(document: Document) -> tuple[str, ...]:
    """This function will give the names of the flags of a report or of file details, in schema order."""
    held = document.get("incidentSummary", {}).get("reportAnnotations", {}) or document.get("fileAnnotations", {})
    named = [flag for flag in (*codes.REPORT_FLAGS, *codes.FILE_FLAGS) if held.get(flag) is True]
    if document.get("potentialMeme") is True:
        named.append("potentialMeme")
    return tuple(dict.fromkeys(named))


def headline(document: Document, answers: Answers = NOTHING) -> str:
    """This function will give one line for lists: the incident and where it happened, no names."""
    platform = " ".join(str(document.get("incidentSummary", {}).get("platform", "")).split())
    label = incident_label(document, answers)
    line = f"{label}, {platform}" if platform else label
    return line if len(line) <= _HEADLINE else line[: _HEADLINE - 1] + "…"


def incident_at(document: Document) -> datetime | None:
    """This function will give the time of the incident in UTC."""
    return read_moment(str(document.get("incidentSummary", {}).get("incidentDateTime", "")))


def times(document: Document, answers: Answers = NOTHING) -> tuple[TimedFact, ...]:
    """This function will give everything with a date and time in a report, oldest first.

    Where no time was told, the one that stands in says so, and nobody sent its zone.
    """
    found = _sorted_times(document, REPORT)
    if TIME not in answers.not_told:
        return found
    return tuple(_stand_in(fact) if fact.path == _INCIDENT_TIME else fact for fact in found)


def _stand_in(fact: TimedFact) -> TimedFact:
    meaning = f"Incident (report made {fact.at:%Y-%m-%d %H:%M} UTC)"
    return replace(fact, meaning=meaning, zone="", is_stand_in=True)


def file_times(details: Document) -> tuple[TimedFact, ...]:
    """This function will give everything with a date and time in the details of a file, oldest first."""
    return _sorted_times(details, FILE_DETAILS)


def _sorted_times(document: Document, table: ElementTable) -> tuple[TimedFact, ...]:
    found = _times(document, table, f"/{table.name}")
    return tuple(sorted(found, key=lambda fact: (fact.at, fact.path)))


def _times(document: Document, table: ElementTable, path: str) -> Iterator[TimedFact]:
    dated = [(f"@{one.name}", one.name, one.kind) for one in table.attributes]
    dated += [(one.name, one.name, one.kind) for one in table.children if not isinstance(one.kind, ElementTable)]
    for key, name, kind in dated:
        if kind is DATETIME and key in document:
            yield from _fact(str(document[key]), _meaning(name, document, table), f"{path}/{key}")
    for child in table.children:
        if isinstance(child.kind, ElementTable) and child.name in document:
            for spot, one in each(document[child.name], child, path):
                yield from _times(one, child.kind, spot)


def _fact(text: str, meaning: str, path: str) -> Iterator[TimedFact]:
    at = read_moment(text)
    if at is not None:
        yield TimedFact(at, meaning, path, zone_of(text))


def _meaning(name: str, document: Document, table: ElementTable) -> str:
    if name != "dateTime":
        return _MEANINGS.get(name, name)
    event = str(document.get("eventName", "")) or "Seen"
    return f"{event} (device)" if table.name == "deviceId" else f"{event} (IP address)"


def with_answers(parts: Iterable[Document], answers: Answers) -> Iterator[tuple[Document, Answers]]:
    """This function will give each part of a report with its answers: those of a human door are the first part's."""
    for position, part in enumerate(parts):
        yield part, NOTHING if position else answers


def narratives(document: Document, answers: Answers = NOTHING) -> tuple[Narrative, ...]:
    """This function will give the free texts of a report in document order.

    The company's standing texts are not among them: they say nothing of this report. Of what came through a human
    door, with its answers, only what somebody said: the words first, and nothing that we wrote ourselves.
    """
    found = _narratives(document, REPORT, "/report")
    if answers == NOTHING:
        return tuple(found)
    said = [_as_said(one, answers) for one in found if not (TIME in answers.not_told and one.path == _ABOUT_TIME)]
    return tuple(sorted((one for one in said if one.text), key=lambda one: one.path != _WORDS))


def _as_said(one: Narrative, answers: Answers) -> Narrative:
    if one.path != _WORDS:
        return one
    return Narrative(one.path, "In the reporter's own words", own_words(one.text, answers))


def _narratives(document: Document, table: ElementTable, path: str) -> Iterator[Narrative]:
    for child in table.children:
        if child.name not in document:
            continue
        for spot, one in each(document[child.name], child, path):
            if isinstance(child.kind, ElementTable):
                yield from _narratives(one, child.kind, spot)
            elif child.name in _NARRATIVES and str(one).strip():
                yield Narrative(spot, _NARRATIVES[child.name], str(one))
