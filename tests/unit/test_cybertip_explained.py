"""What the sandbox reads of a document: nothing is lost in the laying out, nothing makes the reading fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree
from tests.unit.cybertip_damage import damage
from tests.unit.cybertip_documents import documents, whole
from tests.unit.cybertip_samples import NOW, file_details, report, suspect

from tipline.domain.cybertip.laid_out import lay_out
from tipline.domain.cybertip.parse import parse_report, read_what_is_known
from tipline.domain.cybertip.quality import file_lacks, report_lacks
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.understood import rows_of
from tipline.domain.cybertip.violations import ViolationError


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A report or file details to which something careless was done, up to three times."""
    table, write = draw(st.sampled_from([(REPORT, render_report), (FILE_DETAILS, render_file_details)]))
    root = etree.fromstring(write(draw(documents(table) | st.just(whole(table)))))
    for _ in range(draw(st.integers(0, 3))):
        damage(draw, root)
    return etree.tostring(root)


@given(damaged())
@hypothesis_settings(max_examples=150)
def test_whatever_is_sent_can_be_shown(raw: bytes) -> None:
    known = read_what_is_known(raw)
    if known is None:
        return
    document, table = known
    shown = list(rows_of(document, table))
    lacks = report_lacks(document) if table is REPORT else file_lacks(document)
    assert all(row.path.startswith(f"/{table.name}") for row in shown)
    assert len(set(lacks)) == len(lacks)


@given(st.text(st.sampled_from("<a>/ é\r\n\tx"), max_size=800))
def test_laying_out_changes_nothing(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        rows = [row for row in lay_out(text) if row.line == number]
        assert "".join(row.text for row in rows) == line
        assert all(line[row.column - 1 :].startswith(row.text) for row in rows)


def test_each_fault_stands_at_the_row_of_its_element() -> None:
    raw = report(tail=suspect("<screenName>a</screenName><dateOfBirth>x</dateOfBirth>"), middle="<strange/>")
    with pytest.raises(ViolationError) as caught:
        parse_report(raw, now=NOW)
    rows = lay_out(raw.decode(), caught.value.violations)
    assert [row.text.partition(">")[0] for row in rows if row.wrong] == ["<strange/", "<dateOfBirth"]
    assert sum(len(row.wrong) for row in rows) == len(caught.value.violations)


def test_values_are_told_with_type_and_moments_in_utc() -> None:
    document = parse_report(report(), now=datetime(2026, 3, 1, tzinfo=UTC))
    rows = {row.path: row for row in rows_of(document, REPORT)}
    at = rows["/report/incidentSummary/incidentDateTime"]
    assert (at.kind, at.text) == ("xs:dateTime", "2026-02-20T08:30:00-07:00")
    assert at.note == "20 February 2026, 15:30:00 UTC, sent with zone -07:00"
    assert rows["/report/reporter/reportingPerson/email[1]"].depth == 2
    assert rows["/report/incidentSummary/incidentType"].note.startswith("we say: Online enticement")
    assert read_what_is_known(file_details()) is not None
    assert read_what_is_known(b"<other/>") is None
