"""Hostile and broken input at the wire door: always the documented code, never an accident of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import AsRole
from tests.integration.test_esp_api import incoming
from tests.integration.wire import Wire, multipart, register
from tests.unit.cybertip_samples import report


@pytest.fixture
def wire(db: None, as_role: AsRole) -> Iterator[Wire]:
    user, secret, _ = register("Example")
    with as_role("esp_api"):
        yield Wire(user, secret)


MALFORMED_UPLOADS = {
    "no form": (b"hello", "text/plain", 4200),
    "no boundary": (b"--x--", "multipart/form-data", 4200),
    "a form without a beginning": (b"hello", "multipart/form-data; boundary=x", 4200),
    "an empty body": (b"", "multipart/form-data; boundary=x", 4200),
    "an empty form": (b"--x--\r\n", "multipart/form-data; boundary=x", 4000),
    "a boundary that is too long": (b"--x--\r\n", "multipart/form-data; boundary=" + "x" * 400, 4200),
}


@pytest.mark.parametrize("case", MALFORMED_UPLOADS)
def test_a_malformed_upload_has_its_code(wire: Wire, case: str) -> None:
    body, kind, code = MALFORMED_UPLOADS[case]
    assert wire.post("/upload", body, kind).code == (400, code)


def test_an_upload_without_one_of_its_fields_is_refused(wire: Wire) -> None:
    number = str(wire.submit(report())).encode()
    before = incoming()
    file = ("file", "a", b"bytes" * 400_000)
    assert wire.form("/upload", multipart(("id", None, number))).code == (400, 4200)
    assert wire.form("/upload", multipart(file)).code == (400, 4000)
    assert wire.form("/upload", multipart(("id", None, b"x1"), file)).code == (400, 4000)
    assert wire.form("/upload", multipart(("id", None, number), file, file)).code == (400, 4200)
    whole = multipart(("id", None, number), file)
    for cut in (100, 1_200_000, len(whole) - 10):
        assert wire.form("/upload", whole[:cut]).code == (400, 4200)
    assert incoming() == before


@pytest.mark.parametrize("path", ["/finish", "/retract"])
@pytest.mark.parametrize(
    "body", [b"", b"id=", b"id=abc", b"id=-1", b"id=%00", b"\xff\xfe", b"&" * 1000, b"number=7", b"id=" + b"9" * 30]
)
def test_a_missing_or_odd_id_is_an_invalid_request(wire: Wire, path: str, body: bytes) -> None:
    assert wire.post(path, body, "application/x-www-form-urlencoded").code == (400, 4000)


def test_a_form_that_is_too_big_is_refused(wire: Wire) -> None:
    assert wire.post("/finish", b"x" * 70_000).code == (413, 4000)


_CROWD = b" ".join(b'a%d="1"' % number for number in range(100))
LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><report>&b;</report>'
MALFORMED_XML: dict[str, tuple[bytes, tuple[int, int]]] = {
    "empty": (b"", (400, 4110)),
    "blank": (b" \n ", (400, 4110)),
    "no xml": (b"hello", (400, 4110)),
    "cut short": (report()[:80], (400, 4110)),
    "unescaped ampersand": (report(tail="<additionalInfo>a & b</additionalInfo>"), (400, 4110)),
    "two roots": (report() + report(), (400, 4110)),
    "doctype": (b"<!DOCTYPE report>" + report(), (400, 4110)),
    "entity bomb": (LAUGHS, (400, 4110)),
    "external entity": (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r>&x;</r>', (400, 4110)),
    "deep nesting": (b"<report>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</report>", (400, 4110)),
    "unknown encoding": (b'<?xml version="1.0" encoding="EBCDIC-CP-US"?>' + report(), (400, 4110)),
    "wrong encoding": (b'<?xml version="1.0" encoding="UTF-16"?>' + report(), (400, 4110)),
    "broken utf-8": (report(tail="<additionalInfo>?</additionalInfo>").replace(b"?", b"\xff\xfe"), (400, 4110)),
    "a nul": (report(tail="<additionalInfo>\0</additionalInfo>"), (400, 4110)),
    "another root": (b"<html/>", (400, 4100)),
    "a namespace": (report().replace(b"<report>", b'<report xmlns="urn:x">'), (400, 4100)),
    "an unknown element": (report(tail="<bingo/>"), (400, 4100)),
    "the old constant": (report().replace(b"Sexual Acts", b"Sexual Act"), (400, 4100)),
    "no zone": (report().replace(b"08:30:00-07:00", b"08:30:00"), (400, 4100)),
    "a future date": (report().replace(b"2026-02-20", b"2126-02-20"), (400, 4100)),
    "a crowd of attributes": (report().replace(b"<report>", b"<report " + _CROWD + b">"), (400, 4100)),
    "too big": (report(tail=f"<additionalInfo>{'x' * 2_100_000}</additionalInfo>"), (413, 4000)),
}


@pytest.mark.parametrize("path", ["/submit", "/fileinfo"])
@pytest.mark.parametrize("case", MALFORMED_XML)
def test_malformed_xml_always_has_its_code(wire: Wire, path: str, case: str) -> None:
    raw, expected = MALFORMED_XML[case]
    got = wire.post(path, raw)
    assert got.code == expected
    assert got.root == "reportResponse"
    assert got.responseDescription


def test_a_control_character_in_a_file_name_is_no_accident_of_ours(wire: Wire) -> None:
    number = str(wire.submit(report())).encode()
    got = wire.form("/upload", multipart(("id", None, number), ("file", "a\0b\x1b.jpg", b"bytes")))
    assert got.code == (200, 0)


def test_an_id_that_stands_there_twice_is_refused(wire: Wire) -> None:
    number = str(wire.submit(report())).encode()
    half = len(number) // 2
    twice = (("id", None, number[:half]), ("id", None, number[half:]))
    assert wire.form("/finish", multipart(*twice)).code == (400, 4000)
    assert wire.form("/upload", multipart(*twice, ("file", "a", b"bytes"))).code == (400, 4200)
    form = b"id=1&id=" + number
    assert wire.post("/finish", form, "application/x-www-form-urlencoded").code == (400, 4000)
