"""An agency asks a company, through the clearing house, to keep a report's data longer than the law's year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.referral import Part, ReferralRef
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record
from tipline.stages.feedback.models import KeepRequest

LONGEST = timedelta(days=3 * 365)
ASKED = "tipline.pipeline.tell_keep_asked"


@dataclass(frozen=True, slots=True)
class KeepAsked:
    """One request: about which report, who asks, until when, since when it is known."""

    report_number: int
    agency_name: str
    until: date
    at: datetime


def _value(row: KeepRequest) -> KeepAsked:
    return KeepAsked(row.report_number, row.agency_name, row.until, row.at)


def list_asked_of_report(report_id: int) -> tuple[KeepAsked, ...]:
    """This function will list the requests about a report, newest first. In the portal: the own agency's alone."""
    return tuple(_value(row) for row in KeepRequest.objects.filter(report_id=report_id).order_by("-id"))


def list_asked(numbers: Iterable[int]) -> tuple[KeepAsked, ...]:
    """This function will list the requests about some reports, newest first. On company pages: the own ones alone."""
    return tuple(_value(row) for row in KeepRequest.objects.filter(report_number__in=list(numbers)).order_by("-id"))


def list_open_asked(*, now: datetime, most: int = 200) -> tuple[KeepAsked, ...]:
    """This function will list what is asked to be kept and has not ended, newest first; a company sees its own."""
    return tuple(_value(row) for row in KeepRequest.objects.filter(until__gte=now.date()).order_by("-id")[:most])


def longest_asked(*, now: datetime) -> dict[int, date]:
    """This function will give until when reports are to be kept because police asked, by number; for the worker."""
    rows = KeepRequest.objects.filter(until__gte=now.date()).values_list("report_number")
    return dict(rows.annotate(longest=Max("until")).order_by())


@transaction.atomic
def ask_to_keep(*, referral: ReferralRef, agency_name: str, until: date, by: Actor, now: datetime) -> None:
    """This function will keep an agency's request. Raises Refusal `no_such_referral`, `not_yours`, `bad_day`."""
    if referral.agency != by.agency:
        raise Refusal("no_such_referral", "There is no such report in your inbox.")
    if referral.part is Part.EXISTENCE_ONLY:
        raise Refusal("not_yours", "The agency that has this report asks for it.")
    if not now.date() < until <= (now + LONGEST).date():
        raise Refusal("bad_day", "Give a day in the next three years.", field="until")
    row = KeepRequest.objects.create(
        referral_id=referral.id,
        report_id=referral.report_id,
        report_number=referral.report_number,
        agency=referral.agency,
        agency_name=agency_name[:200],
        until=until,
        by=by.ident,
        at=now,
    )
    details: dict[str, str | int | bool] = {
        "agency": referral.agency,
        "report": referral.report_number,
        "until": until.isoformat(),
    }
    record(Act(now, by, "referral.keep_asked", "referral", str(referral.id), details=details))
    jobs.defer(ASKED, request_id=row.id)


def report_of(request_id: int) -> int:
    """This function will give the internal id of the report that a request is about."""
    return int(KeepRequest.objects.values_list("report_id", flat=True).get(pk=request_id))
