"""The page of settings is the one that the code makes."""

from __future__ import annotations

from pathlib import Path

from tipline.commands.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_the_page_of_settings_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: ./tipline settings > docs/reference/settings.md"
