"""What an officer does with a referral: open it, read it, download it. Runs in the portal, under its role.

Whatever is not the agency's own looks like something that does not exist: row-level security hides it, and the
refusal is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.states import ReferralState
from tipline.platform.audit.service import Act, record
from tipline.platform.vault import service as vault
from tipline.reports.custody import Custody, CustodyAct, record_custody
from tipline.stages.referral.export.package import is_document
from tipline.stages.referral.export.unpack import read_member
from tipline.stages.referral.models import Look, Package, Referral
from tipline.stages.referral.queries import open_document, read_package_document

__all__ = [
    "Download",
    "Seen",
    "open_referral",
    "read_package_document",
    "stream_document",
    "stream_file",
    "stream_package",
]


@dataclass(frozen=True, slots=True)
class Seen:
    """Up to which version a reader had seen a referral, and when that was."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes on their way to an officer. Custody and audit are written before the first of them is read."""

    name: str
    size: int
    sha256: str
    chunks: Iterator[bytes]


def _own(referral_id: int, by: Actor) -> Referral:
    row = Referral.objects.filter(pk=referral_id, agency=by.agency).first()
    if row is None:
        raise Refusal("no_such_referral", "There is no such report in your inbox.")
    return row


def _act(referral: Referral, verb: str, by: Actor, now: datetime, given: Download | None = None) -> None:
    details: dict[str, str | int] = {"agency": referral.agency, "report": referral.report_number}
    if given:
        details["digest"] = given.sha256
    record(
        Act(
            at=now,
            actor=by,
            verb=verb,
            object_kind="referral",
            object_id=str(referral.id),
            details=details,
            size_bytes=given.size if given else None,
        )
    )


@transaction.atomic
def open_referral(*, referral_id: int, by: Actor, now: datetime) -> Seen | None:
    """This function will record that an officer looks at a referral; the first look marks it opened.

    Returns what this officer had seen before; None at their own first look. Raises Refusal `no_such_referral`.
    """
    referral = _own(referral_id, by)
    unopened = Referral.objects.filter(pk=referral.id, state=ReferralState.MADE_AVAILABLE)
    unopened.update(state=ReferralState.OPENED, opened_at=now)
    _act(referral, "referral.opened", by, now)
    return _look(referral, by, now)


def _look(referral: Referral, by: Actor, now: datetime) -> Seen | None:
    before = Look.objects.filter(referral=referral, reader=by.ident).first()
    fresh = Look(referral=referral, agency=referral.agency, reader=by.ident, version=referral.version, at=now)
    # One statement, so that two windows opened at once do not trip over each other.
    Look.objects.bulk_create(
        [fresh], update_conflicts=True, unique_fields=("referral", "reader"), update_fields=("version", "at")
    )
    return Seen(before.version, before.at) if before else None


def _newest(referral: Referral) -> Package:
    package = Package.objects.filter(referral=referral).order_by("-version").first()
    if package is None or not package.zip_blob_id:
        raise Refusal("no_package", "There is no package of this report for your agency.")
    return package


@transaction.atomic
def stream_package(*, referral_id: int, by: Actor, now: datetime) -> Download:
    """This function will hand out the newest package: custody per file and audit first, then the bytes.

    Raises Refusal `no_such_referral` or `no_package`; ObjectMissing, StoreOutage.
    """
    referral = _own(referral_id, by)
    package = _newest(referral)
    chunks = vault.read(blob_id=package.zip_blob_id, holder=f"referral:{referral.id}")
    for row in open_document(package)["files"]:
        if row["member"] is not None:
            _downloaded(referral, row["file_id"], by, now, f"package version {package.version}")
    name = f"report-{referral.report_number}-v{package.version}.zip"
    given = Download(name, package.zip_size, package.zip_sha256, chunks)
    _act(referral, "referral.downloaded", by, now, given)
    return given


@transaction.atomic
def stream_document(*, referral_id: int, name: str, by: Actor, now: datetime) -> Download:
    """This function will hand out one document of the newest package alone, for example report.pdf.

    The audit names it by its digest. Raises Refusal `no_such_referral`, `no_package` or `no_such_document`;
    ObjectMissing, StoreOutage.
    """
    referral = _own(referral_id, by)
    package = _newest(referral)
    said = package.manifest.get(name)
    if said is None or not is_document(name):
        raise Refusal("no_such_document", "The package has no such document.")
    chunks = vault.read(blob_id=package.zip_blob_id, holder=f"referral:{referral.id}")
    named = f"report-{referral.report_number}-v{package.version}-{name}"
    given = Download(named, said["bytes"], said["sha256"], read_member(chunks, name))
    _act(referral, "referral.downloaded", by, now, given)
    return given


@transaction.atomic
def stream_file(*, referral_id: int, file_id: str, by: Actor, now: datetime) -> Download:
    """This function will hand out one open file of a referral, with custody first.

    Raises Refusal `no_such_referral`, `no_package`, or `no_such_file`; a sealed file is refused as
    `warrant_needed`.
    """
    referral = _own(referral_id, by)
    package = _newest(referral)
    files = open_document(package)["files"]
    row = next((one for one in files if one["file_id"] == file_id), None)
    if row is None:
        raise Refusal("no_such_file", "The report has no such file.")
    if row["member"] is None:
        raise Refusal("warrant_needed", row["state_words"])
    chunks = vault.read(blob_id=package.manifest[row["member"]]["blob"], holder=f"referral:{referral.id}")
    _downloaded(referral, file_id, by, now, "single file")
    return Download(row["member"].removeprefix("files/"), row["size"], row["sha256"], chunks)


def _downloaded(referral: Referral, file_id: str, by: Actor, now: datetime, detail: str) -> None:
    custody = Custody(
        report_id=referral.report_id,
        report_number=referral.report_number,
        file_id=file_id,
        act=CustodyAct.DOWNLOADED,
        basis=f"referral {referral.id}",
        detail=detail,
    )
    record_custody(custody=custody, by=by, now=now)
