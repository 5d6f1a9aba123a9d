"""The lists of the desk: rail, lines, pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from tipline.domain.findings import BestPlace, Finding, LinkFound
from tipline.domain.report import ReportHead
from tipline.domain.states import Disposition, ReportState
from tipline.domain.vocabulary import PRIORITY_LABELS, Priority
from tipline.interfaces.desk import words
from tipline.interfaces.ui import names
from tipline.interfaces.ui.words import thin
from tipline.reports import lists
from tipline.reports import queries as reports
from tipline.reports.queries import Page, QueueRow
from tipline.stages.triage import rulesets
from tipline.stages.triage.queries import (
    MOST_LATE,
    LateOnes,
    Pending,
    late_looks,
    late_referrals,
    list_drawn,
    list_pending,
)

PAGE_SIZE = 50
LATE_NAMED = 5  # of those over a clock
MOST_TAGS = 4
MIXED_IN = 10  # one line in so many of the list New is of the sample, as long as there are some


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that says why; `kind` colours it."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list."""

    url: str
    number: int
    score: int | None
    headline: str
    line: str
    at: object
    tags: tuple[Tag, ...]
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the pages before and after are."""

    newer_url: str
    older_url: str
    first: int
    last: int
    total: int


@dataclass(frozen=True, slots=True)
class RailLink:
    """One list in the rail."""

    name: str
    url: str
    text: str
    total: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """One list: its name in the rail, what it holds, and what it says when nothing is in it."""

    text: str
    load: Callable[[int], Page]
    order: str
    empty_title: str
    empty_text: str


def _urgent(offset: int) -> Page:
    return reports.list_queue(priority=Priority.URGENT, offset=offset, size=PAGE_SIZE)


def _new(offset: int) -> Page:
    return mixed(reports.list_queue(offset=offset, size=PAGE_SIZE), offset)


def mixed(page: Page, offset: int) -> Page:
    """This function will set the sample's reports among those of a page: one in MIXED_IN, by its number's chance.

    Nothing marks them, so that they are judged like any other. They stand at their own place in the order no more.
    """
    places = PAGE_SIZE // MIXED_IN
    if page.next_offset is None and not offset:
        return page  # everything that waits is on this page: nobody has to be sought
    drawn = list_drawn(offset=offset // PAGE_SIZE * places, size=places)
    rows = [row for row in page.rows if row.head.id not in drawn]
    for at, row in enumerate(lists.list_rows(drawn)):
        rows.insert(min(len(rows), at * MIXED_IN + row.head.number % MIXED_IN), row)
    return replace(page, rows=tuple(rows))


@dataclass(frozen=True, slots=True)
class Late:
    """Who is over one of the clocks: what was not done in time, to how many of which class, and who is due longest."""

    what: str
    classes: tuple[tuple[str, str], ...]
    longest: tuple[tuple[ReportHead, str, datetime], ...]
    more: str  # beside those that are named; empty where there are none


def load_late(now: datetime) -> tuple[Late, ...]:
    """This function will say which reports are over the clock of the first look, and which over that of referral."""
    clocks = rulesets.current().clocks
    found = (
        ("Nobody has opened in time", late_looks(clocks, now, size=LATE_NAMED)),
        ("Opened, and not handed over in time", late_referrals(clocks, now, size=LATE_NAMED)),
    )
    return tuple(_late(what, ones) for what, ones in found if ones.counted)


def _late(what: str, ones: LateOnes) -> Late:
    due = dict(ones.longest)
    heads = [row.head for row in lists.list_rows(tuple(due))]
    more = sum(ones.counted.values()) - len(heads)
    cut = sum(number == MOST_LATE for number in ones.counted.values())
    return Late(
        what,
        tuple(
            (PRIORITY_LABELS[Priority(one)], _told(number, cut=number == MOST_LATE))
            for one, number in ones.counted.items()
        ),
        tuple((head, PRIORITY_LABELS[Priority(head.priority)], due[head.id]) for head in heads),
        _told(more, cut=cut) if more else "",
    )


def _told(number: int, *, cut: int) -> str:
    """A number of late ones; of `cut` classes one more was counted than is told."""
    return f"more than {thin(number - cut)}" if cut else thin(number)


def _preparing(offset: int) -> Page:
    return reports.list_by_states(lists.PREPARING, offset=offset, size=PAGE_SIZE)


def _decided(offset: int) -> Page:
    return reports.list_by_states(lists.DECIDED, offset=offset, size=PAGE_SIZE)


def _held(offset: int) -> Page:
    return reports.list_held(offset=offset, size=PAGE_SIZE)


def _legal(offset: int) -> Page:
    return lists.list_under_legal_hold(offset=offset, size=PAGE_SIZE)


_BY_URGENCY = "Most urgent first"
_BY_STATE = "State by state, in each the most urgent first"
KINDS: Mapping[str, Kind] = {
    "urgent": Kind(
        "Urgent", _urgent, _BY_URGENCY, "Nothing is urgent", "New reports come to the front here by themselves."
    ),
    "new": Kind(
        "New", _new, _BY_URGENCY, "Nothing waits for a decision", "Reports come here once they are sealed and scored."
    ),
    "preparing": Kind(
        "Being prepared", _preparing, _BY_STATE, "Nothing is on its way", "Received reports pass here in seconds."
    ),
    "decided": Kind(
        "Decided", _decided, _BY_STATE, "Nothing is decided yet", "What you decide stays here with its outcomes."
    ),
    "held": Kind(
        "On hold", _held, "Oldest first", "Nothing is on hold", "A report stops here until a person releases it."
    ),
    "legal": Kind(
        "Legal hold",
        _legal,
        "Newest first",
        "Nothing is under legal hold",
        "An order to keep a report wins over every purge.",
    ),
}


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list as it is shown beside a report, or alone."""

    name: str
    title: str
    order: str
    items: tuple[Item, ...]
    pager: Pager | None
    empty_title: str
    empty_text: str

    def beside(self, number: int) -> tuple[str, str]:
        """This function will give the addresses of the reports before and after one in this list."""
        places = [index for index, item in enumerate(self.items) if item.number == number]
        if not places:
            return "", self.items[0].url if self.items else ""
        at = places[0]
        before = self.items[at - 1].url if at else ""
        return before, self.items[at + 1].url if at + 1 < len(self.items) else ""


def load_list(name: str, *, offset: int = 0, current: int = 0) -> ListPage:
    """This function will load one list, with the line of the report `current` marked."""
    kind = KINDS[name]
    page = kind.load(offset)
    return ListPage(
        name=name,
        title=kind.text,
        order=kind.order,
        items=lines_of(page.rows, within=name, current=current),
        pager=_pager(name, page, offset),
        empty_title=kind.empty_title,
        empty_text=kind.empty_text,
    )


def _pager(name: str, page: Page, offset: int) -> Pager | None:
    if page.total <= PAGE_SIZE:
        return None
    base = reverse("desk:queue", args=[name])

    def at(start: int) -> str:
        return f"{base}?{urlencode({'from': start})}"

    newer = at(max(0, offset - PAGE_SIZE)) if offset else ""
    older = at(page.next_offset) if page.next_offset is not None else ""
    return Pager(newer, older, offset + 1, min(offset + PAGE_SIZE, page.total), page.total)


def lines_of(rows: Sequence[QueueRow], *, within: str, current: int = 0) -> tuple[Item, ...]:
    """This function will write reports as lines; two questions to the database, however many there are."""
    ids = [row.head.id for row in rows]
    found = lists.findings_of(ids, (BestPlace.kind, LinkFound.kind))
    pending = list_pending(ids)
    return tuple(
        Item(
            url=report_url(row.head.number, within or list_of(row.head)),
            number=row.head.number,
            score=row.head.score if row.head.state not in lists.PREPARING else None,
            headline=row.head.headline or "Content destroyed",
            line=_line(row, found.get(row.head.id, ())),
            at=row.head.received_at,
            tags=_tags(row, pending.get(row.head.id)),
            is_current=row.head.number == current,
        )
        for row in rows
    )


def list_of(head: ReportHead) -> str:
    """This function will name the list in which a report stands now."""
    if head.state in lists.PREPARING:
        return "preparing"
    if head.state is not ReportState.SCORED:
        return "decided"
    return "urgent" if head.priority == Priority.URGENT else "new"


def report_url(number: int, within: str = "") -> str:
    """This function will give the address of a report's page, with the list it was chosen from."""
    url = reverse("desk:report", args=[number])
    return f"{url}?{urlencode({'in': within})}" if within else url


def _line(row: QueueRow, findings: Sequence[Finding]) -> str:
    says = [f"By {words.source_words(row.head)}" if not row.head.esp_name else row.head.esp_name]
    says += [
        f"{words.ROLE_WORDS.get(found.body.role, '').capitalize()}: {words.place_words(found.body)}"
        for found in findings
        if isinstance(found.body, BestPlace)
    ]
    others = {found.body.other_number for found in findings if isinstance(found.body, LinkFound)}
    if others:
        says.append(f"Linked with {words.reports_words(len(others))}")
    return ". ".join(says) + "."


def _tags(row: QueueRow, pending: Pending | None) -> tuple[Tag, ...]:
    head = row.head
    tags = []
    if head.hold:
        tags.append(Tag(f"on hold: {words.hold_words(head.hold.reason).lower()}", "caution"))
    if head.legal_hold:
        tags.append(Tag("legal hold", "info"))
    if pending:
        tags.append(Tag(f"decided: {names.DISPOSITION_WORDS[Disposition(pending.disposition)].lower()}", "info"))
    if head.state in lists.DECIDED:
        tags.append(
            Tag(words.STATE_WORDS[head.state].lower(), "safe" if head.state is ReportState.MADE_AVAILABLE else "")
        )
    tags += [Tag(text, "urgent" if text in words.URGENT_TAGS else "") for text in dict.fromkeys(row.tags)]
    return tuple(tags[:MOST_TAGS])


def load_rail(current: str) -> tuple[RailLink, ...]:
    """This function will load the rail with its counts, in one question."""
    counts = lists.count_standings()
    totals = {
        "urgent": counts.urgent,
        "new": counts.waiting,
        "preparing": counts.preparing,
        "decided": counts.decided,
        "held": counts.held,
        "legal": counts.legal,
    }
    return tuple(
        RailLink(name, reverse("desk:queue", args=[name]), kind.text, totals[name], name == current)
        for name, kind in KINDS.items()
    )
