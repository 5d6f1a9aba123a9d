"""A small made-up world for the desk: the story's three reports and a few that pass by, walked to the queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from tipline import pipeline
from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.answers import Answers
from tipline.domain.report import ReportHead, Source
from tipline.domain.states import ReportState
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts import totp
from tipline.platform.accounts.roles import Role
from tipline.platform.vault.incoming import IncomingWriter
from tipline.reference.directory import service as directory
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.models import JournalEntry, Report
from tipline.reports.values import FileDetails, NewFile, Opening
from tipline.simulation import pictures, story
from tipline.stages.intake import service as intake

BY = system("test")
CALL_TAKER = Actor(ActorKind.USER, "call-taker-1", role="CALL_TAKER")
PASSWORD, SECRET = "correct horse battery", totp.new_secret()


@dataclass(frozen=True, slots=True)
class World:
    """The reports of the story by what they are."""

    parent: ReportHead
    teen: ReportHead
    company: ReportHead
    passing: tuple[ReportHead, ...]


def seed(now: datetime, *, with_pictures: bool = True, passing: int = 5) -> World:
    """This function will bring every report through its door and let it walk as far as it goes by itself."""
    directory.load_reference(now=now)
    start = now - timedelta(minutes=50)
    others = [
        _passing(one, start + timedelta(minutes=at), with_pictures) for at, one in enumerate(story.PASSING[:passing])
    ]
    teen = _teen(now - timedelta(minutes=26))
    company = _company(now - timedelta(minutes=11), with_pictures)
    parent = _parent(now - timedelta(minutes=4))
    for report_id in (*others, teen, company, parent):
        pipeline.walk(report_id)
    for report_id in (teen, company):
        pipeline.news(report_id, ["link_found"])
    heads = {report_id: reports.load_head(report_id) for report_id in (*others, teen, company, parent)}
    return World(heads[parent], heads[teen], heads[company], tuple(heads[one] for one in others))


def _parent(now: datetime) -> int:
    told = story.PARENT
    document = {
        "incidentSummary": {"incidentType": story.ENTICEMENT, "platform": told.app, "incidentDateTime": _wire(now, 8)},
        "reporter": {
            "reportingPerson": {"firstName": "Dana", "lastName": "Example", "phone": [{"#": told.caller_phone}]}
        },
        "personOrUserReported": [
            {"personOrUserReportedPerson": {"email": [{"#": told.suspect_email}]}, "screenName": told.handle}
        ],
        "victim": [
            {
                "victimPerson": {
                    "age": told.child_age,
                    "address": [{"city": told.city, "zipCode": told.zip_code, "state": told.state, "country": "US"}],
                }
            }
        ],
        "additionalInfo": told.words,
    }
    answers = Answers(
        reporter_is="parent", ongoing="today", harms=("pictures_threat", "pictures_wanted"), language="en"
    )
    report = intake.HumanReport(document, answers)
    number = intake.open_from_hotline(report=report, by=CALL_TAKER, now=now).number
    return reports.require_head(number).id


def _teen(now: datetime) -> int:
    told = story.TEEN
    document = {
        "incidentSummary": {"incidentType": story.ENTICEMENT, "platform": told.app, "incidentDateTime": _wire(now, 30)},
        "reporter": {"reportingPerson": {}},
        "personOrUserReported": [{"screenName": told.handle}],
        "victim": [{"victimPerson": {"age": told.age, "address": [{"city": told.city, "state": told.state}]}}],
        "additionalInfo": told.words,
    }
    answers = Answers(reporter_is="child", ongoing="week", harms=("pictures_wanted",), language="en")
    number = intake.open_from_public(report=intake.HumanReport(document, answers), now=now).number
    return reports.require_head(number).id


def _company(now: datetime, with_pictures: bool) -> int:
    contents = [pictures.picture(1), pictures.picture(2)] if with_pictures else []
    details: tuple[dict[str, Any], ...] = (
        {"originalFileName": "IMG_0001.jpg", "fileViewedByEsp": True},
        {"originalFileName": "IMG_0002.jpg"},
    )
    return _by_company(story.COMPANY, story.company_document(now), contents, details, now)


def _passing(one: story.Passing, now: datetime, with_pictures: bool) -> int:
    contents = [pictures.picture(number) for number in one.pictures] if with_pictures else []
    details = tuple({"fileAnnotations": {"viral": True}} if one.viral else {"fileViewedByEsp": True} for _ in contents)
    return _by_company(one.company, story.passing_document(one, now), contents, details, now)


def _by_company(
    name: str, document: dict[str, Any], contents: list[bytes], details: tuple[dict[str, Any], ...], now: datetime
) -> int:
    opening = Opening(Source.ESP_API, b"<report/>", "text/xml", document, esp_id=1, esp_name=name)
    opened = record.open_report(opening=opening, by=BY, now=now)
    for number, content in enumerate(contents):
        file_id = _add_file(opened.id, number, content, now)
        described = FileDetails(dict(details[number]), b"<fileDetails/>")
        record.set_file_details(report_id=opened.id, file_id=file_id, details=described, by=BY, now=now)
    record.receive(report_id=opened.id, by=BY, now=now)
    return opened.id


def bring(now: datetime, *numbers: int, environment: str = "production", **details: Any) -> ReportHead:
    """This function will bring one company's report with pictures and let it walk to the queue."""
    document = story.passing_document(story.PASSING[0], now)
    opening = Opening(
        Source.ESP_API, b"<report/>", "text/xml", document, esp_id=1, esp_name="Example", environment=environment
    )
    opened = record.open_report(opening=opening, by=BY, now=now)
    for at, number in enumerate(numbers):
        file_id = _add_file(opened.id, at, pictures.picture(number), now)
        record.set_file_details(
            report_id=opened.id, file_id=file_id, details=FileDetails(dict(details), b"<fileDetails/>"), by=BY, now=now
        )
    record.receive(report_id=opened.id, by=BY, now=now)
    pipeline.walk(opened.id)
    return reports.load_head(opened.id)


def _add_file(report_id: int, number: int, content: bytes, now: datetime) -> str:
    with IncomingWriter.begin() as writer:
        writer.write(content)
        came = writer.finish()
    file = NewFile(
        file_id=f"{report_id:016x}{number:016x}",
        upload_name=f"IMG_{number:04}.jpg",
        incoming_name=came.name,
        wrapped_key=came.wrapped_key,
        size=came.size,
        md5=came.md5,
        sha1=came.sha1,
        sha256=came.sha256,
    )
    return record.add_file(report_id=report_id, file=file, by=BY, now=now)


def _wire(now: datetime, hours: int) -> str:
    return (now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_person(name: str, role: Role, now: datetime) -> str:
    """This function will make an account of the desk with an authenticator."""
    person = accounts.NewUser(
        username=name, full_name="Robin Example", role=role, password=PASSWORD, totp_secret=SECRET
    )
    accounts.create_user(new=person, by=BY, now=now)
    return name


def log_in(client: Client, name: str, now: datetime) -> None:
    """This function will log in with password and code."""
    client.post("/account/login/", {"login": name, "password": PASSWORD})
    answer = client.post("/account/code/", {"code": totp.current_code(SECRET, now)})
    assert answer.status_code == 302


@contextmanager
def counted() -> Iterator[list[str]]:
    """This function will collect the statements that are sent inside."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found: list[str] = []
    with CaptureQueriesContext(connection) as caught:
        yield found
    found.extend(query["sql"] for query in caught.captured_queries)


def close_long_ago(report_id: int, now: datetime) -> None:
    """This function will bring a report to the end of its way and of the time that the law asks to keep it."""
    Report.objects.filter(pk=report_id).update(state=ReportState.CLOSED, preserve_until=now)
    JournalEntry.objects.create(report_id=report_id, at=now, by=str(BY), to_state=ReportState.CLOSED, code="test")
