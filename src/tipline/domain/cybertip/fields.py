"""A document as it was received: every field by the protocol's own name, with its meaning; nothing left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tipline.domain.cybertip.codes import INCIDENT_ALIASES, INCIDENT_LABELS
from tipline.domain.cybertip.grammar import ElementTable
from tipline.domain.cybertip.meanings import meaning_of
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.report import Document

LONG = 400
# One constant of the wire is a word that nobody here says; the submission itself has it as it was sent.
_IN_OUR_WORDS = {**INCIDENT_LABELS, **{old: INCIDENT_LABELS[new] for old, new in INCIDENT_ALIASES.items()}}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what that means, its value as text, or the fields inside it."""

    name: str
    text: str = ""
    inside: tuple[Field, ...] = ()
    meaning: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the text is too long for a line."""
        return len(self.text) > LONG


def fields_of(document: Document, table: ElementTable | None = REPORT) -> tuple[Field, ...]:
    """This function will write a document as a tree of named fields, in the order of the schema.

    The database keeps no order of keys, so it comes from the tables; what they do not know comes last.
    """
    inside: dict[str, object] = {"#": None}
    if table is not None:
        inside |= {f"@{one.name}": None for one in table.attributes}
        inside |= {child.name: child.kind for child in table.children}
    known = [name for name in inside if name in document]
    ordered = [*known, *(name for name in document if name not in inside)]
    return tuple(field for name in ordered for field in _fields(name, document[name], table, inside.get(name)))


def _fields(name: str, value: Any, table: ElementTable | None, kind: object) -> Iterator[Field]:
    listed = value if isinstance(value, list) else [value]
    meaning = meaning_of(table, name)
    for position, one in enumerate(listed, start=1):
        shown = f"{name} [{position}]" if len(listed) > 1 else "(value)" if name == "#" else name
        if isinstance(one, dict) and one:
            inner = fields_of(one, kind if isinstance(kind, ElementTable) else None)
            yield Field(shown, inside=inner, meaning=meaning)
        else:
            text = "" if one == {} else _text(one)
            yield Field(shown, _IN_OUR_WORDS.get(text, text) if name == "incidentType" else text, meaning=meaning)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def rows_of(fields: tuple[Field, ...], depth: int = 0) -> Iterator[Document]:
    """This function will write a tree of fields as flat rows with their depth, for pages, PDF and JSON."""
    for field in fields:
        yield {"depth": depth, "name": field.name, "meaning": field.meaning, "text": field.text}
        yield from rows_of(field.inside, depth + 1)
