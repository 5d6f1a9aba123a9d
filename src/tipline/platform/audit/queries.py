"""Reading the audit, for the supervisor's page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.platform.audit.models import Entry
from tipline.platform.audit.verbs import VERBS


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry for reading. `sentence` continues the actor's name."""

    id: int
    at: datetime
    actor: str
    role: str
    agency: str
    origin: str
    verb: str
    sentence: str
    object_kind: str
    object_id: str
    outcome: str
    basis: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to list; empty means all. `before` is the id to go on from."""

    object_kind: str = ""
    object_id: str = ""
    actor_ident: str = ""
    before: int = 0


def list_entries(wanted: Wanted, *, limit: int = 50) -> tuple[EntryView, ...]:
    """This function will list entries, newest first."""
    rows = Entry.objects.order_by("-id")
    if wanted.object_kind:
        rows = rows.filter(object_kind=wanted.object_kind)
    if wanted.object_id:
        rows = rows.filter(object_id=wanted.object_id)
    if wanted.actor_ident:
        rows = rows.filter(actor_ident=wanted.actor_ident)
    if wanted.before:
        rows = rows.filter(id__lt=wanted.before)
    return tuple(_view(row) for row in rows[:limit])


def count_entries(*, verb: str, object_id: str = "") -> int:
    """This function will count the entries of one verb, about one object where it is given."""
    rows = Entry.objects.filter(verb=verb)
    return (rows.filter(object_id=object_id) if object_id else rows).count()


def _view(row: Entry) -> EntryView:
    form = json.loads(bytes(row.canonical))
    known = VERBS.get(row.verb)
    return EntryView(
        id=row.id,
        at=row.at,
        actor=f"{row.actor_kind}:{row.actor_ident}",
        role=form["who"]["role"],
        agency=row.agency,
        origin=form["origin"],
        verb=row.verb,
        sentence=known.sentence if known else row.verb,
        object_kind=row.object_kind,
        object_id=row.object_id,
        outcome=row.outcome,
        basis=form["basis"],
        details=form["details"],
    )
