"""Reads of referrals: for the portal its own agency's alone, for the desk all of a report.

Every read for an agency filters by it, and row-level security filters again below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from tipline.domain.referral import Part, ReferralRef
from tipline.domain.report import Document
from tipline.domain.states import ReferralState
from tipline.reports.sealed import open_json
from tipline.stages.referral.models import Look, Package, Referral

CONTEXT = "referral-package:{}:{}"  # referral id, version


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One referral as lists show it. Of an existence-only one, headline, incident, place and tags are empty."""

    id: int
    report_id: int
    report_number: int
    agency: str
    agency_name: str
    part: Part
    state: ReferralState
    why: str
    certainty: str
    early: bool
    primary_agency: str
    primary_contact: str
    headline: str
    incident: str
    place: str
    priority: int
    score: int
    tags: tuple[str, ...]
    received_at: datetime
    preserve_until: datetime | None
    made_available_at: datetime
    news_at: datetime
    opened_at: datetime | None
    answered_at: datetime | None
    version: int

    @property
    def ref(self) -> ReferralRef:
        """This function will name the referral to other stages."""
        return ReferralRef(self.id, self.report_id, self.report_number, self.agency, self.part)

    @property
    def has_content(self) -> bool:
        """Whether there is a page and a package, or only the knowledge that the report exists."""
        return self.part is not Part.EXISTENCE_ONLY


@dataclass(frozen=True, slots=True)
class PackageLine:
    """One version of a package: what kind, what is new in it, how large the ZIP is, its digest."""

    version: int
    kind: str
    news: tuple[str, ...]
    made_at: datetime
    zip_size: int
    zip_sha256: str
    manifest: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What an officer looks for; empty means everything. `number` is text: blanks in it are ignored."""

    state: str = ""
    priority: int | None = None
    part: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of an inbox, how many there are in all, and where the next page starts."""

    rows: tuple[ReferralLine, ...]
    total: int
    next_offset: int | None


def _line(row: Referral) -> ReferralLine:
    same = {name: getattr(row, name) for name in ReferralLine.__slots__ if name not in {"part", "state", "tags"}}
    return ReferralLine(part=Part(row.part), state=ReferralState(row.state), tags=tuple(row.tags), **same)


def list_inbox(*, agency: str, filters: InboxFilter | None = None, offset: int = 0, size: int = 50) -> InboxPage:
    """This function will list an agency's referrals: most urgent first, then by score, then the newest news."""
    rows = _filtered(Referral.objects.filter(agency=agency), filters or InboxFilter())
    total = rows.count()
    found = rows.order_by("priority", "-score", "-news_at", "id")[offset : offset + size]
    more = offset + size
    return InboxPage(tuple(_line(row) for row in found), total, more if more < total else None)


def _filtered(rows: QuerySet[Referral], filters: InboxFilter) -> QuerySet[Referral]:
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.priority is not None:
        rows = rows.filter(priority=filters.priority)
    if filters.part:
        rows = rows.filter(part=filters.part)
    if filters.number:
        digits = "".join(filters.number.split())
        rows = rows.filter(report_number=int(digits)) if digits.isascii() and digits.isdigit() else rows.none()
    return rows


def count_inbox(agency: str) -> dict[str, int]:
    """This function will count an agency's referrals by state."""
    counts = {state.value: 0 for state in ReferralState}
    rows = Referral.objects.filter(agency=agency).values("state").annotate(total=Count("id"))
    return counts | {row["state"]: row["total"] for row in rows}


def find_versions_seen(*, reader: str, referral_ids: Iterable[int]) -> dict[int, int]:
    """This function will find up to which version a reader has seen each referral; missing: never looked at."""
    rows = Look.objects.filter(reader=reader, referral_id__in=list(referral_ids))
    return dict(rows.values_list("referral_id", "version"))


def find_referral(*, agency: str, number: int) -> ReferralLine | None:
    """This function will find an agency's referral by report number; None for a foreign and an unknown one alike."""
    row = Referral.objects.filter(agency=agency, report_number=number).first()
    return _line(row) if row else None


def list_referrals(report_id: int) -> tuple[ReferralLine, ...]:
    """This function will list who has a report, the primary agency first. For the desk."""
    order = {Part.PRIMARY: 0, Part.COPY: 1, Part.EXISTENCE_ONLY: 2}
    found = [_line(row) for row in Referral.objects.filter(report_id=report_id).order_by("id")]
    return tuple(sorted(found, key=lambda line: (order[line.part], line.id)))


def list_packages(referral_id: int) -> tuple[PackageLine, ...]:
    """This function will list the versions of a referral's package, newest first."""
    rows = Package.objects.filter(referral_id=referral_id).order_by("-version").defer("document_sealed")
    return tuple(
        PackageLine(row.version, row.kind, tuple(row.news), row.made_at, row.zip_size, row.zip_sha256, row.manifest)
        for row in rows
    )


def read_package_document(*, referral_id: int) -> Document | None:
    """This function will open the newest document of a referral; None where there is none, or it is not yours.

    None too after the end of retention, when the content is destroyed and the line remains.
    """
    row = Package.objects.filter(referral_id=referral_id).order_by("-version").first()
    return open_document(row) if row and row.document_sealed else None


def open_document(row: Package) -> Document:
    """This function will open the sealed document of a package version."""
    context = CONTEXT.format(row.referral_id, row.version)
    document: Document = open_json(bytes(row.document_sealed), context)
    return document
