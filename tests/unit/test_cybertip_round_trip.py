"""Documents made from the tables: rendered, they are valid; read again, they are the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.unit.cybertip_damage import damage
from tests.unit.cybertip_documents import documents
from tests.unit.cybertip_samples import NOW, report

from tipline.domain.cybertip.bytes_in import read_tree
from tipline.domain.cybertip.grammar import ElementTable
from tipline.domain.cybertip.parse import parse_report
from tipline.domain.cybertip.reader import read_element
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.violations import Findings
from tipline.domain.cybertip.xsd import compiled

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def same_again(raw: bytes, table: ElementTable, document: dict[str, Any]) -> None:
    root, _ = read_tree(raw)
    found = Findings()
    assert compiled().validate(root)
    assert read_element(root, table, found) == document
    assert found.violations == []


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


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from([REPORT, FILE_DETAILS]), st.integers(1, 3))
def test_what_reads_documents_and_the_schema_that_we_serve_agree_on_what_is_valid(
    data: st.DataObject, table: ElementTable, times: int
) -> None:
    whole = render_report if table is REPORT else render_file_details
    root = etree.fromstring(whole(data.draw(documents(table))))
    for _ in range(times):
        damage(data.draw, root)
    again, _ = read_tree(etree.tostring(root))
    found = Findings()
    if again.tag == table.name:
        read_element(again, table, found)
        assert (not found.violations) == compiled().validate(again), etree.tostring(root)


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
