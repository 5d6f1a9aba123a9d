"""What an element table is: the shapes in which the wire format is written down as data.

The tables built of these values are the single place that knows the schema. The XSD, the reading of XML into
documents, the rendering back and the value rules all walk the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Form(StrEnum):
    """How a simple value stands in a document."""

    TEXT = "text"
    COLLAPSED = "collapsed"
    BOOLEAN = "boolean"
    WHOLE = "whole"
    FLAG = "flag"


class Plain(StrEnum):
    """Checks of a value that need no number."""

    NOT_BLANK = "not blank"
    PAST = "past"
    URL = "url"
    EMAIL = "email"
    IP = "ip"


@dataclass(frozen=True, slots=True)
class Length:
    """At most this many characters."""

    most: int


@dataclass(frozen=True, slots=True)
class Span:
    """A whole number between two bounds, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that the whole value matches, and the same in words."""

    expression: str
    words: str


Check = Plain | Length | Span | Pattern


@dataclass(frozen=True, slots=True, eq=False)
class Simple:
    """One simple type. Without `values` it is a built-in type of XML Schema."""

    name: str
    form: Form
    base: str = ""
    values: tuple[str, ...] = ()

    @property
    def xsd_name(self) -> str:
        """This function will name the type as the XSD does."""
        return self.name if self.values else f"xs:{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One attribute of an element. `tolerated` says that only some clients send it there."""

    name: str
    kind: Simple
    required: bool = False
    checks: tuple[Check, ...] = ()
    tolerated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Child:
    """One child of an element. `most` None means any number; children of one `choice` exclude each other."""

    name: str
    kind: Simple | ElementTable
    least: int = 0
    most: int | None = 1
    checks: tuple[Check, ...] = ()
    choice: str = ""

    @property
    def repeats(self) -> bool:
        """This function will say whether the document holds a list here."""
        return self.most is None


class Shape(StrEnum):
    """How the children of an element are arranged."""

    SEQUENCE = "sequence"
    FLAGS = "all"
    TEXT = "text"


@dataclass(frozen=True, slots=True, eq=False)
class ElementTable:
    """One complex type: its children in order, its attributes, or its text with attributes."""

    name: str
    shape: Shape = Shape.SEQUENCE
    children: tuple[Child, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    text: Simple | None = None
    checks: tuple[Check, ...] = ()


@cache
def children_by_name(table: ElementTable) -> dict[str, Child]:
    """This function will index the children of a table by element name."""
    return {child.name: child for child in table.children}


@cache
def attributes_by_name(table: ElementTable) -> dict[str, Attribute]:
    """This function will index the attributes of a table by name."""
    return {attribute.name: attribute for attribute in table.attributes}


def need(name: str, kind: Simple | ElementTable, *checks: Check) -> Child:
    """This function will describe a child that stands exactly once."""
    return Child(name, kind, 1, 1, checks)


def may(name: str, kind: Simple | ElementTable, *checks: Check) -> Child:
    """This function will describe a child that stands at most once."""
    return Child(name, kind, 0, 1, checks)


def many(name: str, kind: Simple | ElementTable, *checks: Check) -> Child:
    """This function will describe a child that stands any number of times."""
    return Child(name, kind, 0, None, checks)


def either(choice: str, name: str, kind: Simple | ElementTable, *, least: int = 0) -> Child:
    """This function will describe one branch of a choice; `least` 1 makes the choice itself obligatory."""
    return Child(name, kind, least, 1, (), choice)


def texts(name: str, text: Simple, *attributes: Attribute, checks: tuple[Check, ...] = ()) -> ElementTable:
    """This function will describe an element with text and attributes."""
    return ElementTable(name, Shape.TEXT, (), attributes, text, checks)
