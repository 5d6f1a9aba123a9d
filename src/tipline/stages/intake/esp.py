"""The acts of a company's program upon its reports: open, upload, describe, finish, retract.

Each function joins the caller's transaction, so that many of them can share one commit (`acceptance`).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.cybertip.parse import parse_file_details
from tipline.domain.cybertip.quality import Quality
from tipline.domain.cybertip.rules import USUAL, ParseOptions, check_file_count
from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.domain.report import Document, Source
from tipline.domain.states import ReportState
from tipline.platform.vault.incoming import Incoming
from tipline.platform.vault.store import configured_store
from tipline.reports import grading
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.arrivals import Arrival, Finish, receive_reports
from tipline.reports.arrivals import open_reports as open_all
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
    options: ParseOptions = USUAL
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


@dataclass(frozen=True, slots=True)
class Submission:
    """A report that a company submits."""

    sender: Sender
    received: Received
    at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """An open report that its sender finishes."""

    sender: Sender
    number: int
    at: datetime


def open_reports(submissions: Sequence[Submission]) -> list[Opened | Refusal]:
    """This function will begin reports from companies' submissions, all of them together."""
    return [*open_all([Arrival(_opening(each), each.sender.actor, each.at) for each in submissions])]


def _opening(submission: Submission) -> Opening:
    sender, received = submission.sender, submission.received
    return Opening(
        source=sender.source,
        raw=received.raw,
        media_type=received.media_type[:60],
        document=received.document,
        esp_id=sender.esp_id,
        esp_name=sender.esp_name,
        environment=sender.environment,
    )


def require_open(*, sender: Sender, number: int, now: datetime) -> Life:
    """This function will find a report that this sender may still change.

    Raises Refusal `no_such_report`, `retracted` or `finished`.
    """
    life = reports.find_life(number)
    _check_open(life, sender, now)
    assert life is not None
    return life


def _check_open(life: Life | None, sender: Sender, now: datetime) -> None:
    standing = (
        None
        if life is None
        else rules.Standing(life.esp_id, life.environment, life.state, life.opened_at, life.changed_at)
    )
    rules.require_open(standing, esp_id=sender.esp_id, environment=sender.environment, now=now)


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
        parse_file_details(received.raw, now=now, batched=True, options=sender.options)
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


def finish(endings: Sequence[Ending]) -> list[Finished | Refusal]:
    """This function will finish reports and tell the ids of each one's files and its quality, or why it cannot be.

    Refusals as require_open, and a ViolationError where a batch has more than one file: it stays open then.
    """
    lives = reports.lock_lives([each.number for each in endings])
    refused: dict[int, Refusal] = {}
    taken: dict[int, Finish] = {}
    for place, each in enumerate(endings):
        try:
            taken[place] = _may_finish(each, lives)
        except Refusal as refusal:
            refused[place] = refusal
    qualities = grading.keep_grades([each.id for each in taken.values()])
    file_ids = receive_reports([*taken.values()])
    done = {
        place: Finished(tuple(ids), qualities[each.id])
        for (place, each), ids in zip(taken.items(), file_ids, strict=True)
    }
    return [refused[place] if place in refused else done[place] for place in range(len(endings))]


def _may_finish(ending: Ending, lives: dict[int, Life]) -> Finish:
    life = lives.get(ending.number)
    _check_open(life, ending.sender, ending.at)
    assert life is not None
    if life.batched and (found := check_file_count({"batchedReport": {}}, reports.count_files(life.id))):
        raise ViolationError(tuple(found))
    # Of two calls at once that finish the same report, the second finds it finished.
    lives[life.number] = replace(life, state=ReportState.RECEIVED)
    return Finish(life.id, life.number, ending.sender.actor, ending.at)


def retract(*, sender: Sender, number: int, now: datetime) -> None:
    """This function will withdraw an open report. Raises as require_open."""
    life = require_open(sender=sender, number=number, now=now)
    record.end_open(report_id=life.id, to_state=ReportState.RETRACTED, by=sender.actor, now=now)
