"""How many calls a minute somebody may make, counted by the minute for all threads of a process."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Hashable

MINUTE_SECONDS = 60.0
MOST_HELD = 10_000


class Brake:
    """Counts in whole minutes from each caller's first call: one small row a caller, forgotten when it is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[Hashable, tuple[float, int]] = {}

    def count(self, caller: Hashable, most: int) -> int:
        """This function will count one call; 0 where it may go on, else the seconds until it may come back."""
        now = time.monotonic()
        with self._lock:
            ends, so_far = self._counted.get(caller, (0.0, 0))
            if ends <= now:
                self._make_room(now)
                ends, so_far = now + MINUTE_SECONDS, 0
            self._counted[caller] = (ends, so_far + 1)
        return 0 if so_far < most else max(1, math.ceil(ends - now))

    def is_full(self, caller: Hashable, most: int) -> int:
        """This function will say, without counting, how many seconds a caller has to wait; 0 for none."""
        now = time.monotonic()
        with self._lock:
            ends, so_far = self._counted.get(caller, (0.0, 0))
        return max(1, math.ceil(ends - now)) if ends > now and so_far >= most else 0

    def _make_room(self, now: float) -> None:
        if len(self._counted) >= MOST_HELD:
            self._counted = {caller: row for caller, row in self._counted.items() if row[0] > now}
        if len(self._counted) >= MOST_HELD:
            self._counted.clear()
