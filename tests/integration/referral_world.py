"""A report with two files, walked by the real pipeline to two task forces; for the tests of referral and feedback."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tipline import pipeline
from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.cybertip.parse import parse_file_details, parse_report
from tipline.domain.report import Source
from tipline.domain.states import Disposition
from tipline.platform.vault.incoming import IncomingWriter
from tipline.reference.directory import service as directory
from tipline.reports import service as record
from tipline.reports.values import FileDetails, NewFile, Opened, Opening
from tipline.stages.triage import queries as triage_queries
from tipline.stages.triage import service as triage

BY = system("test")
ANALYST = Actor(ActorKind.USER, "analyst-1", role="ANALYST")
FLORIDA, ARIZONA = "icac-fl-north", "icac-az"
OPEN_BYTES, SEALED_BYTES = b"a coloured pattern with the number 1 on it", b"a pattern with the number 2 on it"
XML = (
    "<report><incidentSummary><incidentType>Online Enticement of Children for Sexual Acts</incidentType>"
    "<incidentDateTime>2026-01-10T08:30:00Z</incidentDateTime></incidentSummary>"
    "<internetDetails><chatImIncident><content>We will talk at noon.</content></chatImIncident></internetDetails>"
    "<reporter><reportingPerson><firstName>Rae</firstName><lastName>Porter</lastName>"
    "<email>trust@example.com</email></reportingPerson>"
    "<termsOfService>No threats of any kind.</termsOfService></reporter>"
    "<personOrUserReported><espIdentifier>{account}</espIdentifier><screenName>{handle}</screenName><ipCaptureEvent>"
    "<ipAddress>198.51.100.23</ipAddress><eventName>Login</eventName><dateTime>2026-01-10T08:31:00Z</dateTime>"
    "</ipCaptureEvent></personOrUserReported>"
    "<intendedRecipient><screenName>desert_star_{account}</screenName><ipCaptureEvent><ipAddress>192.0.2.17</ipAddress>"
    "<eventName>Login</eventName><dateTime>2026-01-10T08:31:00Z</dateTime></ipCaptureEvent></intendedRecipient></report>"
)


def officer(agency: str) -> Actor:
    """This function will make an officer of an agency."""
    return Actor(ActorKind.USER, f"officer-{agency}", role="OFFICER", agency=agency)


@dataclass(frozen=True, slots=True)
class World:
    """One report that two agencies have."""

    id: int
    number: int
    raw: bytes


def open_report(now: datetime, *, handle: str = "nightowl_77") -> tuple[Opened, bytes]:
    """This function will begin a company's report about a handle."""
    raw = XML.format(handle=handle, account=secrets.token_hex(4)).encode()
    opening = Opening(
        source=Source.ESP_API,
        raw=raw,
        media_type="text/xml",
        document=parse_report(raw, now=now),
        esp_id=5,
        esp_name="Example Chat Inc",
    )
    return record.open_report(opening=opening, by=BY, now=now), raw


def add_file(opened: Opened, data: bytes, *, viewed: bool, now: datetime) -> str:
    """This function will add a file with what its sender says about it, and return its id."""
    with IncomingWriter.begin() as writer:
        writer.write(data)
        came = writer.finish()
    file_id = "a" + secrets.token_hex(16)[1:]
    new = NewFile(
        file_id=file_id,
        upload_name="pattern.png",
        incoming_name=came.name,
        wrapped_key=came.wrapped_key,
        size=came.size,
        md5=came.md5,
        sha1=came.sha1,
        sha256=came.sha256,
    )
    record.add_file(report_id=opened.id, file=new, by=BY, now=now)
    raw = (
        f"<fileDetails><reportId>{opened.number}</reportId><fileId>{file_id}</fileId>"
        f"<fileViewedByEsp>{str(viewed).lower()}</fileViewedByEsp></fileDetails>"
    ).encode()
    details = FileDetails(parse_file_details(raw, now=now), raw)
    record.set_file_details(report_id=opened.id, file_id=file_id, details=details, by=BY, now=now)
    return file_id


def queued(now: datetime, *, handle: str = "nightowl_77") -> World:
    """This function will bring a report with an open and a sealed file into the analysts' queue."""
    opened, raw = open_report(now, handle=handle)
    add_file(opened, OPEN_BYTES, viewed=True, now=now)
    add_file(opened, SEALED_BYTES, viewed=False, now=now)
    record.receive(report_id=opened.id, by=BY, now=now)
    pipeline.walk(opened.id)
    return World(opened.id, opened.number, raw)


def decide(report_id: int, now: datetime) -> None:
    """This function will decide for a referral and let the decision count."""
    judgement = triage.Judgement(Disposition.REFERRAL, "suspect_identifiable")
    triage.decide_report(report_id=report_id, judgement=judgement, by=ANALYST, now=now)
    for decision_id in triage_queries.list_due(now + timedelta(minutes=1)):
        triage.apply_decision(decision_id=decision_id, now=now + timedelta(minutes=1))


def judge(report_id: int, now: datetime) -> None:
    """This function will decide for a referral and let the report walk to its agencies."""
    decide(report_id, now)
    pipeline.walk(report_id)


def referred(now: datetime, *, handle: str = "nightowl_77") -> World:
    """This function will bring a report all the way to North Florida, with a copy to Arizona."""
    directory.load_reference(now=now)
    world = queued(now, handle=handle)
    judge(world.id, now)
    return world
