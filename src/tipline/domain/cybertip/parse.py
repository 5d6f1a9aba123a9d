"""From the bytes of a request to a checked document: the door through which every report comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from tipline.domain.cybertip.bytes_in import MAX_XML_BYTES, read_tree
from tipline.domain.cybertip.grammar import (
    Child,
    ElementTable,
    Form,
    Shape,
    Simple,
    attributes_by_name,
    children_by_name,
)
from tipline.domain.cybertip.locate import place
from tipline.domain.cybertip.rules import check_file_details, check_report
from tipline.domain.cybertip.schema_check import schema_violations
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.violations import MOST_REPORTED, Violation, ViolationError, broken
from tipline.domain.report import Document

__all__ = ["MAX_XML_BYTES", "ParseOptions", "parse_file_details", "parse_report"]


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What may differ from sender to sender."""

    reporter_email_required: bool = True


_STRICT = ParseOptions()


def parse_report(raw: bytes, *, now: datetime, options: ParseOptions = _STRICT) -> Document:
    """This function will read a report.

    Returns the document: element names as keys, in schema order.
    Raises ViolationError with code 4110 for bad XML, with 4100 and all violations for a bad report.
    """
    root, text = read_tree(raw)
    found, document = _against(root, text, REPORT)
    found += check_report(document, now=now, reporter_email_required=options.reporter_email_required)
    return _accepted(document, found, root, text)


def parse_file_details(raw: bytes, *, now: datetime, batched: bool = False) -> Document:
    """This function will read what a company tells about one file; `batched` says that its report is a batch.

    Raises ViolationError as parse_report does.
    """
    root, text = read_tree(raw)
    found, document = _against(root, text, FILE_DETAILS)
    found += check_file_details(document, now=now, batched=batched)
    return _accepted(document, found, root, text)


def _against(root: etree._Element, text: str, table: ElementTable) -> tuple[list[Violation], Document]:
    if root.tag != table.name:
        # Nothing below another root can be judged, so nothing but the root is named.
        message = f"cvc-elt.1: Cannot find the declaration of element '{str(root.tag)[:100]}'."
        return [broken("/", message, f"Send `{table.name}` as the outermost element, without a namespace.")], {}
    return schema_violations(root, text), read_element(root, table)


def _accepted(document: Document, found: list[Violation], root: etree._Element, text: str) -> Document:
    if found:
        told = place(found[:MOST_REPORTED], root, text)
        raise ViolationError(told, untold=len(found) - len(told))
    return document


def read_element(element: etree._Element, table: ElementTable) -> Document:
    """This function will read one element by its table.

    What the table does not know and values that cannot be read are left out; the schema names them.
    """
    document: Document = {}
    if table.attributes:
        _read_attributes(document, element, table)
    if table.text is not None:
        _put(document, "#", read_value(element.text or "", table.text))
        return document
    known = children_by_name(table)
    for node in element:
        child = known.get(str(node.tag))
        if child is not None:
            _read_child(document, node, child)
    return _in_order(document, table) if table.shape is Shape.FLAGS else document


def _read_attributes(document: Document, element: etree._Element, table: ElementTable) -> None:
    known = attributes_by_name(table)
    for name, text in element.attrib.items():
        attribute = known.get(str(name))
        if attribute is not None:
            _put(document, f"@{attribute.name}", read_value(str(text), attribute.kind))


def _read_child(document: Document, node: etree._Element, child: Child) -> None:
    if isinstance(child.kind, ElementTable):
        value: Any = read_element(node, child.kind)
    else:
        value = read_value(node.text or "", child.kind)
    if child.repeats:
        held = document.setdefault(child.name, [])
        if value is not None:
            held.append(value)
    else:
        _put(document, child.name, value)


def read_value(text: str, simple: Simple) -> str | int | bool | None:
    """This function will read one simple value; None where the text is no value of the type."""
    if simple.form is Form.TEXT:
        return text
    collapsed = " ".join(text.split())
    if simple.form is Form.COLLAPSED:
        return collapsed
    if simple.form is Form.WHOLE:
        return _whole(collapsed)
    if simple.form is Form.FLAG:
        return True if collapsed in simple.values else None
    return {"true": True, "1": True, "false": False, "0": False}.get(collapsed)


def _whole(text: str) -> int | None:
    # Longer than any xs:long: the schema has named it already, and int() would only burn time on it.
    if len(text) > 40 or not text.isascii():
        return None
    try:
        return int(text)
    except ValueError:
        return None


def _put(document: Document, name: str, value: object) -> None:
    if value is not None:
        document[name] = value


def _in_order(document: Document, table: ElementTable) -> Document:
    return {child.name: document[child.name] for child in table.children if child.name in document}
