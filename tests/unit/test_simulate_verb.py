"""`./tipline simulate`: what it writes, and what it says of options that cannot be followed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tipline import cli
from tipline.commands.ground import DEMO_MARK, RESTORED
from tipline.commands.simulate_into import renumbered
from tipline.platform import config


def test_it_writes_reports_and_truth_apart_and_will_not_write_over_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["simulate", "--size", "30", "--seed", "4", "--out", str(tmp_path / "world")]
    assert cli.main(asked) == 0
    reports = [json.loads(line) for line in (tmp_path / "world" / "reports.jsonl").read_text().splitlines()]
    truths = [json.loads(line) for line in (tmp_path / "world" / "truth.jsonl").read_text().splitlines()]
    assert [one["number"] for one in reports] == [one["number"] for one in truths]
    assert len(reports) == 30
    assert cli.main(asked) == 1
    assert "--out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--size", "0", "--out", "x"], "--size"),
        (["--size", "11,000,000", "--out", "x"], "--size"),
        (["--size", "many", "--out", "x"], "--size"),
        (["--seed", "-1", "--out", "x"], "--seed"),
        ([], "--out"),
        (["--into", "office"], "--into"),
        (["--into", "house", "--out", "x"], "--into"),
        (["--into", "house", "--blocks", "x"], "--blocks"),
        (["--fetch-blocks"], "--blocks"),
        (["--blocks", "nowhere", "--out", "x"], "--fetch-blocks"),
        (["--into", "house"], "demo"),
        (["--out", "/dev/null/world"], "--out"),
    ],
)
def test_a_bad_option_is_named_in_a_sentence(
    options: list[str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIPLINE_DATA", str(tmp_path / "data"))
    config.settings.cache_clear()
    try:
        assert cli.main(["simulate", *options]) == 1
    finally:
        config.settings.cache_clear()
    said = capsys.readouterr().err
    assert named in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_earlier_reports_are_named_by_the_numbers_of_the_house_and_unknown_ones_not_at_all() -> None:
    document = {"personOrUserReported": [{"screenName": "a", "priorCTReports": [1, 2]}, {"priorCTReports": [3]}]}
    told = renumbered(document, {2: 77}.get)
    assert told == {"personOrUserReported": [{"screenName": "a", "priorCTReports": [77]}, {}]}
    assert document["personOrUserReported"][0]["priorCTReports"] == [1, 2]
    assert renumbered({"additionalInfo": "a"}, {}.get) == {"additionalInfo": "a"}


def test_a_house_that_was_restored_takes_no_made_up_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIPLINE_DATA", str(tmp_path))
    (tmp_path / DEMO_MARK).write_text(RESTORED, encoding="utf-8")
    config.settings.cache_clear()
    try:
        assert cli.main(["simulate", "--into", "house"]) == 1
    finally:
        config.settings.cache_clear()
    assert "demo house alone" in capsys.readouterr().err
