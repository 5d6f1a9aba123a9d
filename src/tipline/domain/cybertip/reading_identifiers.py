"""The identifiers of a document, normalised: what can tie it to other reports and to places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tipline.domain.cybertip.reading_people import PersonView, incident_ip_events, persons, phone_text
from tipline.domain.identifiers import normalise
from tipline.domain.report import Document, Identifier, IdentifierKind, PersonRole

_K = IdentifierKind
# Looked up once: to name a member of an enumeration costs as much as to make a text of it.
_NAME, _IP, _DEVICE, _URL, _PHONE, _PRIOR = _K.NAME, _K.IP, _K.DEVICE, _K.URL, _K.PHONE, _K.PRIOR_REPORT
_HANDLE, _ACCOUNT, _GROUP, _EMAIL = _K.HANDLE, _K.ESP_ACCOUNT, _K.GROUP, _K.EMAIL


def identifiers(document: Document) -> tuple[Identifier, ...]:
    """This function will give every identifier of a report, normalised, in document order.

    What stands in internetDetails (URLs, a phone, IP addresses) is listed under the suspect: it is where the
    reported deed was done; its path tells it from what the sender knows of a person.
    """
    found: list[Identifier] = []
    for view in persons(document):
        found += _of_person(view)
    found += _of_incident(document)
    return tuple(one for one in found if one.value)


def _make(kind: IdentifierKind, where: tuple[PersonRole, str], raw: str, at: datetime | None = None) -> Identifier:
    role, path = where
    return Identifier(kind, role, normalise(kind, raw), raw, at, path)


def _of_person(view: PersonView) -> Iterator[Identifier]:
    where = (view.role, view.path)
    if view.first_name and view.last_name:
        yield _make(_NAME, where, view.name)
    single = ((_HANDLE, view.screen_name), (_ACCOUNT, view.esp_identifier), (_GROUP, view.group))
    listed = ((_EMAIL, view.emails), (_PHONE, view.phones), (_URL, view.profile_urls))
    for kind, raw in single:
        yield _make(kind, where, raw)
    for kind, raws in listed:
        for raw in raws:
            yield _make(kind, where, raw)
    yield from _captured(view, where)
    for number in view.prior_reports:
        yield _make(_PRIOR, where, str(number))


def _captured(view: PersonView, where: tuple[PersonRole, str]) -> Iterator[Identifier]:
    for event in view.ip_events:
        yield _make(_IP, (event.role, event.path), event.address, event.at)
    for device in view.devices:
        yield _make(_DEVICE, where, device.id_value, device.at)


def _of_incident(document: Document) -> Iterator[Identifier]:
    for position, details in enumerate(document.get("internetDetails", ()), start=1):
        base = f"/report/internetDetails[{position}]"
        for index, url in enumerate(details.get("webPageIncident", {}).get("url", ()), start=1):
            yield _make(_URL, (PersonRole.SUSPECT, f"{base}/webPageIncident/url[{index}]"), url)
        phone = details.get("cellPhoneIncident", {}).get("phoneNumber")
        if phone is not None:
            where = (PersonRole.SUSPECT, f"{base}/cellPhoneIncident/phoneNumber")
            yield _make(_PHONE, where, phone_text(phone))
    for event in incident_ip_events(document):
        yield _make(_IP, (event.role, event.path), event.address, event.at)
