"""The report itself: who reports, who is reported, who was meant to receive, who was harmed.

Source: reporting API, sections 3.1 and 3.2.
"""

from __future__ import annotations

from tipline.domain.cybertip.grammar import Attribute, ElementTable, Length, Plain, many, may, need, texts
from tipline.domain.cybertip.simple import BOOLEAN, COUNTRY, LONG, STRING
from tipline.domain.cybertip.tables_incident import BATCHED_REPORT, INCIDENT_SUMMARY, INTERNET_DETAILS
from tipline.domain.cybertip.tables_types import (
    ASSOCIATED_ACCOUNT,
    CONTACT_PERSON,
    DEVICE_ID,
    ESTIMATED_LOCATION,
    IP_CAPTURE_EVENT,
    PERMANENTLY_DISABLED,
    PERSON,
    TEMPORARILY_DISABLED,
    URL_LENGTH,
)

_NAME = Length(255)

SERVED_INTERNATIONAL = texts("servedLegalProcessInternational", BOOLEAN, Attribute("fleaCountry", COUNTRY))

LAW_ENFORCEMENT = ElementTable(
    "lawEnforcement",
    children=(
        need("agencyName", STRING, _NAME),
        may("caseNumber", STRING, Length(100)),
        may("officerContact", CONTACT_PERSON),
        may("reportedToLe", BOOLEAN),
        may("servedLegalProcessDomestic", BOOLEAN),
        may("servedLegalProcessInternational", SERVED_INTERNATIONAL),
    ),
    attributes=(Attribute("fleaCountry", COUNTRY, tolerated=True),),
)

REPORTER = ElementTable(
    "reporter",
    children=(
        need("reportingPerson", PERSON),
        may("contactPerson", CONTACT_PERSON),
        may("companyTemplate", STRING),
        may("termsOfService", STRING),
        may("legalURL", STRING, Plain.URL, URL_LENGTH),
    ),
)

_ACCOUNT = (
    may("espIdentifier", STRING, _NAME),
    may("espService", STRING, Length(100)),
    may("compromisedAccount", BOOLEAN),
    may("screenName", STRING, Length(256)),
    many("displayName", STRING, _NAME),
    many("profileUrl", STRING, Plain.URL, URL_LENGTH),
    may("profileBio", STRING),
    many("ipCaptureEvent", IP_CAPTURE_EVENT),
    many("deviceId", DEVICE_ID),
)

_STANDING = (
    may("accountTemporarilyDisabled", TEMPORARILY_DISABLED),
    may("accountPermanentlyDisabled", PERMANENTLY_DISABLED),
    may("estimatedLocation", ESTIMATED_LOCATION),
    may("allEmailsReported", BOOLEAN),
)

PERSON_REPORTED = ElementTable(
    "personOrUserReported",
    children=(
        may("personOrUserReportedPerson", PERSON),
        may("vehicleDescription", STRING, Length(300)),
        *_ACCOUNT,
        may("thirdPartyUserReported", BOOLEAN),
        many("priorCTReports", LONG),
        may("groupIdentifier", STRING, _NAME),
        *_STANDING,
        many("associatedAccount", ASSOCIATED_ACCOUNT),
        may("additionalInfo", STRING),
    ),
)

INTENDED_RECIPIENT = ElementTable(
    "intendedRecipient",
    children=(
        may("intendedRecipientPerson", PERSON),
        *_ACCOUNT,
        many("priorCTReports", LONG),
        may("groupIdentifier", STRING, _NAME),
        *_STANDING,
        many("additionalInfo", STRING),
    ),
)

VICTIM = ElementTable(
    "victim",
    children=(
        need("victimPerson", PERSON),
        *_ACCOUNT,
        may("schoolName", STRING, _NAME),
        many("priorCTReports", LONG),
        *_STANDING,
        many("associatedAccount", ASSOCIATED_ACCOUNT),
        may("additionalInfo", STRING),
    ),
)

REPORT = ElementTable(
    "report",
    children=(
        may("batchedReport", BATCHED_REPORT),
        need("incidentSummary", INCIDENT_SUMMARY),
        many("internetDetails", INTERNET_DETAILS),
        may("lawEnforcement", LAW_ENFORCEMENT),
        need("reporter", REPORTER),
        many("personOrUserReported", PERSON_REPORTED),
        many("intendedRecipient", INTENDED_RECIPIENT),
        many("victim", VICTIM),
        may("additionalInfo", STRING),
    ),
)
