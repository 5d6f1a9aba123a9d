"""Verbs an operator needs while the house runs, tried on a running house."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.house import People
from tests.stack import Stack

from tipline.demo.visitor import Lost, Visitor
from tipline.platform.accounts.lockout import FAILURES

NAME = "company"


def verb(house: Stack, *words: str) -> str:
    command = [sys.executable, "-m", "tipline.cli", *words]
    done = subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def try_password(house: Stack) -> str:
    visitor = Visitor(house.address("esp_web"))
    try:
        page = visitor.press(visitor.open("/account/login/"), "Continue", {"login": NAME, "password": "wrong"})
        return page.text()
    finally:
        visitor.close()


def test_unlock_lets_a_locked_account_try_again(house: Stack, people: People) -> None:
    for _ in range(FAILURES - 1):
        try_password(house)
    for _ in range(2):
        with pytest.raises(Lost, match="403"):
            try_password(house)
    assert verb(house, "unlock", NAME) == "company can log in again: 1 lock released."
    assert "Continue" in try_password(house)
    assert verb(house, "unlock", NAME) == "No lock stood on company; its failed log-ins are forgotten."


def test_no_door_starts_with_a_warning(house: Stack) -> None:
    logs = {path.name: path.read_text() for path in (house.folder / "data" / "log").glob("*.log")}
    assert {"public.log", "esp_web.log", "desk.log", "portal.log", "esp_api.log"} <= set(logs)
    assert [name for name, log in logs.items() if "Configuration allows spawning" in log] == []
    assert all("Started worker-1" in log for name, log in logs.items() if name != "worker.log")
