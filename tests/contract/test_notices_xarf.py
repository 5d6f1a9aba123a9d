"""The published `xarf` 1.0.0 accepts every notice that we make; a wrong one never gets that far (must-show 3)."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import find, given, settings
from tests.contract.clients import prepared, run
from tests.unit.notice_samples import HOUSE, NOW, report, subjects

from tipline.domain.errors import Refusal
from tipline.programs.notices.rules import xarf

PEERS = Path(__file__).parent / "peers"
MANY = 200
REPORT_ID = "5f8d7f9e-3c1a-4e0b-9a66-0d6b1b0e7c11"


@cache
def peer() -> str:
    """The Python of the published peers, installed once beside the test environment."""
    lock = PEERS / "requirements.lock"

    def install(folder: Path) -> None:
        run([sys.executable, "-m", "venv", str(folder / "venv")])
        options = ["--quiet", "--require-hashes", "--no-deps"]
        run([str(folder / "venv/bin/python"), "-m", "pip", "install", *options, "-r", str(lock)])

    return str(prepared("notices", lock, install) / "venv/bin/python")


def ask(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    given_lines = "\n".join(json.dumps(one) for one in reports)
    said = run([peer(), str(PEERS / "notices.py")], given=given_lines)
    return [json.loads(line) for line in said.splitlines()]


def generated(many: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    @settings(max_examples=many, database=None, deadline=None, derandomize=True)
    @given(subjects())
    def collect(subject: xarf.Subject) -> None:
        found.append(xarf.write(subject, HOUSE, report_id=REPORT_ID, now=NOW))

    collect()
    return found


def test_the_published_validator_accepts_every_notice_that_we_make() -> None:
    reports = [report(), *generated(MANY)]
    said = ask(reports)
    assert len(said) == len(reports) > MANY // 2
    wrong = [(one, asked["url"]) for one, asked in zip(said, reports, strict=True) if one["errors"]]
    assert wrong == []
    assert {one["kind"] for one in said} == {"CsamReport"}
    assert not [one for one in said if one["warnings"]]


WRONG = {
    "classification": "A3",
    "detection_method": "guess",
    "media_type": "picture",
    "report_id": "7",
    "country_code": "nl",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_notice_is_refused_by_our_own_check_with_the_fields_name(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        xarf.require_good(report() | {name: WRONG[name]})
    assert refused.value.field == name


def test_the_validator_refuses_what_we_refuse_and_names_the_same_fields() -> None:
    missing = {key: value for key, value in report().items() if key != "detection_method"}
    said = ask([report() | {"classification": "A3"}, missing])
    [[bad], [lacking]] = [one["errors"] for one in said]
    assert bad["field"] == "classification"
    assert "detection_method" in lacking["message"]  # of a missing field the validator's own name stands in the words
    assert [fault.field for fault in xarf.faults(missing)] == ["detection_method"]


def test_the_generator_reaches_hosts_in_other_scripts_and_network_addresses() -> None:
    for wanted in ("xn--", "[2001:db8::7]", "198.51.100.7"):
        assert find(
            subjects(), lambda one, part=wanted: part in one.url, settings=settings(database=None, max_examples=5_000)
        )
