"""A form of the schema: boxes and fields made from the element tables, for a draft that may still be wrong.

A draft is flat: the path of a simple value to the text that somebody typed, `report/victim[2]/victimPerson/age` to `9`.
So nothing typed is lost, and a violation, which carries a path, finds its field. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tipline.domain.cybertip import codes
from tipline.domain.cybertip.grammar import Attribute, Check, Child, ElementTable, Form, Length, Plain, Simple
from tipline.domain.cybertip.labels import label_of
from tipline.domain.cybertip.simple import DATE, DATETIME, STATE

Values = Mapping[str, str]
_LONG = 500
_SHORT = frozenset({"fileName", "originalFileName", "idValue"})
_ONE_LINE = (Plain.URL, Plain.EMAIL, Plain.IP)
_INDEX = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `kind`: line, long, choice, tick, date, moment, number. `name` is its path in the draft."""

    name: str
    label: str
    element: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 0
    is_needed: bool = False
    error: str = ""

    @property
    def ident(self) -> str:
        """What the page knows it by."""
        return ident_of(self.name)


@dataclass(frozen=True, slots=True)
class Box:
    """One element with its fields and the boxes inside. A blank one waits to be filled in; what stays so is no part."""

    name: str
    label: str
    element: str
    fields: tuple[Field, ...]
    boxes: tuple[Box, ...]
    is_blank: bool
    is_open: bool
    position: int = 0

    @property
    def ident(self) -> str:
        """What the page knows it by."""
        return ident_of(self.name)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What was typed, and what is wrong with it, by path."""

    values: Values
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Text:
    """An element's own text, as a field's source."""

    name: str
    checks: tuple[Check, ...]


def ident_of(name: str) -> str:
    """This function will make an id of a path, which is never that of another path."""
    return "f-" + re.sub(r"[^A-Za-z0-9]", lambda sign: f"_{ord(sign[0]):x}", name)


def outline(table: ElementTable, name: str, values: Values, errors: Mapping[str, str]) -> Box:
    """This function will lay out one element. errors: path, as in a draft, to what is wrong there."""
    return _box(table, name, table.name, _Draft(values, errors))


def field_of(child: Child, parent: str, values: Values, errors: Mapping[str, str]) -> tuple[Field, ...]:
    """This function will lay out a child that is a simple value; one that repeats gets a blank one more."""
    assert isinstance(child.kind, Simple)
    return tuple(_fields(child, child.kind, parent, _Draft(values, errors)))


def _box(table: ElementTable, name: str, element: str, draft: _Draft, position: int = 0) -> Box:
    fields: list[Field] = []
    boxes: list[Box] = []
    if table.text is not None:
        own = _Text(element, table.checks)
        fields.append(_field(f"{name}/#", own, table.text, draft, is_needed=False))
    for child in table.children:
        if isinstance(child.kind, Simple):
            fields += _fields(child, child.kind, name, draft)
        else:
            boxes += _boxes(child, child.kind, name, draft)
    fields += [
        _field(f"{name}/@{one.name}", one, one.kind, draft, is_needed=one.required)
        for one in table.attributes
        if not one.tolerated
    ]
    is_blank = not any(path.startswith(f"{name}/") for path in draft.values)
    is_open = not is_blank or any(path == same(name) or path.startswith(f"{same(name)}/") for path in draft.errors)
    return Box(name, label_of(element), element, tuple(fields), tuple(boxes), is_blank, is_open, position)


def places_of(fields: Sequence[Field], boxes: Sequence[Box]) -> dict[str, str]:
    """This function will tell under which id each path of a violation stands on the page."""
    found = {same(one.name): one.ident for one in fields}
    for box in boxes:
        found |= places_of(box.fields, box.boxes)
        found.setdefault(same(box.name), box.ident)
    return found


def _fields(child: Child, kind: Simple, parent: str, draft: _Draft) -> Iterator[Field]:
    for name in _names(child, parent, draft.values):
        yield _field(name, child, kind, draft, is_needed=bool(child.least) and not child.choice)


def _boxes(child: Child, table: ElementTable, parent: str, draft: _Draft) -> Iterator[Box]:
    for position, name in enumerate(_names(child, parent, draft.values), start=1):
        yield _box(table, name, child.name, draft, position if child.repeats else 0)


def _names(child: Child, parent: str, values: Values) -> list[str]:
    if not child.repeats:
        return [f"{parent}/{child.name}"]
    most = count_of(f"{parent}/{child.name}", values)
    return [f"{parent}/{child.name}[{number}]" for number in range(1, most + 2)]


def count_of(stem: str, values: Values) -> int:
    """This function will tell the highest number under which a repeating element stands in a draft."""
    return max(numbers_of(stem, values), default=0)


def numbers_of(stem: str, values: Values) -> tuple[int, ...]:
    """This function will list the numbers under which a repeating element stands in a draft, in order."""
    start = f"{stem}["
    found = {path[len(start) :].partition("]")[0] for path in values if path.startswith(start)}
    return tuple(sorted(int(text) for text in found if text.isascii() and text.isdigit()))


def _field(name: str, told: Attribute | Child | _Text, kind: Simple, draft: _Draft, *, is_needed: bool) -> Field:
    element, checks = told.name, told.checks
    most = next((check.most for check in checks if isinstance(check, Length)), 0)
    return Field(
        name=name,
        label=label_of(element),
        element=element.removeprefix("@"),
        kind="line" if element in _SHORT else _kind(kind, most, checks),
        value=draft.values.get(name, ""),
        choices=_choices(kind),
        most=most,
        is_needed=is_needed,
        error=draft.errors.get(same(name), ""),
    )


def _kind(kind: Simple, most: int, checks: tuple[Check, ...]) -> str:
    if kind.form is Form.FLAG:
        return "tick"
    if kind.values or kind.form is Form.BOOLEAN:
        return "choice"
    if kind.form is Form.WHOLE:
        return "number"
    if kind is DATETIME or kind is DATE:
        return "moment" if kind is DATETIME else "date"
    is_short = 0 < most < _LONG or any(check in _ONE_LINE for check in checks) or kind.form is not Form.TEXT
    return "line" if is_short else "long"


def _choices(kind: Simple) -> tuple[tuple[str, str], ...]:
    if kind.form is Form.BOOLEAN:
        return (("true", "Yes"), ("false", "No"))
    listed = (value for value in kind.values if value and value not in codes.INCIDENT_ALIASES)
    # A state's code is another country's code too: AL is Alabama there and Albania here.
    words = codes.STATE_NAMES if kind is STATE else codes.INCIDENT_LABELS | codes.BATCH_REASONS
    return tuple((value, words.get(value, value)) for value in listed)


def same(path: str) -> str:
    """This function will bring a path of a draft and one of a violation into one writing."""
    return _INDEX.sub(lambda found: "" if found[1] == "1" else found[0], path.strip("/")).removesuffix("/#")
