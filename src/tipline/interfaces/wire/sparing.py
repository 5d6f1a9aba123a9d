"""When a log-in of a program is entered into the audit.

A program presents its credential with every call. A good one is entered once an hour for each address, a wrong one at
most sixty times a minute: whoever guesses must not be able to fill a log that nobody may shorten.
"""

from __future__ import annotations

import threading
import time

GOOD_SECONDS = 3600.0
WRONG_A_MINUTE = 60
MOST_HELD = 10_000


class Sparing:
    """Counts what was entered. One for each process and door."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entered: dict[tuple[int, str], float] = {}
        self._minute, self._wrong = 0, 0

    def may_enter_wrong(self) -> bool:
        """This function will count a wrong credential and say whether it is still entered."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            self._wrong = self._wrong + 1 if minute == self._minute else 1
            self._minute = minute
            return self._wrong <= WRONG_A_MINUTE

    def is_new(self, credential_id: int, origin: str) -> bool:
        """This function will say whether a good credential was not entered from here within the hour."""
        now = time.monotonic()
        with self._lock:
            if now - self._entered.get((credential_id, origin), -GOOD_SECONDS) < GOOD_SECONDS:
                return False
            if len(self._entered) >= MOST_HELD:
                self._entered.clear()
            self._entered[credential_id, origin] = now
            return True

    def forget(self, credential_id: int, origin: str) -> None:
        """This function will have a good credential entered again: its entry was not kept."""
        with self._lock:
            self._entered.pop((credential_id, origin), None)
