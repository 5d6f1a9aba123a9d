"""The schema document that the service serves and validates with, written from the element tables."""

from __future__ import annotations

from functools import cache
from itertools import groupby

from lxml import etree

from tipline.domain.cybertip.grammar import Attribute, Child, ElementTable, Shape, Simple
from tipline.domain.cybertip.tables import ROOTS, all_tables, simples_of

XS = "http://www.w3.org/2001/XMLSchema"


def _node(parent: etree._Element | None, kind: str, /, **attributes: str) -> etree._Element:
    tag = f"{{{XS}}}{kind}"
    if parent is None:
        return etree.Element(tag, attributes, nsmap={"xs": XS})
    return etree.SubElement(parent, tag, attributes)


def _type_name(kind: Simple | ElementTable) -> str:
    return kind.name if isinstance(kind, ElementTable) else kind.xsd_name


def _occurs(child: Child) -> dict[str, str]:
    found: dict[str, str] = {}
    if child.least != 1:
        found["minOccurs"] = str(child.least)
    if child.most != 1:
        found["maxOccurs"] = "unbounded" if child.most is None else str(child.most)
    return found


def _add_child(parent: etree._Element, child: Child) -> None:
    _node(parent, "element", name=child.name, type=_type_name(child.kind), **_occurs(child))


def _add_choice(parent: etree._Element, branches: list[Child]) -> None:
    least = {} if branches[0].least else {"minOccurs": "0"}
    choice = _node(parent, "choice", **least)
    for branch in branches:
        _node(choice, "element", name=branch.name, type=_type_name(branch.kind))


def _add_children(parent: etree._Element, table: ElementTable) -> None:
    group = _node(parent, "all" if table.shape is Shape.FLAGS else "sequence")
    for choice, run in groupby(table.children, key=lambda child: child.choice):
        if choice:
            _add_choice(group, list(run))
        else:
            for child in run:
                _add_child(group, child)


def _add_attribute(parent: etree._Element, attribute: Attribute) -> None:
    use = {"use": "required"} if attribute.required else {}
    _node(parent, "attribute", name=attribute.name, type=attribute.kind.xsd_name, **use)


def _add_complex(schema: etree._Element, table: ElementTable) -> None:
    holder = _node(schema, "complexType", name=table.name)
    if table.text is not None:
        holder = _node(_node(holder, "simpleContent"), "extension", base=table.text.xsd_name)
    elif table.children:
        _add_children(holder, table)
    for attribute in table.attributes:
        _add_attribute(holder, attribute)


def _add_simple(schema: etree._Element, simple: Simple) -> None:
    holder = _node(_node(schema, "simpleType", name=simple.name), "restriction", base=simple.base)
    for value in simple.values:
        _node(holder, "enumeration", value=value)


def _listed_simples() -> dict[str, Simple]:
    found = {simple.name: simple for table in all_tables() for simple in simples_of(table)}
    return {name: simple for name, simple in found.items() if simple.values}


@cache
def render_xsd() -> str:
    """This function will write the schema document, as served at /ispws/xsd."""
    schema = _node(None, "schema", elementFormDefault="unqualified")
    for root in ROOTS:
        _node(schema, "element", name=root.name, type=root.name)
    for table in all_tables():
        _add_complex(schema, table)
    for simple in _listed_simples().values():
        _add_simple(schema, simple)
    etree.indent(schema)
    body = etree.tostring(schema, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


@cache
def compiled() -> etree.XMLSchema:
    """This function will compile the schema once for this process."""
    return etree.XMLSchema(etree.fromstring(render_xsd().encode()))
