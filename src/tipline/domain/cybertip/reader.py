"""One walk over an element: its typed values, and everything in which it is not what its table says.

The tables are the schema; this is what validates. That it agrees with the XSD written from the same tables is
shown by test, document by document. Time grows with the document, whatever is wrong in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from lxml import etree

from tipline.domain.cybertip.grammar import Attribute, Child, ElementTable, Shape, Simple
from tipline.domain.cybertip.values_in import ReadValue, fault_of_value, reader_of
from tipline.domain.cybertip.violations import Fault, Findings, Where
from tipline.domain.report import Document

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_LONGEST_NAME = 100


def read_element(element: etree._Element, table: ElementTable, found: Findings | None = None) -> Document:
    """This function will read one element by its table and put what is wrong with it into `found`.

    What the table does not know and values that cannot be read are left out.
    """
    return reader_for(table).read(element, (None, table.name, 0), found if found is not None else Findings())


class _Step(NamedTuple):
    """How one child is read. Branches of one choice share a rank; `simple` or `inner` is set."""

    rank: int
    repeats: bool
    read: ReadValue | None
    inner: TableReader | None
    simple: Simple | None


class TableReader:
    """Reads the elements of one table."""

    def __init__(self, table: ElementTable) -> None:
        self._table = table
        self._attributes = {one.name: (f"@{one.name}", one, reader_of(one.kind)) for one in table.attributes}
        self._demanded = tuple(one for one in table.attributes if one.required)
        self._text = table.text
        self._read_text = reader_of(table.text) if table.text else None
        self._in_any_order = table.shape is Shape.FLAGS
        ranks = _ranks(table)
        self._steps = {child.name: _step(child, ranks[child.name]) for child in table.children}
        self._needed = _needed(table)

    def read(self, element: etree._Element, where: Where, found: Findings) -> Document:
        """This function will read an element that stands at `where`."""
        document: Document = {}
        if (given := element.items()) or self._demanded:
            self._read_attributes(given, document, where, found)
        if self._text is not None:
            self._read_own_text(element, document, where, found)
        else:
            self._read_children(element, document, where, found)
        return document

    def _read_attributes(
        self, given: Sequence[tuple[Any, Any]], document: Document, where: Where, found: Findings
    ) -> None:
        for name, text in given:
            known = self._attributes.get(name)
            if known is None:
                _refuse_attribute(name, where, found)
                continue
            key, attribute, read = known
            value = text if read is None else read(text)
            if value is None:
                found.fault(where, fault_of_value(attribute.kind), f"/{key}")
            else:
                document[key] = value
        for attribute in self._demanded:
            if attribute.name not in dict(given):
                found.fault(where, _attribute_missing(attribute, where))

    def _read_own_text(self, element: etree._Element, document: Document, where: Where, found: Findings) -> None:
        assert self._text is not None
        if len(element):
            found.fault(where, _no_children(where))
        text = element.text or ""
        value = text if self._read_text is None else self._read_text(text)
        if value is None:
            found.fault(where, fault_of_value(self._text))
        else:
            document["#"] = value

    def _read_children(self, element: etree._Element, document: Document, where: Where, found: Findings) -> None:
        steps, in_any_order = self._steps, self._in_any_order
        words = element.text
        has_words = words is not None and not words.isspace()
        counts: dict[str, int] = {}  # of what repeats, and of what is out of place or cannot be read
        reached = -1
        for node in element:
            tag: Any = node.tag
            step = steps.get(tag)
            words = node.tail
            if words is not None and not words.isspace():
                has_words = True
            if step is None:
                self._refuse(node, reached, counts, where, found)
                continue
            rank, repeats, read, inner, simple = step
            if rank > reached and not (in_any_order and tag in document):
                reached = -1 if in_any_order else rank
            elif rank != reached or not repeats:
                if not repeats and tag in document:
                    counts.setdefault(tag, 1)
                self._refuse(node, reached, counts, where, found)
                if tag in document:
                    continue
                counts[tag] -= 1  # it is counted below, where it repeats
            position = 0
            if repeats:
                counts[tag] = position = counts.get(tag, 0) + 1
            if inner is not None:
                value: Any = inner.read(node, (where, tag, position), found)
            else:
                value = node.text or ""
                if read is not None:
                    value = read(value)
                if value is None or len(node) or node.keys():
                    _fault_leaf(node, simple, value, (where, tag, position), found)
            if repeats:  # what cannot be read keeps its place in the list, so that the others keep theirs
                document.setdefault(tag, []).append(value)
            elif value is None:
                counts[tag] = 1
            else:
                document[tag] = value
        if has_words:
            found.fault(where, _no_words(where))
        for names in self._needed:
            if document.keys().isdisjoint(names) and counts.keys().isdisjoint(names):
                found.fault(where, _incomplete(names, where))
        if in_any_order and len(document) > 1:
            _put_in_order(document, self._table)

    def _refuse(
        self, node: etree._Element, reached: int, counts: dict[str, int], where: Where, found: Findings
    ) -> None:
        tag: Any = node.tag
        position = counts[tag] = counts.get(tag, 0) + 1
        found.fault((where, _name(node), position if position > 1 else 0), self._out_of_place(node, reached))

    def _out_of_place(self, node: etree._Element, reached: int) -> Fault:
        expected = [
            name for name, step in self._steps.items() if step.rank > reached or (step.rank == reached and step.repeats)
        ]
        start = f"Invalid content was found starting with element '{_name(node)}'."
        if not expected:
            message = f"cvc-complex-type.2.4.d: {start} No child element is expected at this point."
        else:
            message = f"cvc-complex-type.2.4.a: {start} One of '{{{', '.join(expected)}}}' is expected."
        if node.tag in self._steps:
            return message, "Move it to its place, and send it once."
        return message, "Leave it out: the schema has no such element here."


def _fault_leaf(node: etree._Element, simple: Simple | None, value: Any, where: Where, found: Findings) -> None:
    assert simple is not None
    if len(node):
        found.fault(where, _no_children(where))
    for name, _ in node.items():
        _refuse_attribute(name, where, found)
    if value is None:
        found.fault(where, fault_of_value(simple))


@cache
def reader_for(table: ElementTable) -> TableReader:
    """This function will make the reader of a table, once."""
    return TableReader(table)


def _ranks(table: ElementTable) -> dict[str, int]:
    ranks: dict[str, int] = {}
    choices: dict[str, int] = {}
    for rank, child in enumerate(table.children):
        ranks[child.name] = choices.setdefault(child.choice, rank) if child.choice else rank
    return ranks


def _needed(table: ElementTable) -> tuple[tuple[str, ...], ...]:
    """The children that must be there; of a choice that must be made, all branches together."""
    groups: dict[str, list[str]] = {}
    for child in table.children:
        if child.least:
            groups.setdefault(child.choice or f"={child.name}", []).append(child.name)
    return tuple(tuple(names) for names in groups.values())


def _step(child: Child, rank: int) -> _Step:
    if isinstance(child.kind, ElementTable):
        return _Step(rank, child.repeats, None, reader_for(child.kind), None)
    return _Step(rank, child.repeats, reader_of(child.kind), None, child.kind)


def _put_in_order(document: Document, table: ElementTable) -> None:
    held = dict(document)
    document.clear()
    document.update({child.name: held[child.name] for child in table.children if child.name in held})


def _name(node: etree._Element) -> str:
    """The name as it stands in the document, prefix and all."""
    local = str(node.tag).rpartition("}")[2]
    return (f"{node.prefix}:{local}" if node.prefix else local)[:_LONGEST_NAME]


def _refuse_attribute(name: Any, where: Where, found: Findings) -> None:
    # Where a schema lies may be said anywhere; it is never looked for there.
    if str(name).startswith(_XSI) and not str(name).endswith("}nil"):
        return
    shown = str(name).rpartition("}")[2][:_LONGEST_NAME]
    message = f"cvc-complex-type.3.2.2: Attribute '{shown}' is not allowed to appear in element '{where[1]}'."
    found.fault(where, (message, "Remove the attribute, or move it to the element that has it."))


def _attribute_missing(attribute: Attribute, where: Where) -> Fault:
    message = f"cvc-complex-type.4: Attribute '{attribute.name}' must appear on element '{where[1]}'."
    return message, f"Add the attribute {attribute.name}."


def _incomplete(names: tuple[str, ...], where: Where) -> Fault:
    message = (
        f"cvc-complex-type.2.4.b: The content of element '{where[1]}' is not complete. "
        f"One of '{{{', '.join(names)}}}' is expected."
    )
    return message, f"Add {' or '.join(names)}."


def _no_words(where: Where) -> Fault:
    message = f"cvc-complex-type.2.3: Element '{where[1]}' cannot have character children."
    return message, "Put the words into one of its elements, such as additionalInfo."


def _no_children(where: Where) -> Fault:
    message = f"cvc-type.3.1.2: Element '{where[1]}' is a simple type, so it cannot have element children."
    return message, "Send text alone; write & as &amp; and < as &lt;."
