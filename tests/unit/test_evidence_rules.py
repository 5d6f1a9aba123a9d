"""What the sealing of files comes to, and the warrant rule, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tipline.domain.findings import FileSecured
from tipline.domain.report import ReportHead, Source
from tipline.domain.states import LegalState, ReportState
from tipline.stages.evidence.rules import Facts, FileFacts, Fingerprints, decide, exif_state

_NOW = datetime(2026, 1, 13, tzinfo=UTC)
_HEAD = ReportHead(
    id=1,
    number=123,
    source=Source.ESP_API,
    state=ReportState.RECEIVED,
    priority=4,
    score=0,
    incident_type="",
    headline="",
    opened_at=_NOW,
    received_at=_NOW,
    esp_id=None,
    esp_name="",
    environment="production",
    hold=None,
    legal_hold=False,
    preserve_until=None,
)


def _file(**changed: object) -> FileFacts:
    known: dict[str, object] = {
        "id": 1,
        "file_id": "f" * 32,
        "sha256": "a" * 64,
        "size": 5,
        "media_type": "image/png",
        "outcome": "decoded",
        "legal_state": LegalState.SEALED,
        "preview": b"x",
        "fingerprints": Fingerprints(("b" * 64,) * 8, 77),
    }
    return FileFacts(**(known | changed))  # type: ignore[arg-type]


def test_a_report_without_files_is_secured_at_once() -> None:
    result = decide(_HEAD, Facts(()), _NOW)
    assert (result.to_state, result.findings) == (ReportState.SECURED, ())


def test_each_file_gets_one_finding_with_its_hash_and_legal_state() -> None:
    found = decide(_HEAD, Facts((_file(), _file(file_id="e" * 32))), _NOW).findings
    assert [each.subject for each in found] == ["f" * 32, "e" * 32]
    body = found[0].body
    assert isinstance(body, FileSecured)
    assert (body.pdq, body.pdq_quality, body.legal_state) == ("b" * 64, 77, "SEALED")
    assert "Wilson" in found[0].basis


def test_a_file_that_cannot_be_decoded_is_sealed_all_the_same() -> None:
    refused = _file(outcome="not decoded: video", preview=b"", fingerprints=None)
    result = decide(_HEAD, Facts((refused,)), _NOW)
    body = result.findings[0].body
    assert isinstance(body, FileSecured)
    assert (result.to_state, body.pdq, body.outcome) == (ReportState.SECURED, "", "not decoded: video")


@pytest.mark.parametrize(
    ("details", "state"),
    [
        ({}, LegalState.SEALED),
        ({"exifViewedByEsp": False}, LegalState.SEALED),
        ({"exifViewedByEsp": "true"}, LegalState.SEALED),
        ({"fileViewedByEsp": True, "publiclyAvailable": True}, LegalState.SEALED),
        ({"exifViewedByEsp": True}, LegalState.OPEN),
    ],
)
def test_embedded_data_is_open_only_where_the_company_looked_at_it(
    details: dict[str, object], state: LegalState
) -> None:
    assert exif_state(details) is state
