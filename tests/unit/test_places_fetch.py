"""Fetching of place data: complete or not at all, and a failure is one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tipline.commands import places


@pytest.fixture
def told() -> list[str]:
    return []


def _npm(writes: bool) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        (folder / "node_modules").mkdir()
        if not writes:
            raise places.PlacesFailed("Fetching place data failed (no route).")
        (folder / "node_modules" / "data").write_text("new")

    return run


def test_a_fetch_that_fails_leaves_the_former_data_and_no_mark(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "data").write_text("former")
    monkeypatch.setattr(places, "npm_ci", _npm(writes=False))
    with pytest.raises(places.PlacesFailed):
        places.install(tmp_path, told.append)
    assert (tmp_path / "node_modules" / "data").read_text() == "former"
    assert not places.is_current(tmp_path)
    assert not list(tmp_path.glob(".fetching-*"))


def test_a_fetch_that_succeeds_replaces_the_data_and_is_not_repeated(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "node_modules").mkdir()
    monkeypatch.setattr(places, "npm_ci", _npm(writes=True))
    places.install(tmp_path, told.append)
    places.install(tmp_path, told.append)
    assert (tmp_path / "node_modules" / "data").read_text() == "new"
    assert len(told) == 2
