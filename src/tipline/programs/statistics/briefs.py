"""Prevention briefs: what a published snapshot says of one kind, in words that a school can print. Pure.

Everything is worked out from shown cells alone. A change is stated only where three whole months before and three
after are shown, LEAST_REPORTS or more came in the later three, and they differ by LEAST_CHANGE or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tipline.programs.statistics.publication import EXACT, TOTAL
from tipline.programs.statistics.tables import KINDS

LEAST_REPORTS = 30
LEAST_CHANGE = 0.20
SPAN = 3  # months
MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What does not depend on the figures: what the kind is, and what helps."""

    what: str
    to_young: tuple[str, ...]
    to_adults: tuple[str, ...]


_TELL = "Tell somebody you trust: a parent, a teacher, a friend's mother. You are not in trouble."
_KEEP = "Do not delete anything. Messages and names help to find the person."
_FAULT = "It is not your fault, whatever you sent or said."
_CALM = "Stay calm and thank them for telling you. Never blame; blame is what the other person counts on."

WORDS: Mapping[str, Words] = {
    "enticement": Words(
        "Somebody online wins a child's trust, often as a friend of the same age, and then wants pictures, a video "
        "call or a meeting.",
        (
            _FAULT,
            "You can stop answering at any time, and you owe nobody a reason.",
            "Somebody who wants to move to another app or wants a secret kept is a sign to stop.",
            _TELL,
            _KEEP,
        ),
        (
            _CALM,
            "Ask what they like to do online, and with whom, before anything happens.",
            "Keep the messages; write down names, apps and times. Do not write to the person yourself.",
            "Report it: the form takes five minutes and nobody has to give a name.",
        ),
    ),
    "sextortion": Words(
        "Somebody threatens to show private pictures, real or made up, unless more pictures or money are sent. It "
        "often begins and ends within hours.",
        (
            _FAULT,
            "Do not pay and do not send more. Paying does not end it.",
            _KEEP,
            _TELL,
            "Block if you want to, after you have kept the messages.",
            "There is a free service that takes pictures of you off many sites; the picture never leaves your device.",
        ),
        (
            _CALM,
            "Say it before it happens: whatever was sent, we will sort it out together.",
            "Stay near for the first days. Most are over soon; the fear is the danger.",
            "Keep the messages, do not pay, report it to the platform and to us.",
        ),
    ),
    "generated": Words(
        "Somebody makes sexual pictures of a child with a program, often from ordinary photos of classmates.",
        (
            _FAULT,
            "A made-up picture of a real child is abuse too, and it may not be made or passed on. It is not a joke.",
            "If you get one: do not pass it on, keep who sent it and when, and tell an adult.",
            _TELL,
            "There is a free service that takes pictures of you off many sites, made-up ones as well.",
        ),
        (
            _CALM,
            "Treat it like any other picture of abuse: do not copy it, do not pass it on, report it.",
            "Name in class, before it happens, that such programs hurt real people.",
            "Think of the child who made it too: help early prevents the next one.",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Change:
    """How two spans of three months compare. `way` is "rose", "fell" or "stayed"."""

    way: str
    before: int
    after: int
    first: str
    last: str

    @property
    def percent(self) -> int:
        """This function will give the change in whole percent of the earlier three months."""
        return abs(round(100 * (self.after - self.before) / self.before)) if self.before else 0


@dataclass(frozen=True, slots=True)
class Brief:
    """One kind in a snapshot: how many, how it changed, where, among whom, and what helps."""

    kind: str
    title: str
    total: int
    change: Change | None
    months: tuple[tuple[str, int | None], ...]
    places: tuple[tuple[str, int], ...]
    ages: tuple[tuple[str, int], ...]
    words: Words


def list_briefs(content: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> tuple[Brief, ...]:
    """This function will make the briefs that a snapshot bears; `before` is the last one of the year before."""
    made = (make_brief(kind, content, before) for kind in KINDS)
    return tuple(brief for brief in made if brief is not None)


def make_brief(kind: str, content: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Brief | None:
    """This function will make the brief of one kind; None where too few reports are shown to say anything."""
    months = _months(kind, content)
    total = _total(kind, content)
    if total is None or total < LEAST_REPORTS:
        return None
    places = _shown(content, f"{kind}_by_child_country", leave="")
    return Brief(
        kind=kind,
        title=KINDS[kind][1],
        total=total,
        change=_change((_months(kind, before) if before else ()) + months),
        months=months,
        places=places[:MOST_PLACES],
        ages=_shown(content, f"{kind}_by_child_age", leave="unknown"),
        words=WORDS[kind],
    )


def _table(content: Mapping[str, Any], wanted: str) -> Mapping[str, Any] | None:
    return next((table for table in content["tables"] if table["id"] == wanted), None)


def _months(kind: str, content: Mapping[str, Any]) -> tuple[tuple[str, int | None], ...]:
    """(year and month, shown value) of the whole months of a snapshot."""
    head = content["snapshot"]
    through = date.fromisoformat(head["through"])
    last = through.month if (through + timedelta(days=1)).day == 1 else through.month - 1
    cells = _monthly(kind, content)
    return tuple((f"{head['year']}-{month:02}", cells.get(f"{month:02}")) for month in range(1, last + 1))


def _monthly(kind: str, content: Mapping[str, Any]) -> dict[str, int | None]:
    [(name, value)] = KINDS[kind][0]
    by_type = name == "type"
    table = _table(content, "reports_by_month" if by_type else f"marked_{name}")
    if table is None:
        return {}
    if by_type:
        return {cell["col"]: cell["value"] for cell in table["cells"] if cell["row"] == value}
    return {cell["row"]: cell["value"] for cell in table["cells"]}


def _total(kind: str, content: Mapping[str, Any]) -> int | None:
    return _monthly(kind, content).get(TOTAL)


def _change(months: Sequence[tuple[str, int | None]]) -> Change | None:
    recent, former = months[-SPAN:], months[-2 * SPAN : -SPAN]
    values = [value for _, value in (*former, *recent) if value is not None]
    if len(values) < 2 * SPAN:
        return None
    before, after = sum(values[:SPAN]), sum(values[SPAN:])
    if after < LEAST_REPORTS or not before:
        return None
    share = (after - before) / before
    way = "stayed" if abs(share) < LEAST_CHANGE else "rose" if share > 0 else "fell"
    return Change(way, before, after, recent[0][0], recent[-1][0])


def _shown(content: Mapping[str, Any], wanted: str, *, leave: str) -> tuple[tuple[str, int], ...]:
    table = _table(content, wanted)
    if table is None:
        return ()
    labels = {each["code"]: each["label"] for each in table["rows"]["codes"]}
    cells = [
        (labels.get(cell["row"], cell["row"]), int(cell["value"]))
        for cell in table["cells"]
        if cell["shown"] == EXACT and cell["value"] and cell["row"] not in {TOTAL, leave}
    ]
    return tuple(sorted(cells, key=lambda pair: -pair[1]))
