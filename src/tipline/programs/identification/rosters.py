"""Rosters: the contacts found with a suspect, each perhaps a child, compared with every report ever received."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from tipline.domain.actor import Actor, system
from tipline.domain.contacts import MOST_ROWS, Contact, read_contacts
from tipline.domain.errors import Refusal
from tipline.domain.report import Identifier, IdentifierKind, PersonRole
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record
from tipline.programs.identification import rules
from tipline.programs.identification.models import Roster, RosterChild, RosterSighting
from tipline.programs.identification.values import RosterChildLine, RosterLine
from tipline.reports import known

SEARCH = "identification.search_roster"
BY = system("identification")
CHUNK = 2000
_LINE = tuple(field.name for field in fields(RosterLine) if field.name not in ("statuses", "countries", "in_reports"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One contact of a list with what the list says of the child beside it."""

    contact: Contact
    status: str = "SOUGHT"
    country: str = ""
    with_agency: str = ""
    doubts: tuple[str, ...] = ()  # what the list says of it that could not be taken over


_HEADS = {
    "contact": "contact", "handle": "contact", "username": "contact", "e-mail": "contact", "email": "contact",
    "phone": "contact", "telephone": "contact", "value": "contact", "status": "status", "child": "status",
    "country": "country", "agency": "with_agency", "with agency": "with_agency", "investigating agency": "with_agency",
}  # fmt: skip
_CARD = re.compile(r"^(?:item\d+\.)?(EMAIL|TEL|NICKNAME|IMPP|X-[A-Z-]+)[^:]*:(.+)$", re.IGNORECASE)


def read_roster(text: str) -> tuple[Entry, ...]:
    """This function will read a list of contacts: plain lines, CSV with columns for status, country and agency, or
    vCards, of which names are not kept. Nothing is lost: a row that cannot be read comes back with its problem.

    Raises Refusal `empty_list` or `too_long`.
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if "BEGIN:VCARD" in clean[:2000].upper():
        return tuple(Entry(one) for one in read_contacts("\n".join(_card_values(clean))))
    lines = [line for line in clean.split("\n") if line.strip()]
    if len(lines) > MOST_ROWS + 1:
        raise Refusal("too_long", f"Hand in at most {MOST_ROWS} contacts at once.", field="rows")
    columns = _columns(lines[0]) if lines else {}
    if "contact" not in columns or len(columns) < 2:
        return tuple(Entry(one) for one in read_contacts(clean))
    return _table(lines[1:], columns, _delimiter(lines[0]))


def _card_values(text: str) -> Iterator[str]:
    # A folded line goes on with a blank; vCard 3 and 4 write "TEL;TYPE=cell:+1..." and "TEL;VALUE=uri:tel:+1...".
    for line in text.replace("\n ", "").split("\n"):
        if found := _CARD.match(line.strip()):
            value = found[2].strip()
            yield (
                value.partition(":")[2] or value
                if value.lower().startswith(("tel:", "mailto:", "xmpp:", "x-apple:"))
                else value
            )


def _delimiter(line: str) -> str:
    return max((",", ";", "\t"), key=line.count)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=delimiter), [])]
    except csv.Error:  # a cell longer than any contact
        return []


def _columns(line: str) -> dict[str, int]:
    cells = _cells(line, _delimiter(line))
    named = [(_HEADS.get(cell.casefold()), index) for index, cell in enumerate(cells)]
    return {name: index for name, index in reversed(named) if name}


def _table(lines: list[str], columns: dict[str, int], delimiter: str) -> tuple[Entry, ...]:
    rows = [_cells(line, delimiter) for line in lines]

    def cell(row: list[str], name: str) -> str:
        index = columns.get(name, len(row))
        return row[index] if index < len(row) else ""

    # A blank contact must keep its line, so that numbers agree with the list that was handed in.
    contacts = {
        one.row: one for one in read_contacts("\n".join(cell(row, "contact").replace(",", " ") for row in rows))
    }
    found = []
    for number, row in enumerate(rows, start=1):
        contact = contacts.get(number) or Contact(number, "", problem="The row has no contact.")
        country, status, doubts = cell(row, "country").upper(), cell(row, "status").upper(), []
        if country and not re.fullmatch(r"[A-Z]{2}", country):
            doubts.append(f"Row {number}, country: two letters are needed, for example US. It was left out.")
            country = ""
        if status and status not in rules.CHILD_STATUSES:
            doubts.append(f"Row {number}, status: it can be sought, identified or safe. It was taken as sought.")
        status = status if status in rules.CHILD_STATUSES else "SOUGHT"
        agency = " ".join(cell(row, "with_agency").split())[:200]
        found.append(Entry(contact, status, country, agency, tuple(doubts)))
    return tuple(found)


def _act(verb: str, kept: Roster, by: Actor, now: datetime, **details: str | int) -> None:
    named = {"agency": kept.agency, **details}
    record(Act(at=now, actor=by, verb=verb, object_kind="roster", object_id=str(kept.pk), details=named))


@transaction.atomic
def hand_in_roster(*, case_number: str, text: str, by: Actor, now: datetime) -> int:
    """This function will keep a suspect's contacts, every row of them, and send them to be compared.

    Runs in the portal. Raises Refusal.
    """
    asked = {"case_number": ("the case number", 80, True)}
    texts = rules.check_texts({"case_number": case_number}, asked)
    entries = read_roster(text)
    read = sum(not one.contact.problem for one in entries)
    kept = Roster.objects.create(
        agency=by.agency, officer=by.ident, rows_total=len(entries), rows_read=read, received_at=now, **texts
    )
    RosterChild.objects.bulk_create(_row(kept, one) for one in entries)
    _act("roster.received", kept, by, now, rows=len(entries), read=read)
    jobs.defer(SEARCH, queueing_lock=f"roster:{kept.pk}", roster_id=kept.pk)
    return kept.pk


def list_doubts(text: str) -> tuple[str, ...]:
    """This function will name what a list says of its contacts that could not be taken over, by row and field."""
    return tuple(doubt for one in read_roster(text) for doubt in one.doubts)


def _row(kept: Roster, one: Entry) -> RosterChild:
    contact = one.contact
    return RosterChild(
        roster=kept, agency=kept.agency, row=contact.row, written=contact.written, kind=contact.kind or "",
        value=contact.value[:500], problem=contact.problem, status=one.status, country=one.country,
        with_agency=one.with_agency,
    )  # fmt: skip


def search_roster(*, roster_id: int, now: datetime) -> int:
    """This function will compare a roster with every report ever received; how many contacts stand in one.

    Harmless when called again: what was found stays, what is new is added.
    """
    kept = Roster.objects.get(pk=roster_id)
    rows = list(kept.children.filter(problem="").order_by("row"))
    with transaction.atomic():
        found = sum(_search(rows[at : at + CHUNK]) for at in range(0, len(rows), CHUNK))
        Roster.objects.filter(pk=roster_id).update(searched_at=now)
        _act("roster.searched", kept, BY, now, rows=len(rows), found=found)
    return found


def _search(rows: list[RosterChild]) -> int:
    asked = [(row.pk, Identifier(IdentifierKind(row.kind), PersonRole.VICTIM, row.value, row.written)) for row in rows]
    seen = known.find_seen_many(asked)
    RosterSighting.objects.bulk_create(
        (RosterSighting(child_id=one.row, report_id=one.report_id, report_number=one.number) for one in seen),
        ignore_conflicts=True,
    )
    counts = Counter(one.row for one in seen)
    for row in rows:
        row.sightings = counts[row.pk]
    RosterChild.objects.bulk_update(rows, ["sightings"], batch_size=500)
    return len(counts)


def search_again(*, before: datetime, now: datetime) -> int:
    """This function will compare the rosters anew that were last compared before then: new reports came since."""
    ids = Roster.objects.filter(searched_at__lt=before).order_by("searched_at").values_list("id", flat=True)[:20]
    return sum(search_roster(roster_id=number, now=now) for number in ids)


@transaction.atomic
def change_child(*, child_id: int, given: dict[str, str], by: Actor, now: datetime) -> None:
    """This function will say where a child of the agency's own roster stands. Raises Refusal, also for foreign ones."""
    row = RosterChild.objects.select_related("roster").filter(pk=child_id, agency=by.agency).first()
    if row is None:
        raise Refusal("no_such_child", "There is no such contact in your rosters.")
    status = rules.check_choice("status", given.get("status", ""), rules.CHILD_STATUSES, is_required=True)
    texts = rules.check_texts(given, {"with_agency": ("the agency", 200, False), "country": ("the country", 2, False)})
    country = texts["country"].upper()
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise Refusal("unknown_country", "Write the country as two letters, for example US.", field="country")
    RosterChild.objects.filter(pk=child_id).update(
        status=status, country=country, with_agency=texts["with_agency"], changed_by=by.ident, changed_at=now
    )
    _act("roster.child_changed", row.roster, by, now, status=status, country=country)


# --- reads --------------------------------------------------------------------------------------------------------


def list_rosters(*, agency: str = "", size: int = 100) -> tuple[RosterLine, ...]:
    """This function will list rosters, newest first: an agency's, or for the desk all."""
    rows = Roster.objects.order_by("-id")
    return tuple(_line(row) for row in (rows.filter(agency=agency) if agency else rows)[:size])


def list_meeting(report_ids: Sequence[int], *, size: int = 10) -> tuple[tuple[RosterLine, int], ...]:
    """This function will list the rosters of which contacts stand in some of these reports, and how many do."""
    seen = RosterSighting.objects.filter(report_id__in=list(report_ids)).order_by()
    counts = seen.values_list("child__roster_id").annotate(count=Count("child_id", distinct=True))
    found = dict(counts.order_by("-count")[:size])
    rows = {row.pk: row for row in Roster.objects.filter(pk__in=found)}
    return tuple((_line(rows[roster_id]), count) for roster_id, count in found.items())


def find_roster(roster_id: int, *, agency: str = "") -> RosterLine | None:
    """This function will find a roster: an agency's own, or for the desk any."""
    rows = Roster.objects.filter(pk=roster_id)
    row = (rows.filter(agency=agency) if agency else rows).first()
    return _line(row) if row else None


def _line(row: Roster) -> RosterLine:
    children = row.children.filter(problem="").order_by()
    statuses = dict(children.values_list("status").annotate(count=Count("id")))
    countries = dict(children.exclude(country="").values_list("country").annotate(count=Count("id")))
    return RosterLine(
        **{name: getattr(row, name) for name in _LINE},
        statuses=statuses,
        countries=dict(sorted(countries.items())),
        in_reports=children.filter(sightings__gt=0).count(),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contacts of a roster are looked for; empty texts stand for all."""

    status: str = ""
    country: str = ""
    in_reports: bool = False
    text: str = ""


def list_children(
    roster_id: int, wanted: Wanted, *, offset: int = 0, size: int = 100, with_reports: bool = False
) -> tuple[tuple[RosterChildLine, ...], int]:
    """This function will list a roster's contacts as they stand in it, and how many fit.

    with_reports: with the numbers of the reports in which each stands, for the desk alone.
    """
    rows = RosterChild.objects.filter(_wanted(wanted), roster_id=roster_id).order_by("row")
    listed = list(rows[offset : offset + size])
    numbers: dict[int, list[int]] = {}
    if with_reports:
        seen = RosterSighting.objects.filter(child_id__in=[row.pk for row in listed]).order_by("report_id")
        for child_id, number in seen.values_list("child_id", "report_number"):
            numbers.setdefault(child_id, []).append(number)
    return tuple(
        RosterChildLine(
            row.pk, row.row, row.written, row.kind, row.problem, row.status, row.country, row.with_agency,
            row.sightings, tuple(numbers.get(row.pk, ())),
        )
        for row in listed
    ), rows.count()  # fmt: skip


def _wanted(wanted: Wanted) -> Q:
    found = Q()
    if wanted.status:
        found &= Q(status=wanted.status, problem="")
    if wanted.country:
        found &= Q(country=wanted.country.upper())
    if wanted.in_reports:
        found &= Q(sightings__gt=0)
    return found & Q(written__icontains=wanted.text) if wanted.text else found
