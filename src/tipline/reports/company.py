"""What a company may read of its own reports: their life and the digests. Row-level security filters again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from tipline.domain.states import ReportState
from tipline.reports.models import File, Report, Submission
from tipline.reports.values import LIFE_FIELDS

_COLUMNS = (*LIFE_FIELDS, "received_at", "preserve_until")


@dataclass(frozen=True, slots=True)
class OwnReport:
    """One report as its sender sees it."""

    id: int
    number: int
    state: ReportState
    environment: str
    opened_at: datetime
    received_at: datetime | None
    preserve_until: datetime | None
    files: int


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One file as its sender sees it, by the name it sent; digests in lowercase hex, size in bytes.

    `details_sha256` is that of the details sent for it, empty where there were none.
    """

    file_id: str
    name: str
    position: int
    size: int
    md5: str
    sha1: str
    sha256: str
    details_sha256: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class OwnPart:
    """One part of the report itself as it was sent: when, and the digest of its bytes in lowercase hex."""

    part: int
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page of a company's reports, how many there are in all, and where the next page starts."""

    rows: tuple[OwnReport, ...]
    total: int
    next_offset: int | None


def _own(esp_id: int) -> QuerySet[Report]:
    return Report.objects.only(*_COLUMNS).filter(esp_id=esp_id)


def _value(row: Report, files: int) -> OwnReport:
    return OwnReport(
        id=row.id,
        number=row.number,
        state=ReportState(row.state),
        environment=row.environment,
        opened_at=row.opened_at,
        received_at=row.received_at,
        preserve_until=row.preserve_until,
        files=files,
    )


def list_own_reports(*, esp_id: int, offset: int = 0, size: int = 50) -> OwnPage:
    """This function will list a company's reports, newest first."""
    rows = _own(esp_id).order_by("-id")
    total, more = rows.count(), offset + size
    page = list(rows[offset:more])
    counted = File.objects.filter(report_id__in=[row.id for row in page]).values("report_id").annotate(n=Count("id"))
    files = {one["report_id"]: one["n"] for one in counted}
    return OwnPage(tuple(_value(row, files.get(row.id, 0)) for row in page), total, more if more < total else None)


def find_own_report(*, esp_id: int, number: int) -> OwnReport | None:
    """This function will find a company's own report; None for a foreign and an unknown number alike."""
    row = _own(esp_id).filter(number=number).first()
    return _value(row, File.objects.filter(report_id=row.id).count()) if row else None


def list_own_parts(report_id: int) -> tuple[OwnPart, ...]:
    """This function will list what the sender sent as the report itself, in order."""
    rows = Submission.objects.filter(report_id=report_id).order_by("part").values_list("part", "raw_sha256", "at")
    return tuple(OwnPart(*row) for row in rows)


def list_own_files(report_id: int) -> tuple[OwnFile, ...]:
    """This function will list the files of a report in order of upload."""
    columns = ("position", "size", "md5", "sha1", "sha256", "details_sha256", "received_at")
    rows = File.objects.filter(report_id=report_id).order_by("position")
    found = rows.values_list("file_id", "original_name", "upload_name", *columns)
    return tuple(OwnFile(file_id, original or upload, *more) for file_id, original, upload, *more in found)
