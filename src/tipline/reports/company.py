"""What a company may read of its own reports: their life and the digests. Row-level security filters again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from tipline.domain.cybertip.quality import Quality
from tipline.domain.states import ReportState
from tipline.reports.grading import quality_of
from tipline.reports.models import File, Report, Submission
from tipline.reports.values import LIFE_FIELDS

_COLUMNS = (*LIFE_FIELDS, "received_at", "preserve_until", "lacks", "quality", "product")

# What a sender reads, and the code that its programs read; where an agency is involved it is not named.
STANDINGS: dict[ReportState, tuple[str, str]] = {
    ReportState.OPEN: ("open", "Not finished yet"),
    ReportState.RETRACTED: ("retracted", "Withdrawn by you"),
    ReportState.LAPSED: ("lapsed", "Never finished, so not accepted"),
    ReportState.SCORED: ("waiting", "Waits for an analyst"),
    ReportState.TRIAGED: ("judged", "Judged by an analyst"),
    ReportState.ROUTED: ("routed", "On its way to agencies"),
    ReportState.MADE_AVAILABLE: ("made_available", "Made available to law enforcement"),
    ReportState.CLOSED: ("closed", "Closed"),
    ReportState.PURGED: ("purged", "Content destroyed at the end of retention"),
}
SOON = timedelta(days=60)  # how long before the end of its year a report is listed; the first reminder goes out then
WALKING = ("received", "Received, being prepared")


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
    product: str
    quality: Quality | None

    @property
    def standing(self) -> str:
        """Where it stands, as a code."""
        return STANDINGS.get(self.state, WALKING)[0]

    @property
    def standing_words(self) -> str:
        """Where it stands, in words."""
        return STANDINGS.get(self.state, WALKING)[1]


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
    """A page of a company's reports, and how many there are in all."""

    rows: tuple[OwnReport, ...]
    total: int


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
        product=row.product,
        quality=quality_of(row.quality, row.lacks),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a company looks for among its reports; empty values ask for nothing. `below`: scores under this.

    `among`: these numbers alone.
    """

    number: int = 0
    product: str = ""
    standing: str = ""
    environment: str = ""
    below: int = 0
    among: Iterable[int] | None = None


ALL = Wanted()


def _wanted(rows: QuerySet[Report], wanted: Wanted) -> QuerySet[Report]:
    if wanted.number:
        rows = rows.filter(number=wanted.number)
    if wanted.product:
        rows = rows.filter(product__icontains=wanted.product)
    if wanted.standing:
        rows = rows.filter(state__in=states_of(wanted.standing))
    if wanted.environment:
        rows = rows.filter(environment=wanted.environment)
    if wanted.among is not None:
        rows = rows.filter(number__in=wanted.among)
    return rows.filter(quality__lt=wanted.below) if wanted.below else rows


def states_of(standing: str) -> tuple[ReportState, ...]:
    """This function will list the states that a sender knows under one code."""
    return tuple(state for state in ReportState if STANDINGS.get(state, WALKING)[0] == standing)


def list_own_reports(*, esp_id: int, wanted: Wanted = ALL, offset: int = 0, size: int = 50) -> OwnPage:
    """This function will list a company's reports, newest first."""
    rows = _wanted(_own(esp_id), wanted).order_by("-id")
    return OwnPage(_values(list(rows[offset : offset + size])), rows.count())


def _values(page: list[Report]) -> tuple[OwnReport, ...]:
    counted = File.objects.filter(report_id__in=[row.id for row in page]).values("report_id").annotate(n=Count("id"))
    files = {one["report_id"]: one["n"] for one in counted}
    return tuple(_value(row, files.get(row.id, 0)) for row in page)


def list_own_after(*, esp_id: int, environment: str, after: int, size: int) -> tuple[OwnReport, ...] | None:
    """This function will list a company's reports in order of opening, those after the report of a number (0: all).

    None where the company has no report of that number in that environment.
    """
    rows = _own(esp_id).filter(environment=environment).order_by("id")
    if after:
        last = rows.filter(number=after).first()
        if last is None:
            return None
        rows = rows.filter(id__gt=last.id)
    return _values(list(rows[:size]))


def find_own_report(*, esp_id: int, number: int, environment: str = "") -> OwnReport | None:
    """This function will find a company's own report; None for a foreign and an unknown number alike."""
    rows = _own(esp_id).filter(number=number)
    row = (rows.filter(environment=environment) if environment else rows).first()
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


def _ending(esp_id: int, now: datetime) -> QuerySet[Report]:
    return _own(esp_id).filter(environment="production", preserve_until__range=(now, now + SOON))


def list_ending(*, esp_id: int, now: datetime, most: int = 200) -> tuple[OwnReport, ...]:
    """This function will list the reports whose year of preservation ends soon, the next to end first."""
    return _values(list(_ending(esp_id, now).order_by("preserve_until")[:most]))


def count_ending(*, esp_id: int, now: datetime) -> int:
    """This function will count the reports whose year of preservation ends soon."""
    return _ending(esp_id, now).count()
