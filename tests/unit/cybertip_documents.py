"""Draws documents from the element tables: every one of them the schema allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tipline.domain.cybertip.grammar import Child, ElementTable, Form, Simple

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
