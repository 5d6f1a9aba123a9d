"""Writes down who looked at what, before it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest

from tipline.interfaces.ui.gate import Refused, actor_of
from tipline.platform import clock
from tipline.platform.audit.act import Act, Outcome
from tipline.platform.audit.service import record


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing looked at: a verb of the audit, an object, codes."""

    verb: str
    kind: str = ""
    ident: str = ""
    basis: str = ""
    outcome: Outcome = Outcome.DONE
    size_bytes: int | None = None


@transaction.atomic
def note(request: HttpRequest, sight: Sight, **details: str | int) -> None:
    """This function will write one audit entry about what is going to be shown."""
    record(
        Act(
            at=clock.now(),
            actor=actor_of(request),
            verb=sight.verb,
            object_kind=sight.kind,
            object_id=sight.ident,
            outcome=sight.outcome,
            basis=sight.basis,
            details=details,
            size_bytes=sight.size_bytes,
        )
    )


def refused(request: HttpRequest, number: int, page: str) -> Refused:
    """This function will make the refusal of something that this person may not do, to be raised."""
    act = Act(
        at=clock.now(),
        actor=actor_of(request),
        verb="report.refused",
        object_kind="report",
        object_id=str(number),
        outcome=Outcome.REFUSED,
        details={"reason": page},
    )
    return Refused(act)


def note_report(request: HttpRequest, number: int, page: str, *, basis: str = "", size: int | None = None) -> None:
    """This function will write down that a page, or a part, of a report is looked at."""
    note(request, Sight("report.viewed", "report", str(number), basis, size_bytes=size), page=page)
