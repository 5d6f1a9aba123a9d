"""Values of the review's pages: lanes, one proposal, one entry with its story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from tipline.domain.actor import Actor
from tipline.domain.findings import FileKnown, Finding
from tipline.domain.known import TYPE_WORDS, is_shown, words_of
from tipline.interfaces.desk.files import Asked, Fact
from tipline.interfaces.ui import names
from tipline.interfaces.ui import words as numbers
from tipline.reference.hashlists import brake, queries, reviewing
from tipline.reference.hashlists.rules import REJECT
from tipline.reference.hashlists.values import ACTIVE, DELETED, PROPOSED, REJECTED, EntryLine
from tipline.reports import proposals
from tipline.reports import queries as reports

# Source: the published classification of the hash-sharing lists.
VERDICT_WORDS = {
    "A1": "A1: prepubescent child, sexual act",
    "A2": "A2: prepubescent child, lascivious exhibition",
    "B1": "B1: pubescent child, sexual act",
    "B2": "B2: pubescent child, lascivious exhibition",
    REJECT: "Does not belong on this list",
}
STATE_WORDS = {
    PROPOSED: "waits for judgement",
    ACTIVE: "on the list",
    REJECTED: "rejected",
    DELETED: "withdrawn",
}
_SOURCES = {
    "report": "a file of a report",
    "survivor": "a person asked to have it found",
    "series": "a series of an identified child",
    "partner": "a partner",
}
_MEDIA = {"image": "Picture", "video": "Video"}
_VOTE_WORDS = {
    "AFFIRMATIVE": "says it is right",
    "NEGATIVE": "says it is wrong",
    "BLOCKED": "removed or blocked it",
    "NOT_BLOCKED": "keeps it: not against its rules",
    "PENDING": "is looking at it",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal in the queue of who asks."""

    url: str
    title: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """A part of the queue with what it asks of people."""

    title: str
    note: str
    lines: tuple[Line, ...]


def lanes(waiting: Sequence[reviewing.Proposal]) -> tuple[Lane, ...]:
    """This function will part disagreements, which a fourth person settles, from first judgements."""
    parts = (
        ("Disagreements", "Three people did not agree. Your judgement settles it.", True),
        ("To judge", "Three people who agree bring it onto the list. Nobody sees what the others said.", False),
    )
    found = (
        Lane(title, note, tuple(_line(one) for one in waiting if one.is_disputed is disputed))
        for title, note, disputed in parts
    )
    return tuple(lane for lane in found if lane.lines)


def _line(one: reviewing.Proposal) -> Line:
    return Line(
        url=reverse("desk:proposal", args=[one.id]),
        title=f"{_MEDIA[one.media]} {one.id} for {one.list_name}",
        note="settle it" if one.is_disputed else f"{one.missing} of 3 still to judge",
        at=one.proposed_at,
    )


def next_url(waiting: Sequence[reviewing.Proposal]) -> str:
    """This function will give the address of what waits next, or of the empty queue."""
    return reverse("desk:proposal", args=[waiting[0].id]) if waiting else reverse("desk:review")


def proposal_page(found: reviewing.Proposal, asked: Asked | None, by: Actor) -> dict[str, Any]:
    """This function will give what a reviewer may know: the list and the file, nothing of the report or the others."""
    file = None
    if found.report_id is not None:
        head = reports.load_head(found.report_id)
        kept = reports.find_file(head.id, found.file_id)
        if kept is not None and kept.blob_id is not None:
            file = {"url": reverse("desk:look", args=[head.number, found.file_id]), "media_type": kept.media_type}
    return {
        "proposal": found,
        "line": _line(found),
        "file": file,
        "asked": asked,
        "has_looked": found.report_id is not None and proposals.has_looked(found, by),
    }


def rows(entries: Sequence[EntryLine]) -> tuple[dict[str, Any], ...]:
    """This function will write entries as the rows of a list's page."""
    return tuple(
        {
            "url": reverse("desk:entry", args=[one.id]),
            "id": one.id,
            "member": one.member_name,
            "media": _MEDIA[one.media],
            "classification": one.classification,
            "state": STATE_WORDS[one.state],
            "source": _SOURCES.get(one.source, one.source),
            "prints": ", ".join(each.type for each in one.prints),
            "at": one.changed_at,
            "is_canary": one.canary_of is not None,
        }
        for one in entries
    )


def entry_page(found: EntryLine, reviewer: str) -> dict[str, Any]:
    """This function will give everything about an entry; while it waits, of judgements only the reader's own."""
    own = reviewing.find_own(found.id, reviewer) if found.state == PROPOSED else None
    return {
        "entry": found,
        "title": f"{_MEDIA[found.media]} {found.id}, {STATE_WORDS[found.state]}",
        "state": STATE_WORDS[found.state],
        "can_withdraw": found.state in (ACTIVE, PROPOSED),
        "facts": _facts(found),
        "hold": (hold := brake.find_hold(found.id)),
        "hold_by": names.actor_name(hold.released_by) if hold else "",
        "prints": tuple(
            Fact(TYPE_WORDS.get(one.type, one.type), one.value or "kept, served by address", _quality(one))
            for one in found.prints
        ),
        "judgements": tuple(_judgement(one) for one in reviewing.list_judgements(found.id)),
        "own": _judgement(own) if own else None,
        "can_judge": reviewing.may_person_judge(found.id, reviewer),
        "moves": tuple(_move(one) for one in reviewing.list_moves(found.id)),
        "votes": tuple(_vote(one, found) for one in queries.list_votes((found.id,))),
    }


def _quality(one: Any) -> str:
    return f"quality {one.quality} of 100" if one.type == "PDQ" else ""


def _facts(found: EntryLine) -> tuple[Fact, ...]:
    hits = queries.count_hits((found.id,))
    lines = (
        Fact("State", STATE_WORDS[found.state].capitalize()),
        Fact("Class", VERDICT_WORDS.get(found.classification, found.classification)),
        Fact("Member", found.member_name),
        Fact("From", _SOURCES.get(found.source, found.source).capitalize()),
        Fact("Kind", _MEDIA[found.media]),
        Fact("Member's id", found.entry_id),
        Fact("Found in reports", numbers.thin(hits.found)),
        Fact("Canary", "Made up, to tell who leaked a list; it is compared with nothing" if found.canary_of else ""),
    )
    return tuple(line for line in lines if line.text)


def _judgement(one: reviewing.JudgementLine) -> dict[str, Any]:
    return {
        "by": names.actor_name(one.reviewer),
        "verdict": VERDICT_WORDS.get(one.verdict, one.verdict),
        "note": one.note,
        "settles": one.settles,
        "at": one.at,
    }


def _move(one: reviewing.MoveLine) -> dict[str, Any]:
    text = "Proposed" if one.to_state == PROPOSED else STATE_WORDS[one.to_state].capitalize()
    return {
        "at": one.at,
        "text": text,
        "source": " · ".join(part for part in (names.actor_name(one.by), one.reason) if part),
    }


def _vote(one: Any, found: EntryLine) -> dict[str, Any]:
    known = {each.guid: each.name for each in queries.list_reasons(found.list_slug, one.type)}
    return {
        "partner": one.partner_name,
        "type": one.type,
        "words": _VOTE_WORDS.get(one.verdict, one.verdict),
        "reasons": ", ".join(known.get(each, each) for each in one.reasons),
        "at": one.at,
    }


@dataclass(frozen=True, slots=True)
class KnownLine:
    """What a hash list says of a file, beside the page that explains it."""

    file: str
    title: str
    how: str
    standing: str
    is_caution: bool
    url: str


def known_lines(
    findings: Sequence[Finding], number: int, places: dict[str, str], file_id: str = ""
) -> tuple[KnownLine, ...]:
    """This function will write what the hash lists say of a report's files, or of one. `places`: names by file id."""
    bodies = [one.body for one in findings if isinstance(one.body, FileKnown) and is_shown(one.body)]
    return tuple(
        KnownLine(
            file=places.get(body.file_id, ""),
            title=said.title,
            how=said.how,
            standing=said.standing,
            is_caution=said.is_caution,
            url=reverse("desk:match", args=[number, body.file_id, body.entry]),
        )
        for body in bodies
        if not file_id or body.file_id == file_id
        for said in (words_of(body),)
    )


def proposed_lines(file_id: str) -> tuple[dict[str, str], ...]:
    """This function will say for which lists a file was proposed and how that stands."""
    return tuple(
        {"url": reverse("desk:entry", args=[key]), "list": name, "state": STATE_WORDS[state]}
        for key, name, state in reviewing.list_of_file(file_id)
    )
