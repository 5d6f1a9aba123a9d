"""Values that cross the border of the record, and the reading of rows into domain values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from tipline.domain.answers import Answers
from tipline.domain.findings import Finding, decode
from tipline.domain.report import (
    Document,
    FileRef,
    Hold,
    Identifier,
    IdentifierKind,
    PersonRole,
    ReportHead,
    Source,
)
from tipline.domain.states import ReportState
from tipline.domain.viewing import Viewed, legal_state, viewed_of
from tipline.reports.models import File, FindingRow, IdentifierRow, Report

# The columns that a door may read of a report: enough to know its state and owner, nothing of its content.
LIFE_FIELDS = (
    "id",
    "number",
    "state",
    "source",
    "esp_id",
    "environment",
    "batched",
    "opened_at",
    "changed_at",
)

# Of a submission's document the ages of its children, as two columns of JSON: victims, then recipients.
CHILD_AGES = """
  jsonb_path_query_array(document, '$.victim[*].victimPerson.age')::text,
  jsonb_path_query_array(document, '$.intendedRecipient[*].intendedRecipientPerson.age')::text
"""


def ages_of(*columns: str) -> tuple[int, ...]:
    """This function will read the columns of `CHILD_AGES`: the ages, the youngest first."""
    ages = (age for column in columns for age in json.loads(column))
    return tuple(sorted(age for age in ages if isinstance(age, int) and not isinstance(age, bool)))


@dataclass(frozen=True, slots=True)
class Opening:
    """What a door hands in to begin a report: the raw bytes as received and the document read from them."""

    source: Source
    raw: bytes
    media_type: str
    document: Document
    answers: Answers = field(default_factory=Answers)
    esp_id: int | None = None
    esp_name: str = ""
    environment: str = "production"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that has been streamed into the vault's incoming folder; digests lowercase hex, size in bytes."""

    file_id: str
    upload_name: str
    incoming_name: str
    wrapped_key: bytes
    size: int
    md5: str
    sha1: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FileDetails:
    """What the sender says about a file: the parsed `fileDetails` document and its raw bytes."""

    document: Document
    raw: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A report that has just been given its number."""

    id: int
    number: int


def head_of(row: Report) -> ReportHead:
    """This function will read a row into the light value that steps work with."""
    hold = Hold(row.hold_reason, row.hold_detail, row.hold_since) if row.hold_reason and row.hold_since else None
    return ReportHead(
        id=row.id,
        number=row.number,
        source=Source(row.source),
        state=ReportState(row.state),
        priority=row.priority,
        score=row.score,
        incident_type=row.incident_type,
        headline=row.headline,
        opened_at=row.opened_at,
        received_at=row.received_at,
        esp_id=row.esp_id,
        esp_name=row.esp_name,
        environment=row.environment,
        hold=hold,
        legal_hold=row.legal_hold,
        preserve_until=row.preserve_until,
    )


def file_of(row: File, meaning_of_no: Viewed | None = None) -> FileRef:
    """This function will read a file's row. meaning_of_no: what its company stated, where it did."""
    details: Document = row.details or {}
    viewed = viewed_of(details.get("fileViewedByEsp"), meaning_of_no)
    return FileRef(
        id=row.id,
        report_id=row.report_id,
        file_id=row.file_id,
        position=row.position,
        size=row.size,
        md5=row.md5,
        sha1=row.sha1,
        sha256=row.sha256,
        original_name=row.original_name or row.upload_name,
        media_type=row.media_type,
        decode_outcome=row.decode_outcome,
        blob_id=row.blob_id,
        preview_blob_id=row.preview_blob_id,
        viewed_by_esp=details.get("fileViewedByEsp"),
        exif_viewed_by_esp=details.get("exifViewedByEsp"),
        publicly_available=details.get("publiclyAvailable"),
        legal_state=legal_state(viewed, details.get("publiclyAvailable")),
        details=details,
        viewed=viewed,
    )


def finding_of(row: FindingRow) -> Finding:
    """This function will read a finding's row."""
    return Finding(
        subject=row.subject,
        body=decode(row.kind, row.body),
        by=row.by,
        tool=row.tool,
        at=row.at,
        basis=row.basis,
        id=row.id,
        version=row.version,
    )


def identifier_of(row: IdentifierRow) -> Identifier:
    """This function will read an identifier's row."""
    return Identifier(
        kind=IdentifierKind(row.kind),
        role=PersonRole(row.role),
        value=row.value,
        raw=row.raw,
        at=row.at,
        path=row.path,
    )


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One move or hold of a report."""

    at: datetime
    by: str
    from_state: str
    to_state: str
    code: str
