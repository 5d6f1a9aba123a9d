"""Every element and attribute of the schema has a meaning, a place on the pages, and a way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree
from tests.unit import referral_samples
from tests.unit.cybertip_documents import whole
from tests.unit.cybertip_samples import NOW

from tipline.domain.cybertip.fields import Field, fields_of
from tipline.domain.cybertip.meanings import meaning_of
from tipline.domain.cybertip.parse import parse_file_details, parse_report
from tipline.domain.cybertip.reading import split_reporter
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.cybertip.tables import all_tables
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.xsd import render_xsd
from tipline.stages.referral.document import build_document
from tipline.stages.referral.export.pdf import render_pdf

XS = "{http://www.w3.org/2001/XMLSchema}"
ANSWERS = {"reportResponse", "reportDoneResponse", "files"}
BATCH = {"batchedReport", "@reason"}


def declared() -> set[tuple[str, str]]:
    """This function will read from the XSD itself which names stand in which type; attributes with a `@`."""
    found = set()
    for kind in etree.fromstring(render_xsd().encode()).findall(f"{XS}complexType"):
        name = kind.get("name", "")
        found |= {(name, node.get("name", "")) for node in kind.iter(f"{XS}element")}
        found |= {(name, f"@{node.get('name')}") for node in kind.iter(f"{XS}attribute")}
    return {(kind, name) for kind, name in found if kind not in ANSWERS}


def test_every_element_and_attribute_of_the_schema_has_a_meaning() -> None:
    tables = {table.name: table for table in all_tables()}
    assert [pair for pair in sorted(declared()) if not meaning_of(tables[pair[0]], pair[1])] == []


def names(fields: tuple[Field, ...]) -> Iterator[str]:
    for field in fields:
        yield field.name.split(" [")[0]
        yield from names(field.inside)


@pytest.mark.parametrize("table", [REPORT, FILE_DETAILS], ids=["report", "fileDetails"])
def test_a_document_with_everything_is_accepted_and_shown_whole(table: Any) -> None:
    document = whole(table)
    read = (
        parse_report(render_report(document), now=NOW)
        if table is REPORT
        else parse_file_details(render_file_details(document), now=NOW)
    )
    assert read == document


def test_every_name_of_the_schema_comes_out_on_the_page_in_the_package_and_in_print() -> None:
    report, details = whole(REPORT), whole(FILE_DETAILS)
    wanted = {name for _, name in declared()} - BATCH
    shown = set(names(fields_of(report))) | set(names(fields_of(details, FILE_DETAILS)))
    assert wanted - shown == set()
    document, reporter = split_reporter(report)
    material = referral_samples.material()
    files = (replace(material.files[0], details=details), *material.files[1:])
    material = replace(material, document=document, reporter=reporter, files=files)
    made = build_document(material, referral_samples.recipient())
    rows = {row["name"].split(" [")[0] for part in made["received"] for row in part["rows"]}
    assert wanted - rows == set()
    assert render_pdf({**made, "version": 1, "kind": "FIRST", "news": []}).startswith(b"%PDF")
