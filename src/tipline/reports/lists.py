"""Reads for lists of reports: counts, rows by id, findings of many reports at once, holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q

from tipline.domain.findings import Finding, LinkFound
from tipline.domain.report import DERIVED, Identifier, PersonRole
from tipline.domain.states import ReportState
from tipline.domain.vocabulary import Priority
from tipline.platform.database.rows import ask, load
from tipline.reports.models import CurrentFinding, FindingRow, IdentifierRow, LegalHold, Report
from tipline.reports.queries import Page, QueueRow
from tipline.reports.values import CHILD_AGES, ages_of, finding_of, head_of, identifier_of

PREPARING = (ReportState.RECEIVED, ReportState.SECURED, ReportState.ENRICHED, ReportState.LINKED)
DECIDED = (ReportState.TRIAGED, ReportState.ROUTED, ReportState.MADE_AVAILABLE, ReportState.CLOSED)


@dataclass(frozen=True, slots=True)
class Standings:
    """How many reports stand where. `urgent` is a part of `waiting`; held ones are counted in their state too."""

    urgent: int
    waiting: int
    preparing: int
    decided: int
    held: int
    legal: int


def count_standings() -> Standings:
    """This function will count the reports of every list in one question."""
    real = Q(environment="production")
    waiting = real & Q(state=ReportState.SCORED)
    found = Report.objects.aggregate(
        urgent=Count("id", filter=waiting & Q(priority=Priority.URGENT)),
        waiting=Count("id", filter=waiting),
        preparing=Count("id", filter=real & Q(state__in=PREPARING)),
        decided=Count("id", filter=real & Q(state__in=DECIDED)),
        held=Count("id", filter=~Q(hold_reason="")),
        legal=Count("id", filter=Q(legal_hold=True)),
    )
    return Standings(**found)


def list_rows(report_ids: Sequence[int]) -> tuple[QueueRow, ...]:
    """This function will load reports as lines of a list, in the order of the given ids."""
    found = Report.objects.in_bulk(list(report_ids))
    return tuple(QueueRow(head_of(found[one]), tuple(found[one].tags)) for one in report_ids if one in found)


def list_under_legal_hold(*, offset: int = 0, size: int = 50) -> Page:
    """This function will list reports under legal hold, newest first."""
    rows = Report.objects.filter(legal_hold=True).order_by("-id")
    total, more = rows.count(), offset + size
    found = tuple(QueueRow(head_of(row), tuple(row.tags)) for row in rows[offset:more])
    return Page(found, total, more if more < total else None)


def findings_of(report_ids: Sequence[int], kinds: Sequence[str]) -> dict[int, tuple[Finding, ...]]:
    """This function will list the current findings of some kinds of many reports in one question, by report id."""
    of_these = {"report_id__in": list(report_ids), "finding__report_id__in": list(report_ids)}
    rows = CurrentFinding.objects.filter(**of_these, finding__report=F("report"), kind__in=list(kinds))
    found: dict[int, list[Finding]] = {}
    for row in rows.select_related("finding").order_by("finding_id"):
        found.setdefault(row.report_id, []).append(finding_of(row.finding))
    return {report_id: tuple(several) for report_id, several in found.items()}


# The current ties are read first, by their index, and their bodies by key: the planner takes them for one or two.
_TIES = """
WITH tied AS MATERIALIZED (
  SELECT c.report_id, c.finding_id FROM reports_currentfinding c WHERE c.report_id = ANY(%b::bigint[]) AND c.kind = %s
)
SELECT tied.report_id, (f.body ->> 'other_report_id')::bigint, f.id
FROM tied JOIN reports_findingrow f ON f.id = tied.finding_id AND f.report_id = tied.report_id
WHERE f.report_id = ANY(%b::bigint[]) ORDER BY f.id DESC
"""


def list_ties(report_ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """This function will list (report id, id of the report it is tied to, finding id) of several reports, newest first.

    Two reports that share several values are tied several times.
    """
    return ask(_TIES, [list(report_ids), LinkFound.kind, list(report_ids)]) if report_ids else []


def load_findings(report_ids: Sequence[int], finding_ids: Sequence[int]) -> dict[int, Finding]:
    """This function will load findings of several reports by their ids."""
    rows = FindingRow.objects.filter(report_id__in=list(report_ids), id__in=list(finding_ids))
    return {row.id: finding_of(row) for row in rows}


@dataclass(frozen=True, slots=True)
class LegalHoldLine:
    """One order to keep a report; `released_at` is None as long as it counts."""

    reason: str
    set_by: str
    set_at: datetime
    released_by: str
    released_at: datetime | None


def list_legal_holds(report_id: int) -> tuple[LegalHoldLine, ...]:
    """This function will list the orders to keep a report, the newest first."""
    rows = LegalHold.objects.filter(report_id=report_id).order_by("-id")
    return tuple(LegalHoldLine(r.reason, r.set_by, r.set_at, r.released_by, r.released_at) for r in rows)


# The ranges are named for both tables, else every range would be asked.
_HOLDING = """
FROM reports_currentfinding c JOIN reports_findingrow f ON f.id = c.finding_id AND f.report_id = c.report_id
WHERE c.report_id = ANY(%b::bigint[]) AND f.report_id = ANY(%b::bigint[]) AND c.kind = %s AND f.body ->> %s <> ''
"""
_COUNTED = f"SELECT f.body ->> %s, count(DISTINCT f.report_id) {_HOLDING} GROUP BY 1 ORDER BY 2 DESC, 1"
_VALUES = f"SELECT DISTINCT f.report_id, f.body ->> %s {_HOLDING}"


def count_values(report_ids: Sequence[int], kind: str, key: str) -> dict[str, int]:
    """This function will count reports by one value of their current findings of a kind, the most frequent first."""
    listed = list(report_ids)
    return dict(ask(_COUNTED, [key, listed, listed, kind, key])) if listed else {}


def list_values(report_ids: Sequence[int], kind: str, key: str) -> tuple[tuple[int, str], ...]:
    """This function will list (report id, value) of one value of their current findings of a kind."""
    listed = list(report_ids)
    return tuple((one, value) for one, value in ask(_VALUES, [key, listed, listed, kind, key])) if listed else ()


_WEEKS = """
SELECT date_trunc('week', coalesce(received_at, opened_at))::date, count(*) FROM reports_report
WHERE id = ANY(%b::bigint[]) GROUP BY 1 ORDER BY 1
"""


def count_by_week(report_ids: Sequence[int]) -> tuple[tuple[date, int], ...]:
    """This function will count reports by the Monday of the week in which they were received."""
    return tuple((monday, count) for monday, count in ask(_WEEKS, [list(report_ids)]))


def identifiers_of(report_ids: Sequence[int], roles: Sequence[PersonRole]) -> tuple[tuple[int, Identifier], ...]:
    """This function will list (report id, identifier) of the people in some roles, of many reports in one question."""
    rows = load(IdentifierRow, _OF_ROLES, [list(report_ids), [*map(str, roles)], sorted(map(str, DERIVED))])
    return tuple((row.report_id, identifier_of(row)) for row in rows)


_OF_ROLES = """
WHERE t.report_id = ANY(%b::bigint[]) AND t.role = ANY(%b::text[]) AND t.kind <> ALL(%b::text[])
ORDER BY t.report_id, t.id
"""


_CHILDREN = f"""
SELECT report_id, {CHILD_AGES}
FROM reports_submission WHERE report_id = ANY(%b::bigint[]) AND part = 1 AND document ?| '{{victim,intendedRecipient}}'
"""  # noqa: S608 - only constants


def children_told(report_ids: Sequence[int]) -> dict[int, int | None]:
    """This function will give the youngest age told, or None, of each report that tells of a child."""
    found = ask(_CHILDREN, [list(report_ids)]) if report_ids else []
    return {one: min(ages_of(*ages), default=None) for one, *ages in found}


def numbers_of(report_ids: Sequence[int]) -> dict[int, int]:
    """This function will give the outside numbers of reports by id."""
    return dict(ask("SELECT id, number FROM reports_report WHERE id = ANY(%b::bigint[])", [list(report_ids)]))
