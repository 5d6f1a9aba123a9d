"""The report in the JSON shape of the ICAC Data System, which open police tools read. Pure.

Every key is always written, null where nothing is known; the file begins with a UTF-8 byte-order mark.
Source: specs/exports, "JSON in the shape of the ICAC Data System".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tipline.domain.cybertip import reading
from tipline.domain.cybertip.moments import read_moment
from tipline.domain.report import Document, FileRef, Source
from tipline.stages.referral.files import goes_into_package, member_name
from tipline.stages.referral.material import Material
from tipline.stages.referral.words import iso

Json = dict[str, Any]
BOM = b"\xef\xbb\xbf"
_KINDS = (
    "webPageIncident",
    "emailIncident",
    "newsgroupIncident",
    "chatImIncident",
    "onlineGamingIncident",
    "cellPhoneIncident",
    "nonInternetIncident",
    "peer2peerIncident",
)
_ESPS = frozenset({Source.ESP_API, Source.ESP_FORM})


def render_ids(material: Material) -> bytes:
    """This function will write the report for police tools, with its byte-order mark."""
    return BOM + json.dumps(ids_value(material), ensure_ascii=False, indent=1).encode()


def ids_value(material: Material) -> Json:
    """This function will give the report as a value in the shape of the ICAC Data System."""
    document = material.document
    return {
        "reportId": material.head.number,
        "dateReceived": iso(material.head.received_at) or None,
        "submittalId": None,
        "reportedInformation": {
            "reportingEsp": _esp(material),
            "incidentSummary": _summary(document),
            "incidentDetails": _details(document),
            "reportedPeople": {
                "reportedPersons": _people(document, "personOrUserReported", "personOrUserReportedPerson"),
                "intendedRecipients": _people(document, "intendedRecipient", "intendedRecipientPerson"),
                "victims": _people(document, "victim", "victimPerson"),
            },
            "uploadedFiles": {"uploadedFiles": [_file(file) for file in material.files]},
            "additionalInformation": document.get("additionalInfo"),
        },
    }


def _esp(material: Material) -> Json:
    contact = material.reporter.get("contactPerson") or material.reporter.get("reportingPerson") or {}
    is_company = material.head.source in _ESPS
    return {
        "espName": material.head.esp_name if is_company else None,
        "firstName": contact.get("firstName") if is_company else None,
        "lastName": contact.get("lastName") if is_company else None,
        "emails": _emails(contact.get("email", ()) if is_company else ()),
        "phones": _phones(contact.get("phone", ()) if is_company else ()),
        "companyTemplate": material.reporter.get("companyTemplate"),
        "termsOfService": material.reporter.get("termsOfService"),
        "legalUrl": material.reporter.get("legalURL"),
    }


def _summary(document: Document) -> Json:
    summary = document.get("incidentSummary", {})
    return {
        "incidentType": reading.incident_type(document) or None,
        "incidentDateTime": _utc(summary.get("incidentDateTime")),
        "incidentDateTimeDescription": summary.get("incidentDateTimeDescription"),
        "platform": summary.get("platform"),
        "escalateToHighPriority": summary.get("escalateToHighPriority"),
        "reportAnnotations": list(reading.annotation_flags(document)),
    }


def _details(document: Document) -> Json:
    # The readers expect "webpageIncident" where the protocol writes webPageIncident.
    found: Json = {("webpageIncident" if kind == "webPageIncident" else kind): None for kind in _KINDS}
    for details in document.get("internetDetails", ()):
        for kind in _KINDS:
            if kind in details:
                key = "webpageIncident" if kind == "webPageIncident" else kind
                found[key] = [*(found[key] or []), details[kind]]
    return found


def _people(document: Document, element: str, person: str) -> list[Json]:
    return [_person(one, one.get(person, {})) for one in document.get(element, ())]


def _person(account: Document, person: Document) -> Json:
    infos = account.get("additionalInfo")
    group = account.get("groupIdentifier")
    return {
        "firstName": person.get("firstName"),
        "middleName": None,
        "lastName": person.get("lastName"),
        "approximateAge": person.get("age"),
        "dateOfBirth": person.get("dateOfBirth"),
        "screenName": {"value": account.get("screenName")},
        "displayNames": list(account.get("displayName", ())),
        "espUserId": account.get("espIdentifier"),
        "espService": account.get("espService"),
        "profileUrls": list(account.get("profileUrl", ())),
        "emails": _emails(person.get("email", ())),
        "phones": _phones(person.get("phone", ())),
        "addresses": {"addresses": list(person.get("address", ()))},
        "groups": {"groups": [group] if group else []},
        "languages": {"languages": []},
        "devices": [_device(one) for one in account.get("deviceId", ())],
        "sourceInformation": _captures(account.get("ipCaptureEvent", ())),
        "additionalInformations": _texts(infos),
    }


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _emails(listed: Iterable[Document]) -> Json:
    return {"emails": [{"value": one.get("#"), "verified": one.get("@verified")} for one in listed]}


def _phones(listed: Iterable[Document]) -> Json:
    found = [
        {
            "value": one.get("#"),
            "verified": one.get("@verified"),
            "countryCode": one.get("@countryCallingCode"),
        }
        for one in listed
    ]
    return {"phones": found}


def _device(one: Document) -> Json:
    return {
        "idType": one.get("idType"),
        "idValue": one.get("idValue"),
        "eventName": one.get("eventName"),
        "dateTime": _utc(one.get("dateTime")),
    }


def _captures(listed: Iterable[Document]) -> Json:
    return {"sourceCaptures": [_capture(one) for one in listed]}


def _capture(one: Document) -> Json:
    return {
        "captureType": "IP Address",
        "value": one.get("ipAddress"),
        "port": one.get("port"),
        "dateTime": _utc(one.get("dateTime")),
        "eventName": one.get("eventName"),
        "possibleProxy": one.get("possibleProxy"),
    }


def _utc(text: str | None) -> str | None:
    """Every time ends in Z, as the readers expect; a time that cannot be read is passed on as it was sent."""
    if not text:
        return None
    at = read_moment(text)
    return iso(at) if at else text


def _file(file: FileRef) -> Json:
    flags = list(reading.annotation_flags(file.details))
    event = file.details.get("ipCaptureEvent")
    return {
        "fileId": file.file_id,
        "filename": member_name(file).removeprefix("files/") if goes_into_package(file) else None,
        "originalFilename": file.original_name or None,
        "verificationHash": file.md5,
        "sha1": file.sha1,
        "sha256": file.sha256,
        "size": file.size,
        "viewedByEsp": file.viewed_by_esp,
        "exifViewedByEsp": file.exif_viewed_by_esp,
        "publiclyAvailable": file.publicly_available,
        "tags": flags,
        "ncmecTags": {"tags": flags},
        "industryClassification": file.details.get("industryClassification"),
        "uploadedDateTime": _utc(file.details.get("uploadedToEspTimestamp")),
        "espMetadata": {"metadatas": _metadata(file.details)},
        "sourceInformation": _captures([event] if event else []),
        "additionalInformations": _texts(file.details.get("additionalInfo")),
    }


def _metadata(details: Document) -> list[Json]:
    return [
        {"type": block.get("@type"), "name": pair.get("name"), "value": pair.get("value")}
        for block in details.get("details", ())
        for pair in block.get("nameValuePair", ())
    ]
