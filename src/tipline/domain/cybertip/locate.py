"""Where an element stands in the bytes: line and column of its start tag.

The tree knows lines only, and real clients send one line. So a second, plain pass over the same text notes
the place of every start tag in document order. It runs only when there is something to say.
"""

from __future__ import annotations

from dataclasses import replace
from xml.parsers import expat

from lxml import etree

from tipline.domain.cybertip.violations import Violation


def place(violations: list[Violation], root: etree._Element, text: str) -> tuple[Violation, ...]:
    """This function will give every violation its line and column, sorted by place."""
    spots = _start_tags(text)
    order = {element: position for position, element in enumerate(root.iter())}
    placed = []
    for violation in violations:
        line, column = spots[order.get(_element_at(root, violation.path), 0)]
        placed.append(replace(violation, line=line, column=column))
    return tuple(sorted(placed, key=lambda found: (found.line, found.column)))


def _start_tags(text: str) -> list[tuple[int, int]]:
    # The text is known to be well-formed and free of a document type: this parser meets no entities.
    parser = expat.ParserCreate("utf-8")
    spots: list[tuple[int, int]] = []

    def note(_name: str, _attributes: object) -> None:
        spots.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = note
    parser.Parse(text.encode(), True)
    return spots


def _element_at(root: etree._Element, path: str) -> etree._Element:
    """This function will find the nearest element that a path names, and the root where it names none."""
    steps = path.split("/@")[0]
    while steps.count("/") > 1:
        try:
            found = root.xpath(steps)
        except etree.XPathError:
            found = []
        if isinstance(found, list) and found and isinstance(found[0], etree._Element):
            return found[0]
        steps = steps.rsplit("/", 1)[0]
    return root
