"""Documents made from the tables: rendered, they are valid; read again, they are the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.unit.cybertip_samples import NOW, report

from tipline.domain.cybertip.bytes_in import read_tree
from tipline.domain.cybertip.grammar import Child, ElementTable, Form, Simple
from tipline.domain.cybertip.parse import parse_report, read_element
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.cybertip.schema_check import schema_violations
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT

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


SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def same_again(raw: bytes, table: ElementTable, document: dict[str, Any]) -> None:
    root, text = read_tree(raw)
    assert schema_violations(root, text) == []
    assert read_element(root, table) == document


@SLOW
@given(documents(REPORT))
def test_a_report_survives_the_way_through_xml(document: dict[str, Any]) -> None:
    raw = render_report(document)
    same_again(raw, REPORT, document)
    assert render_report(read_element(etree.fromstring(raw), REPORT)) == raw


@SLOW
@given(documents(FILE_DETAILS))
def test_file_details_survive_the_way_through_xml(document: dict[str, Any]) -> None:
    same_again(render_file_details(document), FILE_DETAILS, document)


def test_the_keys_of_a_document_stand_in_schema_order() -> None:
    document = parse_report(report(tail="<victim><victimPerson/></victim><additionalInfo>x</additionalInfo>"), now=NOW)
    assert list(document) == ["incidentSummary", "reporter", "victim", "additionalInfo"]


def test_characters_that_xml_cannot_carry_are_marked_and_nothing_breaks() -> None:
    document = parse_report(report(), now=NOW)
    document["additionalInfo"] = "a\0b\x1bc\ud800d"
    assert parse_report(render_report(document), now=NOW)["additionalInfo"] == "a\ufffdb\ufffdc\ufffdd"


def test_a_key_that_the_tables_do_not_know_is_a_bug_and_not_dropped() -> None:
    with pytest.raises(ValueError, match="report has no strange"):
        render_report({"strange": 1})
