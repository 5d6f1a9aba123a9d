"""These tests know Django: it is loaded before they are collected. Unit tests are not given it."""

import django

django.setup()

from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from tests.house import await_state, company, house, people  # noqa: E402, F401 (fixtures)

CHROMIUM = "/usr/bin/chromium"
# As root there is no sandbox of its own, and nothing may reach outside.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all stories; each has windows of its own."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no chromium: ./tipline test installs it where it may")
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()
