"""The frame of figures: one form, an honest exit code, a page that is made and not written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.figures import command, recording
from tipline.figures.figure import Figure, Measured, Peer, Series, percentile
from tipline.figures.finding import ROOT, UnknownRun, list_runs, load_run

KEYS = ["name", "figure", "unit", "ours", "peer", "peer_name", "ratio", "at_least", "ok", "n", "seconds"]
ONE = Measured(ours=200.0, n=10, seconds=0.05)


def test_a_figure_is_one_json_object_with_the_agreed_keys() -> None:
    line = Series("intake").figure("rate", "reports/s", ONE, peer=Peer("plain rows", 400.0)).as_json()
    assert list(json.loads(line)) == KEYS
    assert "\n" not in line
    assert json.loads(line)["ratio"] == 0.5


@pytest.mark.parametrize(
    ("peer", "at_least", "holds"),
    [
        (None, None, True),
        (None, 200.0, True),
        (None, 200.1, False),
        (Peer("p", 400.0), 0.5, True),
        (Peer("p", 400.0), 0.6, False),
        (Peer("p", 0.0), 0.6, False),
    ],
)
def test_a_figure_holds_where_it_reaches_what_is_promised(
    peer: Peer | None, at_least: float | None, holds: bool
) -> None:
    assert Series("intake").figure("rate", "1/s", ONE, peer=peer, at_least=at_least).ok is holds


def test_no_figure_of_an_unsound_run_holds() -> None:
    assert not Series("intake", sound=False).figure("rate", "1/s", ONE).ok


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=1))
def test_percentiles_are_values_that_were_measured_and_grow(values: list[float]) -> None:
    found = [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)]
    assert set(found) <= set(values)
    assert found == sorted(found)
    assert found[-1] == max(values)


def test_the_median_of_an_odd_number_is_the_middle_one() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tests/bench").mkdir(parents=True)
    (tmp_path / "tests/bench/conftest.py").write_text("import nothing_of_the_kind\n", encoding="utf-8")
    (tmp_path / "tests/bench/quick.py").write_text('ABOUT = "measures nothing"\n', encoding="utf-8")
    return tmp_path


def test_a_run_is_a_module_that_says_what_it_is_about(folder: Path) -> None:
    assert [(listed.name, listed.about) for listed in list_runs("bench", folder)] == [("quick", "measures nothing")]


def test_an_unknown_name_is_refused(folder: Path) -> None:
    with pytest.raises(UnknownRun, match="lists them"):
        load_run("bench", "conftest", folder)


def test_the_exit_code_tells_whether_a_figure_misses(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for limit, code in ((100.0, 0), (300.0, 1)):
        figure = Series("quick").figure("rate", "1/s", ONE, at_least=limit)
        monkeypatch.setattr(command, "load_run", lambda kind, name, figure=figure: lambda full: [figure])
        assert command.main("bench", ["quick", "--json"]) == code
        printed = capsys.readouterr()
        assert json.loads(printed.out)["at_least"] == limit
        assert printed.err == ""


def test_a_run_without_figures_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "load_run", lambda kind, name: lambda full: [])
    assert command.main("bench", ["quick"]) == 1


def test_the_page_shows_the_newest_record_of_each_figure(tmp_path: Path) -> None:
    now = datetime(2026, 1, 13, tzinfo=UTC)
    for value in (1.0, 2.0):
        figure = Series("quick").figure("rate", "1/s", Measured(value, 1, 1.0))
        recording.record(tmp_path, [figure], kind="bench", full=False, now=now)
    page = (tmp_path / recording.PAGE).read_text(encoding="utf-8")
    assert "| rate, 1/s | 2 | - |" in page
    assert "| rate, 1/s | 1 |" not in page
    kept = recording.load(tmp_path)
    assert len(kept) == 2
    assert Figure.from_form({key: kept[1][key] for key in KEYS}).ours == 2.0


def test_the_performance_page_is_current() -> None:
    page = (ROOT / recording.PAGE).read_text(encoding="utf-8")
    assert page == recording.render(recording.load(ROOT))


def test_no_record_names_the_machine() -> None:
    assert all("cores" in each["machine"] and "/" not in each["machine"] for each in recording.load(ROOT))
