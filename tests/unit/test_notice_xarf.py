"""Our own check of a notice names every fault by its field and lets no media out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.notice_samples import HOUSE, SUBJECT, report, subjects

from tipline.domain.errors import Refusal
from tipline.programs.notices.rules import letter, xarf

NOW = datetime(2026, 1, 13, 15, 4, 5, tzinfo=UTC)


def test_a_good_notice_has_no_fault() -> None:
    assert xarf.faults(report()) == ()


@pytest.mark.parametrize("name", sorted(xarf._CORE))
def test_each_missing_field_is_named(name: str) -> None:
    bad = {key: value for key, value in report().items() if key != name}
    assert xarf.Fault(name, "is missing") in xarf.faults(bad)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("xarf_version", "4.2"), ("report_id", "not-a-uuid"), ("report_id", 7), ("timestamp", "2026-01-13"),
        ("timestamp", "2026-02-30T00:00:00Z"), ("category", "copyright"), ("type", "csem"), ("url", "photos.example"),
        ("url", "https://photos.example:443/"), ("url", "ftp://photos.example/"), ("classification", "A3"),
        ("classification", ["A1"]), ("detection_method", "guess"), ("media_type", "picture"), ("domain", "Photos"),
        ("country_code", "nl"), ("asn", 0), ("asn", True), ("tags", ["Tipline"]), ("tags", "a:b"),
        ("verified_at", "yesterday"), ("verification_method", "magic"), ("hash_values", {"sha256": "zz"}),
        ("hash_values", {"pdq": "0" * 64}), ("content_removed", "no"), ("confidence", 2.0), ("description", ""),
        ("source_port", 70000), ("hosting_provider", "x" * 201),
    ],
)  # fmt: skip
def test_each_wrong_value_is_named_by_its_field(name: str, value: Any) -> None:
    found = xarf.faults(report() | {name: value})
    assert [fault.field for fault in found] == [name]
    with pytest.raises(Refusal) as refused:
        xarf.require_good(report() | {name: value})
    assert (refused.value.code, refused.value.field) == ("bad_notice", name)


@pytest.mark.parametrize("inner", ["org", "contact", "domain"])
def test_faults_of_the_sender_are_named_with_their_place(inner: str) -> None:
    party = {key: value for key, value in report()["sender"].items() if key != inner}
    assert [fault.field for fault in xarf.faults(report() | {"sender": party})] == [f"sender.{inner}"]
    wrong = report()["reporter"] | {inner: "not right @ all"}
    expected = [] if inner == "org" else [f"reporter.{inner}"]
    assert [fault.field for fault in xarf.faults(report() | {"reporter": wrong})] == expected


def test_no_media_and_no_unknown_field_goes_out() -> None:
    bad = report() | {"evidence": [], "screenshot_url": "https://photos.example/", "reporter_name": "Dana"}
    assert {fault.field for fault in xarf.faults(bad)} == {"evidence", "screenshot_url", "reporter_name"}


@settings(max_examples=40)
@given(subjects())
def test_every_notice_that_we_write_passes_our_own_check(subject: xarf.Subject) -> None:
    written = xarf.write(subject, HOUSE, report_id="5f8d7f9e-3c1a-4e0b-9a66-0d6b1b0e7c11", now=NOW)
    assert xarf.faults(written) == ()
    assert "ncmec_report_id" not in written


@settings(max_examples=15)
@given(subjects())
def test_the_mail_carries_the_very_same_report_and_no_link_to_the_page(subject: xarf.Subject) -> None:
    written = xarf.write(subject, HOUSE, report_id="5f8d7f9e-3c1a-4e0b-9a66-0d6b1b0e7c11", now=NOW)
    envelope = letter.Envelope("Example Photos", "abuse@photos.example", HOUSE, "https://company.example/n/token")
    raw = letter.write(written, envelope, letter.Round(1, None, asks_further=False), NOW).as_bytes()
    mail = message_from_bytes(raw, policy=default)
    text, attached = (part.get_content() for part in mail.iter_parts())
    assert json.loads(attached) == written
    assert subject.url not in text.replace("\n", "")
    assert "https://company.example/n/token" in text


def test_a_name_cannot_add_a_header() -> None:
    envelope = letter.Envelope(
        "Photos\r\nBcc: x@evil.example", "abuse@photos.example", HOUSE, "https://company.example/n/token"
    )
    mail = letter.write(report(), envelope, letter.Round(2, NOW, asks_further=True), NOW)
    assert mail["Bcc"] is None
    assert b"\r\nBcc:" not in mail.as_bytes().split(b"\r\n\r\n")[0]


@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=20), st.none() | st.text(max_size=20) | st.integers() | st.booleans()))
def test_no_report_at_all_breaks_the_check(odd: dict[str, Any]) -> None:
    assert xarf.faults(odd)
    assert isinstance(xarf.faults(report() | odd), tuple)


def test_a_punycode_host_is_left_out_of_the_domain_field() -> None:
    from dataclasses import replace

    subject = replace(SUBJECT, url="https://xn--bcher-kva.example/a")
    written = xarf.write(subject, HOUSE, report_id="5f8d7f9e-3c1a-4e0b-9a66-0d6b1b0e7c11", now=NOW)
    assert "domain" not in written
    assert written["source_identifier"] == "xn--bcher-kva.example"
