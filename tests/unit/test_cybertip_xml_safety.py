"""Hostile and careless bytes: every one ends in code 4110, with a place, and quickly."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cybertip_samples import NOW, report

from tipline.domain.cybertip.parse import parse_report
from tipline.domain.cybertip.responses import ResponseCode
from tipline.domain.cybertip.violations import Violation, ViolationError

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><report>&c;</report>'
)
QUADRATIC = b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 50_000 + b'">]><report>' + b"&a;" * 5_000 + b"</report>"
EXTERNAL = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><report>&a;</report>'

REFUSED = {
    "empty": b"",
    "white space": b" \r\n\t ",
    "not XML": b"hello",
    "cut off": report()[:-5],
    "bare doctype": b"<!DOCTYPE report>" + report(),
    "doctype behind a comment": b'<?xml version="1.0"?><!-- x --><?pi?> <!DOCTYPE report>' + report(),
    "doctype in small letters": b"<!doctype report>" + report(),
    "billion laughs": LAUGHS,
    "quadratic blow-up": QUADRATIC,
    "external entity": EXTERNAL,
    "unknown entity": report("<additionalInfo>&nbsp;</additionalInfo>"),
    "200,000 levels": b"<report>" * 200_000,
    "200,000 closed levels": b"<a>" * 200_000 + b"</a>" * 200_000,
    "ampersand left as it is": report(tail="<additionalInfo>salt & pepper</additionalInfo>"),
    "less-than left as it is": report(tail="<additionalInfo>1 < 2</additionalInfo>"),
    "latin-1 without saying so": report(tail="<additionalInfo>é</additionalInfo>").decode().encode("latin-1"),
    "zero byte": report().replace(b"Rae", b"R\0e"),
    "control character": report().replace(b"Rae", b"R\x07e"),
    "XML 1.1": b'<?xml version="1.1"?>' + report(),
    "unsupported encoding": b'<?xml version="1.0" encoding="EBCDIC-CP-US"?>' + report(),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>' + report(),
    "UTF-32": "\ufeff<report/>".encode("utf-32"),
    "says UTF-16, is UTF-8": b'<?xml version="1.0" encoding="UTF-16"?>' + report(),
    "UTF-8 mark, says Latin-1": b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?>' + report(),
    "UTF-16, says UTF-8": '\ufeff<?xml version="1.0" encoding="UTF-8"?><report/>'.encode("utf-16-le"),
    "half a UTF-16 character": report().decode().encode("utf-16") + b"<",
    "declaration never ends": b'<?xml version="1.0"' + b" " * 1000,
    "comment never ends": b"<!-- " + report(),
    "prefix without a namespace": report().replace(b"<report>", b"<x:report>"),
    "two roots": report() + report(),
    "same attribute twice": report("<batchedReport reason='a' reason='b'/>"),
}


def refused(raw: bytes) -> tuple[Violation, ...]:
    with pytest.raises(ViolationError) as caught:
        parse_report(raw, now=NOW)
    return caught.value.violations


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_bytes_that_are_no_plain_xml_are_malformed(raw: bytes) -> None:
    (found,) = refused(raw)
    assert found.code is ResponseCode.MALFORMED_XML
    assert found.line >= 1
    assert found.column >= 1
    assert found.message
    assert found.advice


def test_a_malformed_one_line_body_names_the_column() -> None:
    raw = report(tail="<additionalInfo>salt & pepper</additionalInfo>")
    (found,) = refused(raw)
    assert found.line == 1
    assert abs(found.column - raw.index(b"&")) <= 3


@pytest.mark.parametrize(
    "raw",
    [
        report(),
        b"\xef\xbb\xbf" + report(),
        b"<?xml version='1.0' encoding='utf-8'?>" + report(),
        b'<?xml version="1.0" encoding="US-ASCII" standalone="yes"?>\n' + report(),
        ('<?xml version="1.0" encoding="UTF-16"?>' + report().decode()).encode("utf-16"),
        report().decode().encode("utf-16-be"),
        b"<!-- a comment --><?note here?>\n" + report() + b"<!-- end -->",
    ],
)
def test_the_allowed_encodings_and_ornaments_are_read(raw: bytes) -> None:
    assert parse_report(raw, now=NOW)["reporter"]["reportingPerson"]["firstName"] == "Rae"


def test_declared_latin_1_is_read_as_such() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + report(tail="<additionalInfo>é</additionalInfo>").decode()
    assert parse_report(text.encode("latin-1"), now=NOW)["additionalInfo"] == "é"


def test_a_quoted_doctype_inside_a_text_is_just_text() -> None:
    raw = report(tail="<additionalInfo><![CDATA[<!DOCTYPE html> & more]]></additionalInfo>")
    assert parse_report(raw, now=NOW)["additionalInfo"] == "<!DOCTYPE html> & more"


def test_comments_do_not_cut_a_text_in_two() -> None:
    raw = report(tail="<additionalInfo>one<!-- x --> two<?y?> three</additionalInfo>")
    assert parse_report(raw, now=NOW)["additionalInfo"] == "one two three"


def test_a_schema_location_is_taken_and_never_followed() -> None:
    head = (
        b'<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:noNamespaceSchemaLocation="https://report.example.org/ispws/xsd">'
    )
    assert "reporter" in parse_report(report().replace(b"<report>", head), now=NOW)


@given(st.binary(max_size=400))
def test_no_bytes_whatever_end_in_anything_but_violations(raw: bytes) -> None:
    refused(raw)


@given(st.integers(0, len(report()) - 1), st.binary(min_size=1, max_size=6))
def test_a_damaged_report_is_read_or_refused_but_never_a_crash(at: int, noise: bytes) -> None:
    raw = report()
    damaged = raw[:at] + noise + raw[at + len(noise) :]
    with contextlib.suppress(ViolationError):
        parse_report(damaged, now=NOW)


def test_a_crowd_of_attributes_is_refused_before_anybody_looks_at_each() -> None:
    crowd = b" ".join(b'a%d="1"' % number for number in range(100_000))
    (found,) = refused(report().replace(b"<report>", b"<report " + crowd + b">"))
    assert found.code is ResponseCode.VALIDATION_FAILED
    assert "more than 64 attributes" in found.message
