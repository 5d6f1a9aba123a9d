"""The acts of a company's program upon its reports: open, upload, describe, finish, retract.

Each function joins the caller's transaction, so that many of them can share one commit (`acceptance`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.cybertip.parse import parse_file_details
from tipline.domain.cybertip.quality import Quality
from tipline.domain.cybertip.rules import check_file_count
from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.report import Document, Source
from tipline.domain.states import ReportState
from tipline.platform.vault.incoming import Incoming
from tipline.platform.vault.store import configured_store
from tipline.reports import grading
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.queries import Life
from tipline.reports.values import FileDetails, NewFile, Opened, Opening
from tipline.stages.intake import rules

_LETTERS = frozenset("abcdf")


@dataclass(frozen=True, slots=True)
class Sender:
    """The company behind a request: which one, in which environment ("production" or "test"), from where.

    `person`: who at the company acts, where it is no program.
    """

    esp_id: int
    esp_name: str
    environment: str
    origin: str = ""
    source: Source = Source.ESP_API
    person: Actor | None = None

    @property
    def actor(self) -> Actor:
        """The company as an acting party."""
        return self.person or Actor(ActorKind.ESP, str(self.esp_id), role="esp_api", origin=self.origin)


@dataclass(frozen=True, slots=True)
class Received:
    """One XML body as it came, and the document read from it."""

    raw: bytes
    media_type: str
    document: Document


def new_file_id() -> str:
    """This function will make a file id: 32 hex digits that no client can mistake for a number.

    Source: reporting API, section 1, the fileId trap: at least one of a, b, c, d, f.
    """
    while True:
        found = secrets.token_hex(16)
        if _LETTERS & set(found):
            return found


def open_report(*, sender: Sender, received: Received, now: datetime) -> Opened:
    """This function will begin a report from a company's submission."""
    opening = Opening(
        source=sender.source,
        raw=received.raw,
        media_type=received.media_type[:60],
        document=received.document,
        esp_id=sender.esp_id,
        esp_name=sender.esp_name,
        environment=sender.environment,
    )
    return record.open_report(opening=opening, by=sender.actor, now=now)


def require_open(*, sender: Sender, number: int, now: datetime) -> Life:
    """This function will find a report that this sender may still change.

    Raises Refusal `no_such_report`, `retracted` or `finished`.
    """
    life = reports.find_life(number)
    standing = (
        None
        if life is None
        else rules.Standing(life.esp_id, life.environment, life.state, life.opened_at, life.changed_at)
    )
    rules.require_open(standing, esp_id=sender.esp_id, environment=sender.environment, now=now)
    assert life is not None
    return life


def add_file(*, sender: Sender, number: int, file: NewFile, now: datetime) -> str:
    """This function will add an uploaded file to an open report and return its file id.

    Raises as require_open.
    """
    life = require_open(sender=sender, number=number, now=now)
    return record.add_file(report_id=life.id, file=file, by=sender.actor, now=now)


def new_file(incoming: Incoming, upload_name: str) -> NewFile:
    """This function will make the value of an uploaded file, with a fresh file id."""
    return NewFile(
        file_id=new_file_id(),
        upload_name=upload_name,
        incoming_name=incoming.name,
        wrapped_key=incoming.wrapped_key,
        size=incoming.size,
        md5=incoming.md5,
        sha1=incoming.sha1,
        sha256=incoming.sha256,
    )


def forget(incoming: Incoming) -> None:
    """This function will remove an uploaded file whose row was refused, at once."""
    configured_store().delete(incoming.name)


@dataclass(frozen=True, slots=True)
class Described:
    """Which file of which report was described."""

    number: int
    file_id: str


def describe_file(*, sender: Sender, received: Received, now: datetime) -> Described:
    """This function will keep what the company says about one file.

    Raises as require_open, and Refusal `no_such_file`, `already_described`, ViolationError for a batch's
    rules.
    """
    number, file_id = int(received.document["reportId"]), str(received.document["fileId"])
    life = require_open(sender=sender, number=number, now=now)
    if life.batched:
        # Read again under a batch's rules: until now nobody knew that its report is one.
        parse_file_details(received.raw, now=now, batched=True)
    record.set_file_details(
        report_id=life.id,
        file_id=file_id,
        details=FileDetails(received.document, received.raw),
        by=sender.actor,
        now=now,
    )
    return Described(number, file_id)


@dataclass(frozen=True, slots=True)
class Finished:
    """A report that has just been finished: the ids of its files, and how much of what is needed it brings."""

    file_ids: tuple[str, ...]
    quality: Quality


def finish(*, sender: Sender, number: int, now: datetime) -> Finished:
    """This function will finish a report and return the ids of its files, and its quality.

    Raises as require_open, and ViolationError where a batch has more than one file: it stays open then.
    """
    life = require_open(sender=sender, number=number, now=now)
    if life.batched and (found := check_file_count({"batchedReport": {}}, reports.count_files(life.id))):
        raise ViolationError(tuple(found))
    quality = grading.keep_grade(report_id=life.id)
    return Finished(tuple(record.receive(report_id=life.id, by=sender.actor, now=now)), quality)


def retract(*, sender: Sender, number: int, now: datetime) -> None:
    """This function will withdraw an open report. Raises as require_open."""
    life = require_open(sender=sender, number=number, now=now)
    record.end_open(report_id=life.id, to_state=ReportState.RETRACTED, by=sender.actor, now=now)
