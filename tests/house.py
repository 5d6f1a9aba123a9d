"""One running house for all tests that look at it from outside: started once a run, with accounts of every role.

The demo world is on, so that documentation addresses have places; its story is not played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from tests import stack
from tests.stack import Credential, Stack

COMPANY = "Example Chat"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The house, every deployable under its own database role."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "data").mkdir()
    (folder / "data" / "demo.played").touch()
    with stack.start(folder, {"TIPLINE_DEMO": "yes"}) as running:
        yield running


@pytest.fixture(scope="session")
def company(house: Stack) -> Credential:
    """A company's log-in to the API."""
    return house.company(COMPANY)


@dataclass(slots=True)
class People:
    """The accounts of the house: authenticator secrets by name; a one-time code is used once."""

    house: Stack
    secrets: dict[str, str]

    def code(self, username: str) -> str:
        """This function will return the present code of an account."""
        from tipline.platform import clock
        from tipline.platform.accounts.totp import current_code

        return current_code(self.secrets[username], clock.now())


@pytest.fixture(scope="session")
def people(house: Stack, company: Credential) -> People:
    """The demo's accounts: call taker, analyst, supervisor, three officers, one company user."""
    made = house.ask(
        "from tipline.demo import accounts\n"
        "from tipline.platform import clock\n"
        "answer = accounts.create_users(clock.now())"
    )
    return People(house, made)


Wait = Callable[[int, str], None]


@pytest.fixture(scope="session")
def await_state(house: Stack) -> Wait:
    """Waits until a report stands in a state; fails with the house's logs."""
    import time

    def wait(number: int, state: str, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        found = ""
        while time.monotonic() < deadline:
            [(found, hold)] = house.rows("SELECT state, hold_reason FROM reports_report WHERE number = %s", number)
            if found == state:
                return
            assert not hold, f"{number} is on hold: {hold}\n{house.logs()}"
            time.sleep(0.2)
        raise AssertionError(f"{number} stands in {found}, not {state}\n{house.logs()}")

    return wait
