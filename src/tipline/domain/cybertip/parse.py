"""From the bytes of a request to a checked document: the door through which every report comes."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from tipline.domain.cybertip.bytes_in import MAX_XML_BYTES, decode, read_tree
from tipline.domain.cybertip.grammar import ElementTable
from tipline.domain.cybertip.locate import place
from tipline.domain.cybertip.reader import read_element
from tipline.domain.cybertip.rules import USUAL, ParseOptions, check_file_details, check_report
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.violations import Findings, Violation, ViolationError, broken
from tipline.domain.report import Document

MOST_ATTRIBUTES = 64  # of one element; the schema knows fewer than twenty on any

__all__ = ["MAX_XML_BYTES", "ParseOptions", "parse_file_details", "parse_report", "read_what_is_known", "refuse"]


def parse_report(raw: bytes, *, now: datetime, options: ParseOptions = USUAL) -> Document:
    """This function will read a report.

    Returns the document: element names as keys, in schema order.
    Raises ViolationError with code 4110 for bad XML, with 4100 and all violations for a bad report.
    """
    found = Findings()
    root, text = read_tree(raw)
    document = _read(root, text, REPORT, found)
    if document is not None:
        check_report(document, found, now=now, options=options)
    return _accepted(document, found, text)


def parse_file_details(raw: bytes, *, now: datetime, batched: bool = False, options: ParseOptions = USUAL) -> Document:
    """This function will read what a company tells about one file; `batched` says that its report is a batch.

    Raises ViolationError as parse_report does.
    """
    found = Findings()
    root, text = read_tree(raw)
    document = _read(root, text, FILE_DETAILS, found)
    if document is not None:
        check_file_details(document, found, now=now, batched=batched, options=options)
    return _accepted(document, found, text)


def read_what_is_known(raw: bytes) -> tuple[Document, ElementTable] | None:
    """This function will read as much of a report or of file details as the tables know, whatever else is wrong.

    None where the bytes are no XML, or something else altogether. For showing a sender what we understood.
    """
    try:
        root, text = read_tree(raw)
    except ViolationError:
        return None
    table = {one.name: one for one in (REPORT, FILE_DETAILS)}.get(str(root.tag))
    document = _read(root, text, table, Findings()) if table else None
    return (document, table) if document is not None and table else None


def refuse(raw: bytes, violations: list[Violation]) -> ViolationError:
    """This function will make the refusal of a document that was read before, for what only the record could tell."""
    return ViolationError(place(violations, decode(raw)))


def _read(root: etree._Element, text: str, table: ElementTable, found: Findings) -> Document | None:
    if _is_crowded(text) and any(len(one.attrib) > MOST_ATTRIBUTES for one in root.iter()):
        # The tree finds each attribute by looking at all of an element's: time grows with the square of a crowd.
        message = f"cvc-complex-type.3: An element has more than {MOST_ATTRIBUTES} attributes."
        found.add(broken("/", message, "Leave out what the schema does not name."))
        return None
    if root.tag == table.name:
        return read_element(root, table, found)
    # Nothing below another root can be judged, so nothing but the root is named.
    message = f"cvc-elt.1: Cannot find the declaration of element '{str(root.tag)[:100]}'."
    found.add(broken("/", message, f"Send `{table.name}` as the outermost element, without a namespace."))
    return None


def _is_crowded(text: str) -> bool:
    """Whether a tag may have too many attributes: none where the text between two `<` has not so many `=`."""
    return text.count("=") > MOST_ATTRIBUTES and any(part.count("=") > MOST_ATTRIBUTES for part in text.split("<"))


def _accepted(document: Document | None, found: Findings, text: str) -> Document:
    if found.violations or document is None:
        raise ViolationError(place(found.violations, text), untold=found.untold)
    return document
