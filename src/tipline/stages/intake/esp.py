"""The acts of a company's program upon its reports: open, upload, describe, finish, retract.

Each function joins the caller's transaction, so that many of them can share one commit (`acceptance`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

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
from tipline.reports import grading, uploads
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.arrivals import Arrival, Finish, receive_reports
from tipline.reports.arrivals import open_reports as open_all
from tipline.reports.queries import Life
from tipline.reports.uploads import Addition, Description, OpenReport
from tipline.reports.values import FileDetails, NewFile, Opened, Opening
from tipline.stages.intake import rules

_LETTERS = frozenset("abcdf")
Item = TypeVar("Item")
T = TypeVar("T")
V = TypeVar("V")


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
    """An open report that its sender goes on with: adds to, or finishes."""

    sender: Sender
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is to be added to an open report."""

    to: Ending
    file: NewFile


@dataclass(frozen=True, slots=True)
class Telling:
    """What a company says about a file; which report's, stands in the document."""

    to: Ending
    received: Received


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


def require_open(asked: Sequence[Ending]) -> list[Life | Refusal]:
    """This function will find reports that their senders may still change.

    Refusals `no_such_report`, `retracted` or `finished`.
    """
    lives = reports.find_lives([each.number for each in asked])
    return _each(asked, lambda each: _checked(lives, each))


def _each(items: Sequence[Item], look: Callable[[Item], T]) -> list[T | Refusal]:
    """What a look at each gives, or the refusal that it raises."""
    outcomes: list[T | Refusal] = []
    for item in items:
        try:
            outcomes.append(look(item))
        except Refusal as refusal:
            outcomes.append(refusal)
    return outcomes


def _together(found: Sequence[T | Refusal], act: Callable[[Sequence[T]], Sequence[V | Refusal]]) -> list[V | Refusal]:
    """Act upon all that were not refused, at once; the outcomes of all in their order."""
    passed = [one for one in found if not isinstance(one, Refusal)]
    done = iter(act(passed) if passed else ())
    return [one if isinstance(one, Refusal) else next(done) for one in found]


def _checked(lives: Mapping[int, Life], each: Ending) -> Life:
    life = lives.get(each.number)
    standing = (
        None
        if life is None
        else rules.Standing(life.esp_id, life.environment, life.state, life.opened_at, life.changed_at)
    )
    rules.require_open(standing, esp_id=each.sender.esp_id, environment=each.sender.environment, now=each.at)
    assert life is not None
    return life


def _open_report(life: Life, each: Ending) -> OpenReport:
    return OpenReport(life.id, life.number, each.sender.actor, each.at, life.batched)


def add_files(given: Sequence[Upload]) -> list[str | Refusal]:
    """This function will add uploaded files to open reports and return their file ids. Refusals as require_open."""
    lives = reports.lock_lives([each.to.number for each in given])
    found = _each(given, lambda each: Addition(_open_report(_checked(lives, each.to), each.to), each.file))
    return _together(found, uploads.add_files)


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


def describe_files(told: Sequence[Telling]) -> list[Described | Refusal]:
    """This function will keep what companies say about files.

    Refusals as require_open, and `no_such_file`, `already_described`, ViolationError for a batch's rules.
    """
    lives = reports.lock_lives([each.to.number for each in told])
    return _together(_each(told, lambda each: _description(each, lives)), _describe)


def _description(each: Telling, lives: Mapping[int, Life]) -> Description:
    received, life = each.received, _checked(lives, each.to)
    if life.batched:
        # Read again under a batch's rules: until now nobody knew that its report is one.
        parse_file_details(received.raw, now=each.to.at, batched=True, options=each.to.sender.options)
    details = FileDetails(received.document, received.raw)
    return Description(_open_report(life, each.to), str(received.document["fileId"]), details)


def _describe(found: Sequence[Description]) -> list[Described | Refusal]:
    outcomes = zip(found, uploads.describe_files(found), strict=True)
    return [refusal or Described(one.to.number, one.file_id) for one, refusal in outcomes]


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
    return _together(_each(endings, lambda each: _may_finish(each, lives)), _finish)


def _finish(found: Sequence[Finish]) -> list[Finished | Refusal]:
    qualities = grading.keep_grades([one.id for one in found])
    files = zip(found, receive_reports(found), strict=True)
    return [Finished(tuple(file_ids), qualities[one.id]) for one, file_ids in files]


def _may_finish(ending: Ending, lives: dict[int, Life]) -> Finish:
    life = _checked(lives, ending)
    if life.batched and (found := check_file_count({"batchedReport": {}}, reports.count_files(life.id))):
        raise ViolationError(tuple(found))
    # Of two calls at once that finish the same report, the second finds it finished.
    lives[life.number] = replace(life, state=ReportState.RECEIVED)
    return Finish(life.id, life.number, ending.sender.actor, ending.at)


def retract(*, sender: Sender, number: int, now: datetime) -> None:
    """This function will withdraw an open report. Raises as require_open."""
    life = _checked(reports.find_lives([number]), Ending(sender, number, now))
    record.end_open(report_id=life.id, to_state=ReportState.RETRACTED, by=sender.actor, now=now)
