"""What happened and where: the summary of a report and the eight incident kinds.

Source: reporting API, sections 3.1 and 3.2; the three last annotations from the additions of 2026.
"""

from __future__ import annotations

from tipline.domain.cybertip import codes
from tipline.domain.cybertip.grammar import (
    Attribute,
    ElementTable,
    Length,
    Pattern,
    Plain,
    Shape,
    either,
    many,
    may,
    need,
)
from tipline.domain.cybertip.simple import (
    BATCH_REASON,
    BOOLEAN,
    DATETIME,
    DECIMAL,
    FLAG,
    INCIDENT_TYPE,
    STRING,
)
from tipline.domain.cybertip.tables_types import ADDRESS, EMAIL, IP_CAPTURE_EVENT, PHONE, URL_LENGTH

_NAME = Length(255)
_FINITE = Pattern(r"[-+0-9.eE]+", "a number in decimal degrees")

BATCHED_REPORT = ElementTable("batchedReport", attributes=(Attribute("reason", BATCH_REASON, required=True),))

REPORT_ANNOTATIONS = ElementTable(
    "reportAnnotations", Shape.FLAGS, tuple(may(flag, FLAG) for flag in codes.REPORT_FLAGS)
)

INCIDENT_SUMMARY = ElementTable(
    "incidentSummary",
    children=(
        need("incidentType", INCIDENT_TYPE),
        may("platform", STRING, Length(256)),
        may("escalateToHighPriority", STRING, Plain.NOT_BLANK, Length(3000)),
        may("reportAnnotations", REPORT_ANNOTATIONS),
        need("incidentDateTime", DATETIME, Plain.PAST),
        may("incidentDateTimeDescription", STRING, Length(3000)),
    ),
)

WEB_PAGE = ElementTable(
    "webPageIncident",
    children=(many("url", STRING, Plain.URL, URL_LENGTH), may("additionalInfo", STRING)),
    attributes=(Attribute("thirdPartyHostedContent", BOOLEAN),),
)

EMAIL_INCIDENT = ElementTable(
    "emailIncident",
    children=(many("emailAddress", EMAIL), may("content", STRING), may("additionalInfo", STRING)),
)

NEWSGROUP = ElementTable(
    "newsgroupIncident",
    children=(
        may("name", STRING, _NAME),
        many("emailAddress", EMAIL),
        may("content", STRING),
        may("additionalInfo", STRING),
    ),
)

CHAT_IM = ElementTable(
    "chatImIncident",
    children=(
        may("chatClient", STRING, _NAME),
        may("chatRoomName", STRING, _NAME),
        may("content", STRING),
        may("additionalInfo", STRING),
    ),
)

ONLINE_GAMING = ElementTable(
    "onlineGamingIncident",
    children=(
        may("gameName", STRING, _NAME),
        may("console", STRING, _NAME),
        may("content", STRING),
        may("additionalInfo", STRING),
    ),
)

CELL_PHONE = ElementTable(
    "cellPhoneIncident",
    children=(
        may("phoneNumber", PHONE),
        may("latitude", DECIMAL, _FINITE),
        may("longitude", DECIMAL, _FINITE),
        may("additionalInfo", STRING),
    ),
)

NON_INTERNET = ElementTable(
    "nonInternetIncident",
    children=(
        may("locationName", STRING, _NAME),
        many("incidentAddress", ADDRESS),
        may("additionalInfo", STRING),
    ),
)

PEER_TO_PEER = ElementTable(
    "peer2peerIncident",
    children=(
        may("client", STRING, _NAME),
        many("ipCaptureEvent", IP_CAPTURE_EVENT),
        may("fileNames", STRING),
        may("additionalInfo", STRING),
    ),
)

INCIDENT_KINDS = (
    WEB_PAGE,
    EMAIL_INCIDENT,
    NEWSGROUP,
    CHAT_IM,
    ONLINE_GAMING,
    CELL_PHONE,
    NON_INTERNET,
    PEER_TO_PEER,
)

INTERNET_DETAILS = ElementTable(
    "internetDetails",
    children=tuple(either("incident", kind.name, kind, least=1) for kind in INCIDENT_KINDS),
)
