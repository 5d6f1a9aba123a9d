"""Who stands in a document: people and accounts, their IP events, and the reporter apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.cybertip.moments import read_moment
from tipline.domain.report import Document, PersonRole

_PEOPLE = (
    ("personOrUserReported", "personOrUserReportedPerson", PersonRole.SUSPECT),
    ("intendedRecipient", "intendedRecipientPerson", PersonRole.RECIPIENT),
    ("victim", "victimPerson", PersonRole.VICTIM),
)
_PARTS = (*((f"/report/{element}", role) for element, _, role in _PEOPLE), ("/report/reporter", PersonRole.REPORTER))
_STANDING_TEXTS = ("companyTemplate", "termsOfService", "legalURL")


@dataclass(frozen=True, slots=True)
class IpEvent:
    """One use of an IP address. `at` is UTC and None where the sender gave no time."""

    role: PersonRole
    path: str
    address: str
    event_name: str
    at: datetime | None
    possible_proxy: bool | None
    port: int | None


@dataclass(frozen=True, slots=True)
class Device:
    """One device id, its type in the sender's own words."""

    id_type: str
    id_value: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person or account of a report. `associated` marks an account linked to the one before it.

    Texts are as sent and empty where nothing was sent; `addresses` and `estimated_location` keep the keys of
    the wire format.
    """

    role: PersonRole
    path: str
    associated: bool
    first_name: str
    last_name: str
    age: int | None
    date_of_birth: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    addresses: tuple[Document, ...]
    screen_name: str
    display_names: tuple[str, ...]
    esp_identifier: str
    esp_service: str
    profile_urls: tuple[str, ...]
    ip_events: tuple[IpEvent, ...]
    devices: tuple[Device, ...]
    estimated_location: Document
    prior_reports: tuple[int, ...]
    group: str

    @property
    def name(self) -> str:
        """This function will join the parts of the name."""
        return f"{self.first_name} {self.last_name}".strip()


def role_of(path: str) -> PersonRole | None:
    """This function will say whose part of a report a path lies in; None where it is nobody's alone."""
    return next((role for start, role in _PARTS if path.startswith(start)), None)


def persons(document: Document) -> tuple[PersonView, ...]:
    """This function will give everybody in the report: suspects, recipients, victims, then the reporter.

    Associated accounts follow the person whose they are, under the same role.
    """
    found = [view for element, person, role in _PEOPLE for view in _persons_of(document, element, person, role)]
    reporting = document.get("reporter", {}).get("reportingPerson")
    if reporting:
        found.append(_view({}, reporting, PersonRole.REPORTER, "/report/reporter/reportingPerson"))
    return tuple(found)


def _persons_of(document: Document, element: str, person: str, role: PersonRole) -> Iterator[PersonView]:
    for position, one in enumerate(document.get(element, ()), start=1):
        path = f"/report/{element}[{position}]"
        yield _view(one, one.get(person, {}), role, path)
        for index, account in enumerate(one.get("associatedAccount", ()), start=1):
            yield _view(account, account, role, f"{path}/associatedAccount[{index}]", associated=True)


def _view(account: Document, person: Document, role: PersonRole, path: str, *, associated: bool = False) -> PersonView:
    return PersonView(
        role=role,
        path=path,
        associated=associated,
        first_name=person.get("firstName", ""),
        last_name=person.get("lastName", ""),
        age=person.get("age", person.get("approximateAge")),
        date_of_birth=person.get("dateOfBirth", ""),
        emails=tuple(email["#"] for email in person.get("email", ())),
        phones=tuple(phone_text(phone) for phone in person.get("phone", ())),
        addresses=tuple(person.get("address", ())),
        screen_name=account.get("screenName", ""),
        display_names=tuple(account.get("displayName", ())),
        esp_identifier=account.get("espIdentifier", ""),
        esp_service=account.get("espService", ""),
        profile_urls=tuple(account.get("profileUrl", ())),
        ip_events=_events(account.get("ipCaptureEvent", ()), role, f"{path}/ipCaptureEvent"),
        devices=tuple(_device(device) for device in account.get("deviceId", ())),
        estimated_location=account.get("estimatedLocation", {}),
        prior_reports=tuple(account.get("priorCTReports") or account.get("priorCTReport") or ()),
        group=account.get("groupIdentifier", ""),
    )


def phone_text(phone: Document) -> str:
    """This function will write a phone number with its calling code, where one was sent."""
    number = str(phone.get("#", ""))
    code = str(phone.get("@countryCallingCode", ""))
    return f"{code} {number}" if code else number


def _events(listed: Any, role: PersonRole, path: str) -> tuple[IpEvent, ...]:
    return tuple(ip_event(event, role, f"{path}[{position}]") for position, event in enumerate(listed, start=1))


def ip_event(event: Document, role: PersonRole, path: str) -> IpEvent:
    """This function will read one ipCaptureEvent."""
    return IpEvent(
        role=role,
        path=path,
        address=str(event.get("ipAddress", "")).strip(),
        event_name=event.get("eventName", ""),
        at=read_moment(event.get("dateTime", "")),
        possible_proxy=event.get("possibleProxy"),
        port=event.get("port"),
    )


def file_ip_event(details: Document) -> IpEvent | None:
    """This function will read the IP address from which a file was uploaded: the suspect's, as reported."""
    event = details.get("ipCaptureEvent")
    return None if event is None else ip_event(event, PersonRole.SUSPECT, "/fileDetails/ipCaptureEvent")


def _device(device: Document) -> Device:
    return Device(device.get("idType", ""), device.get("idValue", ""), read_moment(device.get("dateTime", "")))


def ip_events(document: Document) -> tuple[IpEvent, ...]:
    """This function will give every IP event of a report.

    Those of a peer-to-peer incident are the reported person's by the schema's own words.
    """
    return (*(event for view in persons(document) for event in view.ip_events), *incident_ip_events(document))


def incident_ip_events(document: Document) -> tuple[IpEvent, ...]:
    """This function will give the IP events that stand with the incident and with no person."""
    found: list[IpEvent] = []
    for position, details in enumerate(document.get("internetDetails", ()), start=1):
        path = f"/report/internetDetails[{position}]/peer2peerIncident/ipCaptureEvent"
        listed = details.get("peer2peerIncident", {}).get("ipCaptureEvent", ())
        found += _events(listed, PersonRole.SUSPECT, path)
    return tuple(found)


def split_reporter(document: Document) -> tuple[Document, Document]:
    """This function will part the reporter from the report.

    Returns the document with an empty reporting person (standing company texts stay, keys keep their order),
    and the whole reporter element. Neither input nor output share changed parts.
    """
    reporter: Document = document.get("reporter", {})
    kept = {name: reporter[name] for name in _STANDING_TEXTS if name in reporter}
    return _with_reporter(document, {"reportingPerson": {}, **kept}), reporter


def join_reporter(document: Document, reporter: Document) -> Document:
    """This function will bring a parted reporter back into the report."""
    return _with_reporter(document, reporter)


def _with_reporter(document: Document, reporter: Document) -> Document:
    if "reporter" not in document:
        return {**document, "reporter": reporter}
    return {name: reporter if name == "reporter" else value for name, value in document.items()}
