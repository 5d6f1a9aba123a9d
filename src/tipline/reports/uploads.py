"""Files of open reports: added and described at the doors, many at a time like the reports themselves (`arrivals`).

The reports are locked and open; whoever calls has seen to it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import Actor
from tipline.domain.cybertip import quality
from tipline.domain.errors import Refusal
from tipline.platform.audit.service import Act, record_many
from tipline.platform.database.rows import Row, Table, ask, without_waiting
from tipline.platform.vault.fields import seal_field
from tipline.reports.values import FileDetails, NewFile

_FILES = Table(
    "reports_file",
    {
        "report_id": "bigint",
        "file_id": "text",
        "position": "integer",
        "incoming_name": "text",
        "wrapped_key": "bytea",
        "size": "bigint",
        "md5": "text",
        "sha1": "text",
        "sha256": "text",
        "upload_name": "text",
        "received_at": "timestamptz",
    },
    always=dict.fromkeys(("original_name", "details_sha256", "media_type", "decode_outcome"), "''"),
)
_DETAILS = Table(
    "reports_file",
    {
        "id": "bigint",
        "details": "jsonb",
        "original_name": "text",
        "details_sha256": "text",
        "details_raw_sealed": "bytea",
        "lacks": "jsonb",
    },
)
_TOUCHED = Table("reports_report", {"id": "bigint", "changed_at": "timestamptz"})
_LONGEST_NAME = 2056


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report that something is added to, by whom and when."""

    id: int
    number: int
    by: Actor
    at: datetime
    batched: bool = False


@dataclass(frozen=True, slots=True)
class Addition:
    """A received file that is to be added to a report."""

    to: OpenReport
    file: NewFile


@dataclass(frozen=True, slots=True)
class Description:
    """What a sender says about a file of a report."""

    to: OpenReport
    file_id: str
    details: FileDetails


@transaction.atomic(savepoint=False)
def add_files(additions: Sequence[Addition]) -> list[str]:
    """This function will add received files to reports and return their file ids."""
    rows = ask(
        "SELECT report_id, count(*) FROM reports_file WHERE report_id = ANY(%b) GROUP BY report_id",
        ([one.to.id for one in additions],),
    )
    counted: Counter[int] = Counter(dict(rows))
    placed = []
    for one in additions:
        counted[one.to.id] += 1
        placed.append(_file_row(one, counted[one.to.id]))
    with without_waiting():
        _FILES.insert(placed)
        _touch(one.to for one in additions)
        record_many(
            [_act("file.received", one.to, file=one.file.file_id, size=one.file.size) for one in additions],
        )
    return [one.file.file_id for one in additions]


def _file_row(one: Addition, position: int) -> Row:
    file = one.file
    return (
        *(one.to.id, file.file_id, position, file.incoming_name, file.wrapped_key, file.size),
        *(file.md5, file.sha1, file.sha256, file.upload_name[:_LONGEST_NAME], one.to.at),
    )


def _touch(touched: Iterable[OpenReport]) -> None:
    _TOUCHED.change([(one.id, one.at) for one in touched])


def _act(verb: str, to: OpenReport, **details: str | int) -> Act:
    return Act(at=to.at, actor=to.by, verb=verb, object_kind="report", object_id=str(to.number), details=details)


@transaction.atomic(savepoint=False)
def describe_files(descriptions: Sequence[Description]) -> list[Refusal | None]:
    """This function will keep what senders say about files, once for each; None where it was kept.

    Refusals `no_such_file` and `already_described`.
    """
    rows = ask(
        "SELECT report_id, file_id, id, details_sha256 FROM reports_file WHERE file_id = ANY(%b)",
        ([one.file_id for one in descriptions],),
    )
    open_ids = {(report, file_id): row_id for report, file_id, row_id, digest in rows if not digest}
    known = {(report, file_id) for report, file_id, _, _ in rows}
    outcomes: list[Refusal | None] = []
    kept: list[tuple[int, Description]] = []
    for one in descriptions:
        key = (one.to.id, one.file_id)
        row_id = open_ids.pop(key, None)  # of two descriptions of one file the second comes too late
        if row_id is not None:
            kept.append((row_id, one))
        outcomes.append(None if row_id is not None else _refused(is_known=key in known))
    with without_waiting():
        _DETAILS.change([_details_row(row_id, one) for row_id, one in kept])
        _touch(one.to for _, one in kept)
        record_many([_act("file.described", one.to, file=one.file_id) for _, one in kept])
    return outcomes


def _refused(*, is_known: bool) -> Refusal:
    if is_known:
        return Refusal("already_described", "The details of this file were given before.", field="fileId")
    return Refusal("no_such_file", "The report has no file with this id.", field="fileId")


def _details_row(row_id: int, one: Description) -> Row:
    document, raw = one.details.document, one.details.raw
    return (
        *(row_id, json.dumps(document), str(document.get("originalFileName", ""))[:_LONGEST_NAME]),
        *(hashlib.sha256(raw).hexdigest(), seal_field(raw, f"file-details:{row_id}")),
        json.dumps(quality.file_lacks(document, is_batch=one.to.batched)),
    )
