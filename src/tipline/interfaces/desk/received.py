"""The document as it was received: every field by the protocol's own name, nothing left out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tipline.domain.cybertip.grammar import ElementTable
from tipline.domain.cybertip.tables_report import REPORT

LONG = 400


@dataclass(frozen=True, slots=True)
class Node:
    """One field: its name, its value as text, or the fields inside it."""

    name: str
    text: str = ""
    inside: tuple[Node, ...] = ()
    is_long: bool = False


def nodes(document: dict[str, Any], table: ElementTable | None = REPORT) -> tuple[Node, ...]:
    """This function will write a document as a tree of named fields, in the order of the schema.

    The database keeps no order of keys, so it comes from the tables; what they do not know comes last.
    """
    inside = {child.name: child.kind for child in table.children} if table else {}
    known = [name for name in ("#", *inside) if name in document]
    ordered = [*known, *(name for name in document if name not in known)]
    return tuple(node for name in ordered for node in _nodes(name, document[name], inside.get(name)))


def _nodes(name: str, value: Any, kind: object) -> Iterator[Node]:
    if isinstance(value, list):
        many = len(value) > 1
        for index, one in enumerate(value, start=1):
            yield from _nodes(f"{name} [{index}]" if many else name, one, kind)
    elif isinstance(value, dict) and value:
        yield Node(name, inside=nodes(value, kind if isinstance(kind, ElementTable) else None))
    else:
        text = "" if value == {} else _text(value)
        yield Node("(value)" if name == "#" else name, text, is_long=len(text) > LONG)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
