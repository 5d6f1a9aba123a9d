"""Counts days anew and publishes snapshots. A snapshot, once published, is never changed: a later one revises it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import rfc8785
from django.db import connection, transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.facts import Fact
from tipline.platform.audit.service import Act, record
from tipline.programs.statistics import counting, queries
from tipline.programs.statistics.disclosure import LEAST
from tipline.programs.statistics.models import CountedDay, Mark, Snapshot, Withheld
from tipline.programs.statistics.publication import FORM, FORM_VERSION, Publication
from tipline.programs.statistics.rules import EDITION, Counted
from tipline.reference.directory import queries as directory
from tipline.reports import counting as reports

ListFacts = Callable[..., Iterator[Fact]]
# A transaction that began earlier than this has long ended: rows above a mark are all there.
SETTLED = timedelta(minutes=10)
_LOCK = 7_203_114  # one process counts, or publishes, at a time
LONGEST_NOTE = 600


def recount_day(*, day: date, others: Iterable[ListFacts] = (), now: datetime) -> int:
    """This function will count one day anew from findings and journal; the same rows give the same counts.

    others: what the other programmes tell of a day. Returns how many reports the day has.
    """
    agencies = {agency.id: agency.kind for agency in directory.list_agencies()}
    with transaction.atomic():
        _take_lock()
        number = counting.renew_facts(day, agencies)
        counting.count_days([day])
        counting.count_others(day, (fact for list_facts in others for fact in list_facts(day=day)))
        CountedDay.objects.update_or_create(
            day=day, defaults={"counted_at": now, "edition": EDITION, "reports": number}
        )
    return number


def _take_lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def recount_changed(*, others: Iterable[ListFacts] = (), now: datetime) -> tuple[date, ...]:
    """This function will count anew every day about whose reports something was written since the last time.

    Today and yesterday are always counted: the other programmes' facts have no mark of their own.
    """
    since = dict(Mark.objects.values_list("source", "value"))
    upto = reports.newest_ids(since, settled=now - SETTLED)
    today = now.date()
    days = {*reports.list_changed_days(since), today, today - timedelta(days=1)}
    listed = tuple(others)
    for day in sorted(days):
        recount_day(day=day, others=listed, now=now)
    for source, value in upto.items():
        Mark.objects.update_or_create(source=source, defaults={"value": value})
    return tuple(sorted(days))


def recount(*, since: date, until: date, others: Iterable[ListFacts] = (), now: datetime) -> dict[date, int]:
    """This function will count every day from one to another anew, both included."""
    listed = tuple(others)
    span = (until - since).days + 1
    days = [since + timedelta(days=at) for at in range(span)]
    return {day: recount_day(day=day, others=listed, now=now) for day in days}


@transaction.atomic
def publish_snapshot(*, year: int, through: date, note: str, by: Actor, now: datetime) -> int:
    """This function will publish what was counted of a year up to a day, as the next snapshot, and give its number.

    Raises Refusal `note_missing`, `other_year`, `not_over` (the day lies ahead), `unchanged`, or `too_small_a_change`
    where fewer reports were added since the last snapshot of the year than may be shown.
    """
    if not note.strip():
        raise Refusal("note_missing", "Say in a sentence what is new in this snapshot.", field="note")
    if through > now.date():
        raise Refusal("not_over", "The last day lies ahead.", field="through")
    _take_lock()
    found = queries.preview(year=year, through=through)
    last = queries.find_snapshot(year=year)
    _require_change(found, last)
    number = (Snapshot.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    content = _content(found, number=number, year=year, through=through, now=now)
    content["snapshot"] |= {"revises": last.head.number if last else None, "note": note.strip()[:LONGEST_NOTE]}
    digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    _keep(content, found, digest, by=by, now=now)
    details: dict[str, str | int | bool] = {"snapshot": number, "year": year, "digest": digest}
    details["withheld"] = len(found.withheld)
    record(Act(now, by, "figures.published", "snapshot", str(number), details=details))
    return number


def _content(found: Publication, *, number: int, year: int, through: date, now: datetime) -> dict[str, Any]:
    head = {
        "number": number,
        "year": year,
        "through": through.isoformat(),
        "published_at": now.isoformat(),
        "edition": EDITION,
    }
    return {"format": FORM, "version": FORM_VERSION, "snapshot": head, "tables": list(found.tables)}


def _keep(content: dict[str, Any], found: Publication, digest: str, *, by: Actor, now: datetime) -> None:
    head = content["snapshot"]
    Snapshot.objects.bulk_create(
        [
            Snapshot(
                number=head["number"],
                year=head["year"],
                through=date.fromisoformat(head["through"]),
                published_at=now,
                published_by=str(by),
                revises=head["revises"],
                note=head["note"],
                edition=EDITION,
                content=content,
                digest=digest,
            )
        ]
    )
    Withheld.objects.bulk_create(
        Withheld(number=head["number"], key=name, value=value) for name, value in found.withheld.items()
    )


def _require_change(found: Publication, last: queries.Published | None) -> None:
    if last is None:
        return
    if list(found.tables) == last.content["tables"]:
        raise Refusal("unchanged", f"Nothing has changed since snapshot {last.head.number}.")
    new, old = _all_reports(found.tables), _all_reports(last.content["tables"])
    if new is None and old is not None:
        raise Refusal(
            "too_small_a_change",
            f"Fewer than {LEAST} reports came in since snapshot {last.head.number}. A new snapshot now would let "
            "readers work out who they were by subtraction; publish when there are more.",
        )


def _all_reports(tables: Iterable[dict[str, Any]]) -> int | None:
    table = next(each for each in tables if each["id"] == "reports_by_type")
    found: int | None = next(cell["value"] for cell in table["cells"] if (cell["row"], cell["col"]) == ("*", "*"))
    return found


@transaction.atomic
def take_over(*, rows: Iterable[tuple[date, Counted]], by: Actor, now: datetime) -> int:
    """This function will take in facts of reports that an earlier system of the same house had counted, in codes.

    They stand beside the house's own and are counted with them; a later recount keeps them. Returns how many.
    """
    _take_lock()
    taken, days = counting.take_over(rows)
    counting.count_days(days)
    counted = (CountedDay(day=day, counted_at=now, edition=EDITION, reports=0) for day in sorted(days))
    CountedDay.objects.bulk_create(counted, ignore_conflicts=True)
    record(Act(now, by, "figures.taken_over", "figures", "facts", details={"count": taken, "days": len(days)}))
    return taken


def publish_due(*, now: datetime, by: Actor) -> int | None:
    """This function will publish the month or year that ended yesterday, where nobody has; None where nothing is due.

    It runs on the first of a month. A refusal leaves the figures to a person at the desk.
    """
    through = now.date() - timedelta(days=1)
    last = queries.find_snapshot(year=through.year)
    if now.day != 1 or (last is not None and last.head.through >= through):
        return None
    note = f"The monthly act: everything counted of {through.year} through {through.isoformat()}."
    try:
        return publish_snapshot(year=through.year, through=through, note=note, by=by, now=now)
    except Refusal:
        return None
