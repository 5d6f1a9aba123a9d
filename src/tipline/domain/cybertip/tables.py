"""The roots of the wire format, and how to walk all that hangs below them."""

from __future__ import annotations

from collections.abc import Iterator

from tipline.domain.cybertip.grammar import ElementTable, Simple
from tipline.domain.cybertip.tables_file import DONE_RESPONSE, FILE_DETAILS, REPORT_RESPONSE
from tipline.domain.cybertip.tables_report import REPORT

ROOTS: tuple[ElementTable, ...] = (REPORT, FILE_DETAILS, REPORT_RESPONSE, DONE_RESPONSE)


def walk_tables(table: ElementTable, seen: set[str] | None = None) -> Iterator[ElementTable]:
    """This function will give a table and every table below it, each once, parents first."""
    known = seen if seen is not None else set()
    if table.name in known:
        return
    known.add(table.name)
    yield table
    for child in table.children:
        if isinstance(child.kind, ElementTable):
            yield from walk_tables(child.kind, known)


def all_tables() -> tuple[ElementTable, ...]:
    """This function will give every element table of the format, in a stable order."""
    seen: set[str] = set()
    return tuple(table for root in ROOTS for table in walk_tables(root, seen))


def simples_of(table: ElementTable) -> Iterator[Simple]:
    """This function will give the simple types that one table names."""
    if table.text is not None:
        yield table.text
    for child in table.children:
        if isinstance(child.kind, Simple):
            yield child.kind
    for attribute in table.attributes:
        yield attribute.kind
