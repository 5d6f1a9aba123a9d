"""Draws documents from the element tables: every one of them the schema allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tipline.domain.cybertip.grammar import Check, Child, ElementTable, Form, Plain, Simple
from tipline.domain.cybertip.tables import walk_tables

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r"),
    max_size=12,
)
COLLAPSED = {
    "date": st.dates().map(lambda day: day.isoformat()),
    "dateTime": st.datetimes().map(lambda at: at.isoformat() + "Z"),
    "double": st.floats(-180, 180).map(repr),
    "token": st.text("abcdef0123456789", min_size=1, max_size=32),
}


def values(simple: Simple) -> st.SearchStrategy[Any]:
    """This function will draw values of a simple type, in the form in which a document holds them."""
    if simple.form is Form.FLAG:
        return st.just(True)
    if simple.form is Form.BOOLEAN:
        return st.booleans()
    if simple.form is Form.WHOLE:
        return st.integers(-(2**31), 2**31 - 1)
    if simple.form is Form.COLLAPSED:
        return COLLAPSED[simple.name]
    return st.sampled_from(simple.values) if simple.values else TEXTS


@st.composite
def documents(draw: st.DrawFn, table: ElementTable) -> dict[str, Any]:
    """This function will draw a document that the schema allows, keys in schema order."""
    made: dict[str, Any] = {}
    for attribute in table.attributes:
        if attribute.required or draw(st.integers(0, 3)) == 0:
            made[f"@{attribute.name}"] = draw(values(attribute.kind))
    if table.text is not None:
        made["#"] = draw(values(table.text))
    taken: set[str] = set()
    for child in picked(draw, table):
        if child.choice in taken and child.choice:
            continue
        taken.add(child.choice)
        if child.least or draw(st.integers(0, 3)) == 0:
            made[child.name] = draw(contents(child))
    return made


def picked(draw: st.DrawFn, table: ElementTable) -> list[Child]:
    """This function will keep every plain child and one branch of each obligatory choice."""
    branches = [child for child in table.children if child.choice and child.least]
    kept = draw(st.sampled_from(branches)) if branches else None
    return [child for child in table.children if child not in branches or child is kept]


def contents(child: Child) -> st.SearchStrategy[Any]:
    """This function will draw what stands in one child, a list where it repeats."""
    one = documents(child.kind) if isinstance(child.kind, ElementTable) else values(child.kind)
    return st.lists(one, min_size=max(child.least, 1), max_size=2) if child.repeats else one


_WHOLE_TEXTS = {
    "EMAIL": "sam@example.com",
    "URL": "https://example.com/a",
    "IP": "198.51.100.7",
    "countryCallingCode": "+49",
    "extension": "12",
    "reenabledDate": "2026-02-21T08:30:00Z",
    "state": "AZ",
    "region": "AZ",
    "country": "US",
    "countryCode": "US",
    "fileRelevance": "Reported",
}
_WHOLE_TYPES = {"date": "1990-01-02", "dateTime": "2026-02-20T08:30:00-07:00", "double": "33.42", "token": "a1b2"}
_EXCLUDED = {"batchedReport"}  # what a batch may hold is little
_APART = {("associatedAccount", "dateOfBirth"), ("fileDetails", "potentialMeme")}  # each excludes one that is there


def whole(table: ElementTable) -> dict[str, Any]:
    """This function will make one document that keeps every rule and holds everything that the table knows.

    What excludes something else stands in a second element of its kind, where there may be two.
    """
    made = _whole(table, _APART)
    for name in ("personOrUserReported", "victim"):
        for person in made.get(name, ()):
            person["associatedAccount"].append(_whole(_account(table), {("associatedAccount", "approximateAge")}))
    return made


def _account(table: ElementTable) -> ElementTable:
    return next(one for one in walk_tables(table) if one.name == "associatedAccount")


def _whole(table: ElementTable, left_out: set[tuple[str, str]]) -> dict[str, Any]:
    made: dict[str, Any] = {f"@{one.name}": _value(one.name, one.kind, one.checks) for one in table.attributes}
    if table.text is not None:
        made["#"] = _value(table.name, table.text, table.checks)
    for child in table.children:
        if child.name in _EXCLUDED or (table.name, child.name) in left_out:
            continue
        one = (
            _whole(child.kind, left_out)
            if isinstance(child.kind, ElementTable)
            else _value(child.name, child.kind, child.checks)
        )
        made[child.name] = [one] if child.repeats else one
    if table.name == "report":
        kinds = made["internetDetails"][0]
        made["internetDetails"] = [{name: kind} for name, kind in kinds.items()]
    return made


def _value(name: str, kind: Simple, checks: tuple[Check, ...]) -> Any:
    if name in _WHOLE_TEXTS:
        return _WHOLE_TEXTS[name]
    if kind.form in (Form.FLAG, Form.BOOLEAN):
        return True
    if kind.form is Form.WHOLE:
        return 40
    if kind.form is Form.COLLAPSED:
        return _WHOLE_TYPES[kind.name]
    plain = next(
        (_WHOLE_TEXTS[check.name] for check in checks if isinstance(check, Plain) and check.name in _WHOLE_TEXTS), ""
    )
    return plain or (next(filter(None, kind.values)) if kind.values else f"the {name}")
