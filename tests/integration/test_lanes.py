"""The test run in two lanes: every failure is told and counts, whatever the other lane says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tipline.commands import checks, lanes

GOOD, BAD = "def test_it():\n    assert 1\n", "def test_it():\n    assert 1 == 2, 'the reason'\n"
OTHER = "def test_other():\n    assert 1\n"


def run(root: Path, *contents: str, arguments: tuple[str, ...] = ()) -> int:
    names = [f"test_{number}.py" for number, _ in enumerate(contents)]
    for name, content in zip(names, contents, strict=True):
        (root / name).write_text(content)
    return lanes.run(("-p", "no:cacheprovider", *arguments), root=root, lanes=[(name,) for name in names])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a bare pytest starts in a tenth of the time
    monkeypatch.setenv("PYTHONPATH", "")
    return tmp_path


def test_a_failure_in_either_lane_is_told_and_fails_the_run(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for order in ((GOOD, BAD), (BAD, GOOD)):
        assert run(root, *order) == 1
        said = capfd.readouterr().out
        assert "the reason" in said
        assert {"1 failed", "1 passed"} == set(said.splitlines()[-1].removeprefix("all: ").split(" in ")[0].split(", "))


def test_two_good_lanes_are_good_with_the_words_passed_on_and_the_sum_last(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(root, GOOD, GOOD + OTHER, GOOD.replace("it", "more"), arguments=("-k", "it or other")) == 0
    assert capfd.readouterr().out.splitlines()[-1].startswith("all: 3 passed, 1 deselected in ")


def test_a_broken_lane_fails_the_run(root: Path) -> None:
    assert run(root, GOOD, "import nowhere_to_be_found") not in (0, lanes.NOTHING_COLLECTED)


@pytest.mark.parametrize(
    ("words", "is_all"),
    [((), True), (("-x", "-k", "route"), True), (("tests/unit",), False), (("-q", "tests/stack.py::x"), False)],
)
def test_named_tests_run_alone(words: tuple[str, ...], is_all: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[bool] = []
    monkeypatch.setenv("PYTHONPATH", "src")
    monkeypatch.setattr(lanes, "run", lambda arguments, root: ran.append(True) or 0)
    monkeypatch.setattr(checks, "_python", lambda *arguments: ran.append(False) or 0)
    assert checks.test(words) == 0
    assert ran == [is_all]
