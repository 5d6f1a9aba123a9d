"""From what somebody typed into a form of the schema to the document that every door makes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tipline.domain.cybertip.grammar import Child, ElementTable, Form, Simple
from tipline.domain.cybertip.outline import Values, numbers_of
from tipline.domain.cybertip.simple import DATETIME
from tipline.domain.report import Document

LONGEST_VALUE = 100_000
MOST_VALUES = 2_000
_NUMBER = r"(?:\[[1-9]\d{0,2}\])?"
_PATH = re.compile(rf"(?:[A-Za-z0-9]{{1,60}}{_NUMBER}/){{0,8}}[#@]?[A-Za-z0-9]{{0,60}}{_NUMBER}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)? ?(Z|UTC|[+\-\u2212]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def posted(pairs: Iterable[tuple[str, str]], under: str, table: ElementTable) -> dict[str, str]:
    """This function will take what was typed below one element; only what the tables know, blanks left out.

    Repeated elements are numbered anew without gaps; several places told in one go become places of their own.
    """
    told = [(name, text) for name, text in pairs if text.strip() and name.startswith(under) and _PATH.fullmatch(name)]
    typed = {name: text[:LONGEST_VALUE] for name, text in told[:MOST_VALUES]}
    return dict(flatten(_raw(table, under, typed), table, under))


def document_of(values: Values, table: ElementTable, name: str) -> Document:
    """This function will make the document of a draft: values in their types where they can be read.

    What cannot be read stays as typed, so that the schema names it.
    """
    return _typed(_raw(table, name, values), table)


def _raw(table: ElementTable, name: str, values: Values) -> dict[str, Any]:
    """The draft as nested texts, in schema order, without what is blank."""
    found: dict[str, Any] = {
        f"@{one.name}": values[f"{name}/@{one.name}"] for one in table.attributes if values.get(f"{name}/@{one.name}")
    }
    if table.text is not None:
        if values.get(f"{name}/#"):
            found["#"] = values[f"{name}/#"]
        return found
    for child in table.children:
        if child.repeats:
            listed = [one for one in _each(child, name, values) if one]
            if listed:
                found[child.name] = _parted(child, listed)
        elif one := _one(child, f"{name}/{child.name}", values):
            found[child.name] = one
    return found


def _each(child: Child, parent: str, values: Values) -> Iterator[Any]:
    stem = f"{parent}/{child.name}"
    for number in numbers_of(stem, values):
        yield _one(child, f"{stem}[{number}]", values)


def _one(child: Child, name: str, values: Values) -> Any:
    return values.get(name, "") if isinstance(child.kind, Simple) else _raw(child.kind, name, values)


def _parted(child: Child, listed: list[Any]) -> list[Any]:
    # An element of which one branch may be chosen: whoever filled in several meant several.
    children = child.kind.children if isinstance(child.kind, ElementTable) else ()
    is_choice = bool(children) and all(one.choice and one.least for one in children)
    return [{key: value} for one in listed for key, value in one.items()] if is_choice else listed


def flatten(raw: Mapping[str, Any], table: ElementTable, name: str) -> Iterator[tuple[str, str]]:
    """This function will write nested texts as the paths of a draft."""
    children = {child.name: child for child in table.children}
    for key, value in raw.items():
        child = children.get(key)
        if child is None:  # an attribute, or the element's own text
            yield f"{name}/{key}", value
            continue
        for position, one in enumerate(value if child.repeats else [value], start=1):
            path = f"{name}/{key}[{position}]" if child.repeats else f"{name}/{key}"
            if isinstance(child.kind, ElementTable):
                yield from flatten(one, child.kind, path)
            else:
                yield path, one


def _typed(raw: Mapping[str, Any], table: ElementTable) -> Document:
    made: Document = {}
    for one in table.attributes:
        if f"@{one.name}" in raw:
            made[f"@{one.name}"] = _value(raw[f"@{one.name}"], one.kind)
    if table.text is not None:
        return {**made, "#": _value(raw.get("#", ""), table.text)}
    for child in table.children:
        if child.name in raw:
            made[child.name] = _typed_child(raw[child.name], child)
        elif child.least and not child.choice and isinstance(child.kind, ElementTable):
            made[child.name] = _typed({}, child.kind)  # the schema asks for the element, even an empty one
    return made


def _typed_child(value: Any, child: Child) -> Any:
    listed = [
        _typed(one, child.kind) if isinstance(child.kind, ElementTable) else _value(one, child.kind)
        for one in (value if child.repeats else [value])
    ]
    return listed if child.repeats else listed[0]


def _value(text: str, kind: Simple) -> str | int | bool:
    told = text if kind.form is Form.TEXT else text.strip()
    if kind.form is Form.BOOLEAN:
        return {"true": True, "false": False}.get(told, told)
    if kind.form is Form.FLAG:
        return True
    if kind is DATETIME:
        return moment_of(told)
    if kind.form is Form.WHOLE and _WHOLE.fullmatch(told):
        return int(told)
    return told.replace("\r\n", "\n")


def moment_of(told: str) -> str:
    """This function will bring a moment as people write it into the form of the wire; anything else stays.

    2026-11-26 09:30 UTC: seconds or none, a blank or T, and UTC, Z or an offset. A zone is never guessed.
    """
    found = _MOMENT.fullmatch(told.strip())
    if found is None:
        return told
    day, time, seconds, zone = found.groups()
    offset = "Z" if zone.upper() in ("Z", "UTC") else zone.replace("\u2212", "-")
    return f"{day}T{time}{seconds or ':00'}{offset}"


def missing_of(values: Values, table: ElementTable, name: str) -> Iterator[str]:
    """This function will give the paths of single values that are needed and were not typed, in schema order."""
    for child in table.children:
        path = f"{name}/{child.name}"
        if isinstance(child.kind, Simple):
            if child.least and not child.repeats and not values.get(path):
                yield path
        elif child.repeats:
            for number in numbers_of(path, values):
                yield from missing_of(values, child.kind, f"{path}[{number}]")
        elif (child.least and not child.choice) or any(one.startswith(f"{path}/") for one in values):
            yield from missing_of(values, child.kind, path)
