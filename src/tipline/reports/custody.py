"""Chain of custody: each act upon a file, with who, when and on what basis; written with the audit in one commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from tipline.domain.actor import Actor
from tipline.platform.audit.service import Act, record
from tipline.reports.models import CustodyEntry


class CustodyAct(StrEnum):
    """What was done with a file."""

    SEALED = "SEALED"
    FINGERPRINTED = "FINGERPRINTED"
    PREVIEWED = "PREVIEWED"
    LOOKED_AT = "LOOKED_AT"  # somebody looked at the blurred, grey preview
    REVEALED = "REVEALED"  # an analyst uncovered the preview
    PACKAGED = "PACKAGED"
    DOWNLOADED = "DOWNLOADED"
    PROPOSED = "PROPOSED"  # an analyst proposed it for a hash list
    JUDGED = "JUDGED"  # a reviewer judged it for a hash list; the verdict stands with the entry


@dataclass(frozen=True, slots=True)
class Custody:
    """One act upon one file."""

    report_id: int
    report_number: int
    file_id: str
    act: CustodyAct
    basis: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CustodyLine:
    """A line of a file's chain of custody as it is read."""

    at: datetime
    actor: str
    agency: str
    file_id: str
    act: str
    basis: str
    detail: str


@transaction.atomic
def record_custody(*, custody: Custody, by: Actor, now: datetime) -> None:
    """This function will write a custody entry and its audit entry."""
    CustodyEntry.objects.create(
        report_id=custody.report_id,
        report_number=custody.report_number,
        file_id=custody.file_id,
        at=now,
        actor=str(by),
        agency=by.agency,
        act=custody.act,
        basis=custody.basis[:300],
        detail=custody.detail[:300],
    )
    record(
        Act(
            at=now,
            actor=by,
            verb=f"file.{custody.act.lower()}",
            object_kind="file",
            object_id=custody.file_id,
            basis=custody.basis[:64],
            details={"report": custody.report_number},
        )
    )


def list_custody(report_id: int) -> tuple[CustodyLine, ...]:
    """This function will list the chain of custody of a report's files, oldest first."""
    rows = CustodyEntry.objects.filter(report_id=report_id).order_by("id")
    return tuple(
        CustodyLine(row.at, row.actor, row.agency, row.file_id, row.act, row.basis, row.detail) for row in rows
    )
