"""How much of what an officer needs a report brings: what is missing, what each thing costs, what to send instead.

A report begins with 100 points and loses those of every need that it leaves open; a thing that some files lack costs
its share of them. A need whose ground is missing altogether (the port of an address that was not sent) is not told
beside it. Pure; asked when a report is opened, when a file is described, and once at the finish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tipline.domain.cybertip.needs import BY_CODE, NEEDS
from tipline.domain.cybertip.reading import incident_label, incident_type
from tipline.domain.report import Document

__all__ = ["NEEDS", "Missing", "Quality", "file_lacks", "grade", "product_of", "report_lacks"]

MOST_PRODUCT = 100
# What a batch of a viral file may say is little; nothing else is asked of it.
_OF_BATCH = frozenset({"identifier", "file_details", "viewed_by_esp", "publicly_available", "file_time"})
# In these kinds somebody did something to one child: without the child's account nobody can be protected.
_CHILD_TYPES = frozenset(
    {
        "Online Enticement of Children for Sexual Acts",
        "Child Sex Trafficking",
        "Child Sexual Molestation",
        "Unsolicited Obscene Material Sent to a Child",
    }
)
_CHILDREN = ("victim", "intendedRecipient")
_NAMES = ("espIdentifier", "screenName", "displayName", "profileUrl", "deviceId", "groupIdentifier")
_TELLING = ("content", "additionalInfo", "fileNames", "url")
_DISABLED = ("accountTemporarilyDisabled", "accountPermanentlyDisabled")


@dataclass(frozen=True, slots=True)
class Missing:
    """One open need. `files` of `of_files` lack it; both are 0 where it concerns the report itself."""

    code: str
    files: int = 0
    of_files: int = 0

    @property
    def points(self) -> int:
        """What it costs: a thing of files, as a share of them, rounded up."""
        whole = BY_CODE[self.code].points
        return -(-whole * self.files // self.of_files) if self.of_files else whole

    @property
    def sentence(self) -> str:
        """The plain sentence."""
        return BY_CODE[self.code].sentence

    @property
    def element(self) -> str:
        """Which element of the schema to send."""
        return BY_CODE[self.code].element


@dataclass(frozen=True, slots=True)
class Quality:
    """A report's score, 0 to 100, and what it lacks, the dearest first."""

    score: int
    missing: tuple[Missing, ...]

    def header(self) -> str:
        """This function will write the score as a response header tells it, after the manner of RFC 8941."""
        codes = ",".join(one.code for one in self.missing)
        return f'{self.score}; missing="{codes}"' if codes else str(self.score)


def report_lacks(document: Document) -> tuple[str, ...]:
    """This function will name the needs that the report itself leaves open."""
    found = _of_report(document)
    if "batchedReport" in document:
        found = (code for code in found if code in _OF_BATCH)
    return tuple(found)


def _of_report(document: Document) -> Iterator[str]:
    suspects: Sequence[Document] = document.get("personOrUserReported", ())
    yield from _who(suspects, is_batch="batchedReport" in document)
    yield from _addresses([*_events(suspects), *_peer_events(document)])
    yield from _circumstances(document, suspects)
    if incident_type(document) in _CHILD_TYPES and not any(_is_named(one) for one in _children(document)):
        yield "child"
    if not any(name in one for one in suspects for name in _DISABLED):
        yield "account_state"
    if "contactPerson" not in document.get("reporter", {}):
        yield "company_contact"
    if not _shows_something(document, suspects):
        yield "evidence"


def _who(suspects: Sequence[Document], *, is_batch: bool) -> Iterator[str]:
    named = [one for one in suspects if _is_named(one)]
    if not named or (is_batch and len(named) < len(suspects)):
        yield "identifier"
    elif not any(_reaches_out(one) for one in suspects):
        yield "contact"


def _is_named(one: Mapping[str, Any]) -> bool:
    return any(one.get(name) for name in _NAMES) or _reaches_out(one)


def _reaches_out(one: Mapping[str, Any]) -> bool:
    person = _person(one)
    linked = one.get("associatedAccount", ())
    return bool(person.get("email") or person.get("phone")) or any(
        account.get("email") or account.get("phone") for account in linked
    )


def _person(one: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in ("personOrUserReportedPerson", "intendedRecipientPerson", "victimPerson"):
        if name in one:
            found: Mapping[str, Any] = one[name]
            return found
    return {}


def _children(document: Document) -> Iterator[Mapping[str, Any]]:
    for name in _CHILDREN:
        yield from document.get(name, ())


def _events(suspects: Iterable[Document]) -> Iterator[Mapping[str, Any]]:
    for one in suspects:
        yield from one.get("ipCaptureEvent", ())
        for account in one.get("associatedAccount", ()):
            yield from account.get("ipCaptureEvent", ())


def _peer_events(document: Document) -> Iterator[Mapping[str, Any]]:
    for details in document.get("internetDetails", ()):
        yield from details.get("peer2peerIncident", {}).get("ipCaptureEvent", ())


def _addresses(events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The open needs of the best address: one whole event is worth more than twenty halves."""
    if not events:
        return ("ip",)
    return min((_event_lacks(event) for event in events), key=lambda codes: sum(BY_CODE[one].points for one in codes))


def _event_lacks(event: Mapping[str, Any]) -> tuple[str, ...]:
    # An IPv6 address is one household's own; many share an IPv4 address, and only the port tells them apart.
    has_port = "port" in event or ":" in str(event.get("ipAddress", ""))
    has_event = event.get("eventName", "Unknown") != "Unknown"
    parts = (("ip_time", "dateTime" in event), ("ip_port", has_port), ("ip_event", has_event))
    return tuple(code for code, is_there in parts if not is_there)


def _circumstances(document: Document, suspects: Sequence[Document]) -> Iterator[str]:
    summary = document.get("incidentSummary", {})
    if not str(summary.get("incidentDateTimeDescription", "")).strip():
        yield "incident_time_meaning"
    if not document.get("internetDetails"):
        yield "where"
    if not _stated_product(document):
        yield "service"
    people = [*suspects, *_children(document)]
    if not any(one.get("estimatedLocation") or _person(one).get("address") for one in people):
        yield "place"


def _shows_something(document: Document, suspects: Sequence[Document]) -> bool:
    """Whether words or a page's address tell what happened. Looked up by name: this runs while a sender waits."""
    told = [document.get("additionalInfo"), document.get("incidentSummary", {}).get("escalateToHighPriority")]
    for details in document.get("internetDetails", ()):
        told += [kind.get(name) for kind in details.values() for name in _TELLING]
    for one in (*suspects, *_children(document)):
        told += [one.get("additionalInfo"), one.get("profileBio")]
    return any(one if isinstance(one, list) else str(one or "").strip() for one in told)


def file_lacks(details: Document, *, is_batch: bool = False) -> tuple[str, ...]:
    """This function will name the needs that the details of one file leave open."""
    found = _of_file(details)
    return tuple(code for code in found if not is_batch or code in _OF_BATCH)


def _of_file(details: Document) -> Iterator[str]:
    if "fileViewedByEsp" not in details:
        yield "viewed_by_esp"
    if "publiclyAvailable" not in details:
        yield "publicly_available"
    if "uploadedToEspTimestamp" not in details:
        yield "file_time"
    if "ipCaptureEvent" not in details:
        yield "file_ip"
    if not details.get("originalFileName"):
        yield "file_name"


def grade(lacks: Sequence[str], files: Sequence[Sequence[str] | None]) -> Quality:
    """This function will weigh a report at its finish.

    lacks: what the report itself leaves open; files: what the details of each do, None where a file has none.
    """
    told = [Missing(code) for code in lacks if not _is_made_good(code, files)]
    told += _of_files(files)
    told.sort(key=lambda one: (-one.points, one.code))
    return Quality(max(0, 100 - sum(one.points for one in told)), tuple(told))


def _is_made_good(code: str, files: Sequence[Sequence[str] | None]) -> bool:
    if code == "evidence":
        return bool(files)
    # The address from which a file came stands for the person's.
    return code == "ip" and any(lacks is not None and "file_ip" not in lacks for lacks in files)


def _of_files(files: Sequence[Sequence[str] | None]) -> list[Missing]:
    counted: dict[str, int] = {}
    for lacks in files:
        for code in ("file_details",) if lacks is None else lacks:
            counted[code] = counted.get(code, 0) + 1
    return [Missing(code, number, len(files)) for code, number in counted.items()]


def product_of(document: Document) -> str:
    """This function will name the product that a report is about: the service or platform named, else the incident."""
    return (_stated_product(document) or incident_label(document))[:MOST_PRODUCT]


def _stated_product(document: Document) -> str:
    services = (one.get("espService", "") for one in document.get("personOrUserReported", ()))
    stated = next((text for text in services if str(text).strip()), "")
    return " ".join(str(stated or document.get("incidentSummary", {}).get("platform", "")).split())
