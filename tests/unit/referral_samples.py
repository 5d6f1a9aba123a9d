"""A made-up report as the referral stage gathers it: two people, two files, places, links."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tipline.domain.answers import Answers
from tipline.domain.cybertip.parse import parse_file_details, parse_report
from tipline.domain.cybertip.reading import split_reporter
from tipline.domain.findings import BestPlace, Body, FileSecured, Finding, LinkFound, PlaceFound, Scored, ScorePoint
from tipline.domain.referral import Part
from tipline.domain.report import FileRef, ReportHead, Source
from tipline.domain.states import LegalState, ReportState
from tipline.domain.viewing import viewed_of
from tipline.stages.referral.material import Material, Recipient, Submitted

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RECEIVED = datetime(2026, 2, 21, 9, 0, tzinfo=UTC)
OPEN_BYTES = b"a coloured pattern with the number 1 on it"
SEALED_BYTES = b"a coloured pattern with the number 2 on it"
XML = (
    "<report><incidentSummary>"
    "<incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>"
    "<platform>Example Chat</platform>"
    "<incidentDateTime>2026-02-20T08:30:00-07:00</incidentDateTime></incidentSummary>"
    "<internetDetails><chatImIncident><content>We will talk at noon. Zażółć, Привет, 中文 &lt;b&gt;</content>"
    "</chatImIncident></internetDetails>"
    "<reporter><reportingPerson><firstName>Rae</firstName><lastName>Porter</lastName>"
    "<email>trust@example.com</email></reportingPerson></reporter>"
    "<personOrUserReported><personOrUserReportedPerson><email verified='true'>owl@example.org</email>"
    "</personOrUserReportedPerson><espIdentifier>u-100</espIdentifier><screenName>nightowl_77</screenName>"
    "<ipCaptureEvent><ipAddress>198.51.100.23</ipAddress><eventName>Login</eventName>"
    "<dateTime>2026-02-20T15:31:00Z</dateTime><possibleProxy>true</possibleProxy><port>50211</port></ipCaptureEvent>"
    "<ipCaptureEvent><ipAddress>198.51.100.24</ipAddress></ipCaptureEvent></personOrUserReported>"
    "<intendedRecipient><screenName>desert_star</screenName></intendedRecipient>"
    "<additionalInfo>Sent by our safety team.</additionalInfo></report>"
).encode()


def file(position: int, data: bytes, details: str) -> FileRef:
    """This function will make a file of the report, with the details its sender gave."""
    file_id = f"{position:031d}a"
    raw = f"<fileDetails><reportId>7</reportId><fileId>{file_id}</fileId>{details}</fileDetails>".encode()
    document = parse_file_details(raw, now=NOW)
    is_open = document.get("fileViewedByEsp") is True or document.get("publiclyAvailable") is True
    return FileRef(
        id=position,
        report_id=1,
        file_id=file_id,
        position=position,
        size=len(data),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
        original_name="holiday.png",
        media_type="image/png",
        decode_outcome="decoded",
        blob_id=position,
        preview_blob_id=None,
        viewed_by_esp=document.get("fileViewedByEsp"),
        exif_viewed_by_esp=document.get("exifViewedByEsp"),
        publicly_available=document.get("publiclyAvailable"),
        viewed=viewed_of(document.get("fileViewedByEsp"), None),
        legal_state=LegalState.OPEN if is_open else LegalState.SEALED,
        details=document,
    )


def found(subject: str, body: Body) -> Finding:
    """This function will wrap a finding's body."""
    return Finding(subject, body, by="system:test", tool="test", at=RECEIVED)


PLACE = PlaceFound(
    role="SUSPECT",
    evidence="ip",
    value="198.51.100.23",
    country="US",
    state="FL",
    county="Duval County",
    city="Jacksonville",
    confidence="likely",
    sources=("first source, 2026-01", "second source, 2026-02"),
    agreement="first source (2026-01) says Jacksonville, FL, US; second source (2026-02) agrees on the state.",
    cautions=("possible_proxy",),
    provider="Example Networks (AS64500)",
)
BEST = BestPlace("SUSPECT", "US", "FL", "12031", "Duval County", "Jacksonville", "likely", "FL, US by an IP address.")
FINDINGS = (
    found("1", FileSecured("0" * 64, 10, "image/png", "decoded", pdq="ab" * 32, pdq_quality=90)),
    found("198.51.100.23", PLACE),
    found("SUSPECT", BEST),
    found("", Scored(62, 2, (ScorePoint(22, "Somebody threatens the child"), ScorePoint(40, "Urgent")), ("threat",))),
    found("a", LinkFound(11, 4000000011, "HANDLE", "nightowl_77", 70, "Same handle (reported person in both)")),
    found(
        "b", LinkFound(12, 4000000012, "HANDLE", "nightowl_77", 70, "Same handle (reported person here, child there)")
    ),
)


def head(**changes: Any) -> ReportHead:
    """This function will make the head of the report."""
    made = ReportHead(
        id=1,
        number=4071882193,
        source=Source.ESP_API,
        state=ReportState.ROUTED,
        priority=2,
        score=62,
        incident_type="",
        headline="",
        opened_at=RECEIVED,
        received_at=RECEIVED,
        esp_id=5,
        esp_name="Example Chat Inc",
        environment="production",
        hold=None,
        legal_hold=False,
        preserve_until=datetime(2027, 2, 21, 9, 0, tzinfo=UTC),
    )
    return replace(made, **changes)


def material(**changes: Any) -> Material:
    """This function will make everything the stage knows of the report."""
    document, reporter = split_reporter(parse_report(XML, now=NOW))
    made = Material(
        head=head(),
        document=document,
        later=(),
        reporter=reporter,
        answers=Answers(),
        files=(
            file(1, OPEN_BYTES, "<fileViewedByEsp>true</fileViewedByEsp>"),
            file(2, SEALED_BYTES, "<fileViewedByEsp>false</fileViewedByEsp>"),
        ),
        findings=FINDINGS,
        submissions=(Submitted("submission.xml", XML),),
    )
    return replace(made, **changes)


def recipient(**changes: Any) -> Recipient:
    """This function will make the primary recipient, who has report 11 of the linked ones too."""
    made = Recipient(
        agency="icac-fl-north",
        agency_name="North Florida task force",
        part=Part.PRIMARY,
        why="The suspect is likely in Duval County, FL.",
        certainty="high",
        primary_name="North Florida task force",
        primary_contact="https://example.org/contact",
        shares=frozenset({11}),
    )
    return replace(made, **changes)
