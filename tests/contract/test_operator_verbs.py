"""Verbs an operator needs while the house runs, tried on a running house."""

from __future__ import annotations

import re
import subprocess
import sys

import httpx
import pytest
from tests.house import COMPANY, People
from tests.stack import Credential, Stack

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


def test_unlock_does_not_claim_anything_for_an_unknown_account(house: Stack) -> None:
    command = [sys.executable, "-m", "tipline.cli", "unlock", "nobody"]
    done = subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "There is no account nobody: nothing was released. Compare the name."
    assert done.stdout == ""


def test_a_stranger_gets_a_credential_that_opens_the_api_and_the_audit_knows(house: Stack, company: Credential) -> None:
    said = verb(house, "credential", COMPANY)
    username, secret = (re.search(rf"{name} +(\S+)", said)[1] for name in ("User name", "Secret"))  # type: ignore[index]
    assert f"curl -u '{username}:{secret}' {house.address('esp_api')}/test/ispws/status" in said
    answer = httpx.get(f"{house.address('esp_api')}/test/ispws/status", auth=(username, secret))
    assert answer.status_code == 200
    assert "<responseCode>0</responseCode>" in answer.text
    rows = house.rows("SELECT count(*) FROM audit_entry WHERE verb = 'esp.credential_issued' AND actor_ident = 'cli'")
    assert rows[0][0] >= 1


def test_a_company_that_nobody_knew_is_entered_once_and_its_administrator_asked_in(house: Stack) -> None:
    name = "Harbour Boards Example"
    assert "is in the directory now" in verb(house, "company", name, "--new")
    assert re.search(r"^Code +\S+$", verb(house, "invite", name, "boards.admin", "Mia Example"), re.MULTILINE)
    command = [sys.executable, "-m", "tipline.cli", "company", name, "--new"]
    again = subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=60, check=False)
    assert (again.returncode, again.stderr.strip()) == (1, "A company of this name is in the directory.")


def test_no_door_starts_with_a_warning(house: Stack) -> None:
    logs = {path.name: path.read_text() for path in (house.folder / "data" / "log").glob("*.log")}
    assert {"public.log", "esp_web.log", "desk.log", "portal.log", "esp_api.log"} <= set(logs)
    assert [name for name, log in logs.items() if "arning" in log] == []
    assert all("Serving tipline." in log for name, log in logs.items() if name != "worker.log")
