"""The document as it was received: every field by the protocol's own name, nothing left out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONG = 400


@dataclass(frozen=True, slots=True)
class Node:
    """One field: its name, its value as text, or the fields inside it."""

    name: str
    text: str = ""
    inside: tuple[Node, ...] = ()
    is_long: bool = False


def nodes(document: dict[str, Any]) -> tuple[Node, ...]:
    """This function will write a document as a tree of named fields, in its own order."""
    return tuple(node for name, value in document.items() for node in _nodes(name, value))


def _nodes(name: str, value: Any) -> Iterator[Node]:
    if isinstance(value, list):
        many = len(value) > 1
        for index, one in enumerate(value, start=1):
            yield from _nodes(f"{name} [{index}]" if many else name, one)
    elif isinstance(value, dict):
        shown = "text" if name == "#" else name
        yield Node(shown, inside=nodes(value))
    else:
        text = _text(value)
        yield Node("(value)" if name == "#" else name, text, is_long=len(text) > LONG)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
