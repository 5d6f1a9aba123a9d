"""What was understood of a document: every element under the field's own name, its type, its value, and what the value
means to us where that is not the same (a moment in UTC). Pure; asked for one document at a time, never on the way in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from tipline.domain.cybertip.codes import INCIDENT_ALIASES, INCIDENT_LABELS
from tipline.domain.cybertip.grammar import ElementTable, Form, Simple
from tipline.domain.cybertip.meanings import meaning_of
from tipline.domain.cybertip.moments import read_moment, zone_of
from tipline.domain.cybertip.render import write_value
from tipline.domain.cybertip.simple import DATETIME
from tipline.domain.report import Document

MOST_ROWS = 2_000  # of one document; a batch of thousands of accounts says the same thing thousands of times


@dataclass(frozen=True, slots=True)
class Row:
    """One element, attribute or text. `kind` is its type as the XSD names it, empty for an element with children."""

    depth: int
    name: str
    path: str
    meaning: str
    kind: str
    text: str
    note: str
    is_read: bool = True


class _Told(NamedTuple):
    """Where a value stands: its name, the name as shown, its path, what it means."""

    name: str
    shown: str
    path: str
    meaning: str


def rows_of(document: Document, table: ElementTable) -> Iterator[Row]:
    """This function will walk through a document in the order of its schema."""
    return _inside(document, table, f"/{table.name}", 0)


def _inside(document: Document, table: ElementTable, path: str, depth: int) -> Iterator[Row]:
    for one in table.attributes:
        name = f"@{one.name}"
        if name in document:
            told = _Told(name, name, f"{path}/{name}", meaning_of(table, name))
            yield _value(told, document[name], one.kind, depth)
    for child in table.children:
        if child.name not in document:
            continue
        listed = document[child.name] if child.repeats else [document[child.name]]
        for position, one in enumerate(listed, start=1):
            spot = f"{path}/{child.name}[{position}]" if child.repeats else f"{path}/{child.name}"
            shown = f"{child.name} [{position}]" if len(listed) > 1 else child.name
            told = _Told(child.name, shown, spot, meaning_of(table, child.name))
            yield from _child(told, one, child.kind, depth)


def _child(told: _Told, value: Any, kind: Simple | ElementTable, depth: int) -> Iterator[Row]:
    if isinstance(kind, Simple):
        yield _value(told, value, kind, depth)
        return
    if kind.text is not None:
        yield _value(told, value.get("#"), kind.text, depth)
    else:
        yield Row(depth, told.shown, told.path, told.meaning, "", "", "")
    yield from _inside(value, kind, told.path, depth + 1)


def _value(told: _Told, value: Any, kind: Simple, depth: int) -> Row:
    if value is None:
        note = "could not be read"
        return Row(depth, told.shown, told.path, told.meaning, kind.xsd_name, "", note, is_read=False)
    text = write_value(value)
    return Row(depth, told.shown, told.path, told.meaning, kind.xsd_name, text, _note(told.name, text, kind))


def _note(name: str, text: str, kind: Simple) -> str:
    if kind is DATETIME:
        return _moment(text)
    if name == "incidentType":
        now = INCIDENT_ALIASES.get(text, text)
        renamed = " (an older name, taken as today's)" if now != text else ""
        return f"we say: {INCIDENT_LABELS.get(now, now)}{renamed}"
    return "the mark is set" if kind.form is Form.FLAG else ""


def _moment(text: str) -> str:
    at = read_moment(text)
    if at is None:
        return "no moment: the zone is missing, or the day does not exist"
    zone = zone_of(text)
    return f"{at:%-d %B %Y, %H:%M:%S} UTC" + ("" if zone in ("Z", "+00:00") else f", sent with zone {zone}")
