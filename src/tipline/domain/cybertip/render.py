"""From a document back to XML: the same bytes for the same document, whatever door it came through."""

from __future__ import annotations

from typing import Any

from lxml import etree

from tipline.domain.cybertip.grammar import Child, ElementTable
from tipline.domain.cybertip.responses import NOT_XML
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.report import Document


def render_report(document: Document) -> bytes:
    """This function will write a report as XML, compact, in UTF-8.

    Characters that XML 1.0 cannot carry become U+FFFD. Keys that the tables do not know raise ValueError.
    """
    return _render(document, REPORT)


def render_file_details(document: Document) -> bytes:
    """This function will write the details of one file as XML, as render_report does."""
    return _render(document, FILE_DETAILS)


def _render(document: Document, table: ElementTable) -> bytes:
    root = etree.Element(table.name)
    _fill(root, document, table)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _fill(element: etree._Element, document: Document, table: ElementTable) -> None:
    _refuse_unknown(document, table)
    for attribute in table.attributes:
        value = document.get(f"@{attribute.name}")
        if value is not None:
            element.set(attribute.name, write_value(value))
    if table.text is not None:
        element.text = write_value(document.get("#", ""))
    for child in table.children:
        if child.name in document:
            _fill_child(element, document[child.name], child)


def _fill_child(parent: etree._Element, value: Any, child: Child) -> None:
    for one in value if child.repeats else [value]:
        node = etree.SubElement(parent, child.name)
        if isinstance(child.kind, ElementTable):
            _fill(node, one, child.kind)
        else:
            node.text = write_value(one)


def _refuse_unknown(document: Document, table: ElementTable) -> None:
    known = {child.name for child in table.children} | {f"@{attribute.name}" for attribute in table.attributes}
    unknown = document.keys() - known - ({"#"} if table.text is not None else set())
    if unknown:
        raise ValueError(f"{table.name} has no {', '.join(sorted(unknown))}")


def write_value(value: str | int | bool) -> str:
    """This function will write one simple value in its canonical letters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return NOT_XML.sub("\ufffd", str(value))
