"""Sending a report of the web form: through the very acts of a company's program, in one commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import Actor
from tipline.domain.cybertip.drafting import document_of, missing_of
from tipline.domain.cybertip.outline import Values, same
from tipline.domain.cybertip.parse import ParseOptions, parse_file_details, parse_report
from tipline.domain.cybertip.quality import Quality, file_lacks, grade, report_lacks
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.violations import Violation, ViolationError
from tipline.domain.errors import Refusal
from tipline.domain.report import Document, Source
from tipline.stages.intake import drafts, esp
from tipline.stages.intake.acceptance import OneOf
from tipline.stages.intake.drafts import Draft
from tipline.stages.intake.esp import Ending, Finished, Received, Sender, Submission, Telling, Upload

XML = "application/xml"
NEEDED = "This is needed. Please fill it in."
_OPTIONS = ParseOptions()
_READABLE = {
    "xs:dateTime": "Write day, time and zone, as in 2026-11-26 09:30 UTC.",
    "xs:date": "Write the day as in 2026-11-26.",
    "xs:int": "Write a whole number.",
    "xs:long": "Write a whole number.",
    "xs:double": "Write a number in decimal degrees, as in 40.7.",
}
_ORDER = "cvc-complex-type.2.4"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong in a draft. `path` is that of a field or a box, in the writing of `outline.same`."""

    path: str
    sentence: str
    is_of_order: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft looked through: what is wrong, and how good the report would be."""

    wrong: tuple[Wrong, ...]
    quality: Quality | None


def details_root(file_id: int) -> str:
    """This function will name the details of a draft's file among its values."""
    return f"file{file_id}"


def is_batched(values: Values) -> bool:
    """This function will tell whether a draft is a batch: one report of many accounts that shared a viral file."""
    return any(name.startswith("report/batchedReport/") for name in values)


def look_through(draft: Draft, *, now: datetime) -> Looked:
    """This function will check a draft as the intake will, and weigh it where nothing is wrong."""
    missing = [Wrong(same(path), NEEDED) for path in missing_of(draft.values, REPORT, "report")]
    document, wrong = _checked_report(draft.values, now)
    is_batch = is_batched(draft.values)
    # What is not there makes the schema complain of what follows; said once, and at its own place, is enough.
    wrong = [*missing, *(one for one in wrong if not (missing and one.is_of_order))]
    lacks: list[tuple[str, ...] | None] = []
    for file in draft.files:
        found, several = _checked_file(draft.values, file.id, now, batched=is_batch)
        wrong += several
        lacks.append(file_lacks(found, is_batch=is_batch) if found else None)
    if is_batch and len(draft.files) > 1:
        wrong.append(Wrong("files", "A batch has one file at most. Take the others out, or report them by themselves."))
    return Looked(tuple(wrong), grade(report_lacks(document), lacks) if document and not wrong else None)


def _checked_report(values: Values, now: datetime) -> tuple[Document | None, list[Wrong]]:
    raw = render_report(document_of(values, REPORT, "report"))
    try:
        return parse_report(raw, now=now, options=_OPTIONS), []
    except ViolationError as error:
        return None, _wrong(error, "report", "report")


def _checked_file(values: Values, file_id: int, now: datetime, *, batched: bool) -> tuple[Document | None, list[Wrong]]:
    root = details_root(file_id)
    if not any(name.startswith(f"{root}/") for name in values):
        return None, []
    try:
        return parse_file_details(_details(values, file_id, 1, "a"), now=now, batched=batched), []
    except ViolationError as error:
        return None, _wrong(error, "fileDetails", root)


def _details(values: Values, file_id: int, number: int, wire_id: str) -> bytes:
    told = document_of(values, FILE_DETAILS, details_root(file_id))
    return render_file_details({"reportId": number, "fileId": wire_id, **told})


def _wrong(error: ViolationError, root: str, named: str) -> list[Wrong]:
    found = []
    for one in error.violations:
        path = same(one.path)
        place = named + path[len(root) :] if path.startswith(root) else named
        found.append(Wrong(place, _plain(one), _ORDER in one.message))
    return found


def _plain(one: Violation) -> str:
    """What is wrong, for somebody who fills in a form: the schema's own words are for programs."""
    if not one.message.startswith("cvc-"):
        return f"{one.message} {one.advice}"
    return next((words for kind, words in _READABLE.items() if f"'{kind}'" in one.message), f"{one.advice}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A report that was sent: its number, and how it was finished."""

    number: int
    finished: Finished


@transaction.atomic
def send(*, draft: Draft, esp_name: str, by: Actor, now: datetime) -> Sent:
    """This function will make a report of a draft, whole, and remove the draft; sent twice, it is one report.

    Raises ViolationError, or Refusal `no_such_draft` where it was sent a moment ago.
    """
    draft = _locked(draft)
    sender = Sender(draft.esp_id, esp_name, "production", by.origin, source=Source.ESP_FORM, person=by)
    raw = render_report(document_of(draft.values, REPORT, "report"))
    received = Received(raw, XML, parse_report(raw, now=now, options=_OPTIONS))
    opened = OneOf(esp.open_reports, Submission(sender, received, now))()
    for file in draft.files:
        new = esp.new_file(file.incoming, file.upload_name)
        to = Ending(sender, opened.number, now)
        OneOf(esp.add_files, Upload(to, new))()
        if any(name.startswith(f"{details_root(file.id)}/") for name in draft.values):
            told = _details(draft.values, file.id, opened.number, new.file_id)
            described = Received(told, XML, parse_file_details(told, now=now))
            OneOf(esp.describe_files, Telling(to, described))()
    finished = OneOf(esp.finish, Ending(sender, opened.number, now))()
    drafts.discard(draft=draft, keep_files=True)
    return Sent(opened.number, finished)


def _locked(draft: Draft) -> Draft:
    """The draft as it is now, and nobody else's to send until this transaction ends."""
    if not drafts.lock(draft):
        raise Refusal("no_such_draft", "This draft was sent or discarded a moment ago.")
    return drafts.load(esp_id=draft.esp_id, draft_id=draft.id)
