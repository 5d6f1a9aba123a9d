"""A stolen disk tells nothing: neither the evidence store nor a log holds what was uploaded or said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.house import Wait
from tests.stack import Credential, Stack

from tipline.domain.report import Document
from tipline.simulation.pictures import picture

CANARY_EMAIL = "canary.quince@example.com"
CANARY_HANDLE = "canary_handle_7731"
CANARY_NAME = "Canaryfirst"
CANARY_WORDS = "canary words of the narrative 55102"
CANARY_FILE = "canary-file-name-9921.jpg"
CANARY_ADDRESS = "203.0.113.201"
NUMBERS = (901, 902)


def document() -> Document:
    return {
        "incidentSummary": {
            "incidentType": "Online Enticement of Children for Sexual Acts",
            "incidentDateTime": "2026-02-20T08:30:00Z",
        },
        "reporter": {"reportingPerson": {"firstName": CANARY_NAME, "email": [{"#": "canary.reporter@example.com"}]}},
        "personOrUserReported": [
            {
                "personOrUserReportedPerson": {"firstName": CANARY_NAME, "email": [{"#": CANARY_EMAIL}]},
                "screenName": CANARY_HANDLE,
                "ipCaptureEvent": [{"ipAddress": CANARY_ADDRESS, "dateTime": "2026-02-20T08:00:00Z"}],
            }
        ],
        "additionalInfo": CANARY_WORDS,
    }


@pytest.fixture(scope="module")
def stored(house: Stack, company: Credential, await_state: Wait) -> Stack:
    """A report with two files whose every byte and word is known, walked to the queue."""
    from tipline.demo.accounts import Credential as DemoCredential
    from tipline.demo.company import Company, Upload

    client = Company(house.address("esp_api"), DemoCredential(company.username, company.secret))
    uploads = tuple(Upload(number, viewed=True, name=CANARY_FILE) for number in NUMBERS)
    number = client.report(document(), uploads, datetime.now(UTC))
    client.close()
    await_state(number, "SCORED")
    return house


def traces() -> Iterator[bytes]:
    """Everything that would tell a thief what is stored: windows of the bytes, digests, words."""
    for number in NUMBERS:
        data = picture(number)
        yield from (data[start : start + 32] for start in range(0, len(data) - 32, len(data) // 20))
        for digest in (hashlib.md5(data), hashlib.sha1(data), hashlib.sha256(data)):
            yield from (digest.digest(), digest.hexdigest().encode(), digest.hexdigest().upper().encode())
    yield from words()


def fingerprints(house: Stack) -> Iterator[bytes]:
    """PDQ of every stored file in all its eight forms, as the house computed them."""
    for (value,) in house.rows("SELECT value FROM reports_fingerprint"):
        yield from (value.encode(), bytes.fromhex(value))


def words() -> Iterator[bytes]:
    told = (CANARY_EMAIL, CANARY_HANDLE, CANARY_NAME, CANARY_WORDS, CANARY_FILE, "canary.reporter@example.com")
    yield from (text.encode() for text in told)
    yield from (text.encode("utf-16-le") for text in told)


def hits(folder: Path, wanted: list[bytes]) -> set[str]:
    """Names of files whose name or content holds one of the traces."""
    found = set()
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if any(trace in content or trace in path.name.encode() for trace in wanted):
            found.add(path.name)
    return found


def test_the_evidence_store_holds_no_trace_of_what_was_uploaded(stored: Stack) -> None:
    evidence = stored.folder / "data" / "evidence"
    assert len([path for path in evidence.rglob("*") if path.is_file()]) >= len(NUMBERS)
    known = list(fingerprints(stored))
    assert len(known) >= 2 * 8 * len(NUMBERS)
    assert hits(evidence, [*traces(), *known]) == set()


def test_the_search_itself_finds_what_is_planted(stored: Stack, tmp_path: Path) -> None:
    (tmp_path / "plain.bin").write_bytes(b"head" + picture(NUMBERS[0]) + b"tail")
    (tmp_path / hashlib.md5(picture(NUMBERS[1])).hexdigest()).write_bytes(b"named by a known digest")
    assert len(hits(tmp_path, list(traces()))) == 2


def test_no_log_holds_a_name_an_address_or_a_word_of_a_report(stored: Stack) -> None:
    wanted = [*words(), CANARY_ADDRESS.encode()]
    assert hits(stored.folder / "data" / "log", wanted) == set()
    assert hits(stored.folder / "data" / "witness", wanted) == set()


def test_the_database_keeps_no_word_of_the_reporter_in_the_clear(stored: Stack) -> None:
    rows = stored.rows("SELECT document::text FROM reports_submission")
    assert rows
    assert not [text for (text,) in rows if "canary.reporter@example.com" in text]
