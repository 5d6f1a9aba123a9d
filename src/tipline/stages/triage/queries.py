"""Reads of decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum

from tipline.domain.vocabulary import Priority
from tipline.platform.database.rows import ask_in_order
from tipline.stages.triage import ruleset
from tipline.stages.triage.calibration import Stratum, Tally
from tipline.stages.triage.models import Count, Decision, Rescoring, RuleVersion, Standing
from tipline.stages.triage.rules import LATER_FROM, score_features
from tipline.stages.triage.ruleset import Clock, RuleSet


@dataclass(frozen=True, slots=True)
class Pending:
    """A decision that can still be undone, or waits to be applied."""

    disposition: str
    reason: str
    by: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision as it was made, and what became of it: it counts, waits, or was taken back."""

    disposition: str
    reason: str
    note: str
    by: str
    made_at: datetime
    undone_at: datetime | None
    undone_by: str
    undone_why: str


def list_decisions(report_id: int) -> tuple[DecisionLine, ...]:
    """This function will list every decision about a report, those taken back too, oldest first."""
    columns = [each.name for each in fields(DecisionLine)]
    rows = Decision.objects.filter(report_id=report_id).order_by("id").values_list(*columns)
    return tuple(DecisionLine(*row) for row in rows)


def find_pending(report_id: int) -> Pending | None:
    """This function will find the pending decision about a report."""
    row = Decision.objects.filter(report_id=report_id, undone_at=None, applied_at=None).first()
    return Pending(row.disposition, row.reason, row.by, row.effective_at) if row else None


def list_pending(report_ids: Sequence[int]) -> dict[int, Pending]:
    """This function will find the pending decisions about several reports, by report id."""
    rows = Decision.objects.filter(report_id__in=list(report_ids), undone_at=None, applied_at=None)
    return {row.report_id: Pending(row.disposition, row.reason, row.by, row.effective_at) for row in rows}


def list_due(now: datetime, most: int = 200) -> tuple[int, ...]:
    """This function will list decisions whose window has ended and that were not applied."""
    rows = Decision.objects.filter(undone_at=None, applied_at=None, effective_at__lte=now).order_by("id")
    return tuple(rows.values_list("id", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of the rules: where it stands, who did what, when and why."""

    number: int
    state: str
    is_open: bool
    base: str
    note: str
    drafted_by: str
    drafted_at: datetime
    proposed_by: str
    proposed_at: datetime | None
    released_by: str
    released_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    ended_why: str


_VERSION = tuple(each.name for each in fields(VersionLine))


def list_versions(most: int = 100) -> tuple[VersionLine, ...]:
    """This function will list the versions of the rules after the shipped one, the newest first."""
    rows = RuleVersion.objects.order_by("-number").values_list(*_VERSION)[:most]
    return tuple(VersionLine(*row) for row in rows)


def find_version(number: int) -> VersionLine | None:
    """This function will find one version of the rules."""
    row = RuleVersion.objects.filter(number=number).values_list(*_VERSION).first()
    return VersionLine(*row) if row else None


def load_body(version: str) -> dict[str, Any]:
    """This function will load a version as it is written, the shipped one too."""
    shipped = ruleset.shipped_data()
    if version == shipped["version"]:
        return shipped
    body: dict[str, Any] = RuleVersion.objects.values_list("body", flat=True).get(number=int(version))
    return body


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run that scores the queue again is."""

    version: str
    total: int
    done: int
    moved: int
    begun_at: datetime
    ended_at: datetime | None


def last_rescoring() -> Progress | None:
    """This function will find the newest run that scores the queue again."""
    row = Rescoring.objects.order_by("-id").first()
    return Progress(row.version, row.total, row.done, row.moved, row.begun_at, row.ended_at) if row else None


MOST_PREVIEWED = 10_000
MOST_MOVED = 20
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Moved:
    """One report that would stand elsewhere."""

    report_id: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What rules would change among the reports of the last seven days, at most MOST_PREVIEWED of the newest.

    before, after: how many reports of each class. `up` and `down` change their class.
    """

    looked_at: int
    is_cut: bool
    before: dict[int, int]
    after: dict[int, int]
    up: int
    down: int
    moved: tuple[Moved, ...]


def preview(rules: RuleSet, counting: RuleSet, now: datetime) -> Preview:
    """This function will score the reports of last week by rules that do not count yet, from their kept features."""
    rows = Standing.objects.order_by("-report_id").values_list("report_id", "features", "at")[:MOST_PREVIEWED]
    recent = [(report_id, found) for report_id, found, at in rows if at >= now - WEEK]
    before, after = dict.fromkeys(map(int, Priority), 0), dict.fromkeys(map(int, Priority), 0)
    moved, up, down = [], 0, 0
    for report_id, found in recent:
        old, new = score_features(found, counting), score_features(found, rules)
        before[old.priority] += 1
        after[new.priority] += 1
        up, down = up + (new.priority < old.priority), down + (new.priority > old.priority)
        if new.score != old.score:
            moved.append(Moved(report_id, old.score, new.score))
    moved.sort(key=lambda one: (-abs(one.after - one.before), one.report_id))
    is_cut = len(recent) == MOST_PREVIEWED
    return Preview(len(recent), is_cut, before, after, up, down, tuple(moved[:MOST_MOVED]))


def list_drawn(*, offset: int = 0, size: int) -> tuple[int, ...]:
    """This function will list reports of the sample that wait, the oldest first."""
    rows = Standing.objects.filter(waiting=True, drawn=True).order_by("at", "report_id")
    return tuple(rows.values_list("report_id", flat=True)[offset : offset + size])


MOST_LATE = 10_001  # one more than is told as a number


@dataclass(frozen=True, slots=True)
class LateOnes:
    """Who is over a clock: how many of each class; (report id, when it was due), the longest due first.

    Of a class no more than MOST_LATE are counted: a page that is loaded all day costs the same in a flood.
    """

    counted: dict[int, int]
    longest: tuple[tuple[int, datetime], ...]


def late_looks(clocks: Mapping[int, Clock], now: datetime, *, size: int) -> LateOnes:
    """This function will find the waiting reports that nobody opened in their time, and name at most `size`."""
    return _late(_LATE_LOOKS, {one: clock.look for one, clock in clocks.items()}, now, size)


def late_referrals(clocks: Mapping[int, Clock], now: datetime, *, size: int) -> LateOnes:
    """This function will find reports that were opened or decided, and went to no agency in their time."""
    return _late(_LATE_REFERRALS, {one: clock.refer for one, clock in clocks.items()}, now, size)


def _late(statement: str, minutes: Mapping[int, int], now: datetime, size: int) -> LateOnes:
    due = {one: now - timedelta(minutes=most) for one, most in sorted(minutes.items())}
    rows = ask_in_order(statement, [list(due), list(due.values()), MOST_LATE, size])
    longest = [(at + timedelta(minutes=minutes[one]), report_id) for one, _, report_id, at in rows]
    counted = {one: number for one, number, *_ in sorted(rows)}
    return LateOnes(counted, tuple((report_id, at) for at, report_id in sorted(longest)[:size]))


# Each class by its own part of the index, the longest waiting first, and no further than is counted; `which` is the
# condition of that index. Without the order all of a class would be read, and then cut.
_LATE = """
SELECT class.priority, counted.number, named.report_id, named.at
FROM unnest(%b::smallint[], %b::timestamptz[]) AS class(priority, due)
CROSS JOIN LATERAL (SELECT count(*) AS number FROM (
  SELECT FROM triage_standing s
  WHERE s.priority = class.priority AND s.at < class.due AND {which} ORDER BY s.at LIMIT %s
) AS late) AS counted
CROSS JOIN LATERAL (
  SELECT s.report_id, s.at FROM triage_standing s
  WHERE s.priority = class.priority AND s.at < class.due AND {which} ORDER BY s.at, s.report_id LIMIT %s
) AS named
"""
_LATE_LOOKS = _LATE.format(which="s.waiting AND s.looked_at IS NULL")
_LATE_REFERRALS = _LATE.format(which="(NOT s.waiting OR s.looked_at IS NOT NULL) AND s.is_open")


@dataclass(frozen=True, slots=True)
class Counted:
    """One sum of the counts."""

    week: date
    version: str
    source: str
    kind: str
    score: int
    drawn: bool
    what: str
    n: int


def list_counts(since: date) -> tuple[Counted, ...]:
    """This function will list the counts since a week's Monday, summed."""
    keys = ("week", "version", "source", "kind", "score", "drawn", "what")
    rows = Count.objects.filter(week__gte=since).values_list(*keys).annotate(total=Sum("n")).order_by(*keys)
    return tuple(Counted(*row) for row in rows)


def tallies(counted: Sequence[Counted]) -> tuple[Tally, ...]:
    """This function will say for each score how many were judged, and how many of these were urgent."""
    total, urgent = _by_score(counted, "decided"), _by_score(counted, "urgent")
    return tuple(Tally(score, number, urgent.get(score, 0)) for score, number in sorted(total.items()))


def _by_score(counted: Sequence[Counted], what: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in counted:
        if one.what == what:
            found[one.score] = found.get(one.score, 0) + one.n
    return found


def looked_at(counted: Sequence[Counted]) -> tuple[Tally, ...]:
    """This function will give the judged reports that may stand for all: above the cut every one, below the drawn."""
    return tallies([one for one in counted if one.score >= LATER_FROM or one.drawn])


def totals(counted: Sequence[Counted]) -> dict[int, int]:
    """This function will say how many reports came in with each score."""
    return _by_score(counted, "scored")


def strata(counted: Sequence[Counted]) -> tuple[Stratum, ...]:
    """This function will say of each source and kind of low-scored report how many were judged and what was hidden."""
    low = [one for one in counted if one.score < LATER_FROM]
    found: dict[tuple[str, str], dict[str, int]] = {}
    for one in low:
        if one.what in ("scored", "judged", "hidden"):
            held = found.setdefault((one.source, one.kind), {})
            held[one.what] = held.get(one.what, 0) + one.n
    return tuple(
        Stratum(f"{source} {kind}", held.get("scored", 0), held.get("judged", 0), held.get("hidden", 0))
        for (source, kind), held in sorted(found.items())
    )
