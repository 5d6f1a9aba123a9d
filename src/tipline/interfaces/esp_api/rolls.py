"""The roll of all live credentials, in memory: whoever is on it is known without asking the database.

It is read anew every REFRESH_SECONDS beside the calls, and never used when older than MOST_AGE_SECONDS, so that
revoking works within a minute. Who is not found on it waits for the next one, which all who wait share: a
credential issued a moment ago works, and a flood of unknown names costs one query in each pause, however many come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from time import monotonic

from tipline.reference.directory.queries import CheckedCredential, KeptCredential

REFRESH_SECONDS = 20.0
MOST_AGE_SECONDS = 50.0
PAUSE_SECONDS = 0.5
Load = Callable[[], Iterable[KeptCredential]]


@dataclass(frozen=True, slots=True)
class Roll:
    """Who was live at a moment, by environment and user name.

    admitted: who was let in by it, by environment and a keyed digest of what they showed; it ends with the roll.
    """

    begun: float
    kept: Mapping[tuple[str, str], KeptCredential]
    admitted: dict[tuple[str, bytes], CheckedCredential] = field(default_factory=dict)


class Rolls:
    """The present roll and its renewal."""

    def __init__(self, executor: Executor | None, load: Load, pause: float) -> None:
        self._executor = executor
        self._load = load
        self._pause = pause
        self._roll: Roll | None = None
        self._begun = 0.0  # the last try, whatever became of it
        self._renewal: asyncio.Task[None] | None = None

    def at_hand(self) -> Roll | None:
        """This function will give the present roll where it is young enough, and have it renewed in time."""
        age = monotonic() - self._roll.begun if self._roll else MOST_AGE_SECONDS
        if age >= MOST_AGE_SECONDS:
            return None
        if age >= REFRESH_SECONDS:
            self._renew()
        return self._roll

    async def current(self) -> Roll:
        """This function will give a roll that is young enough. Raises DatabaseError where none can be had."""
        return self.at_hand() or await self.next()

    async def next(self) -> Roll:
        """This function will give a roll that was begun after this call. Raises DatabaseError."""
        asked = monotonic()
        while self._roll is None or self._roll.begun < asked:
            await asyncio.shield(self._renew())
        return self._roll

    def _renew(self) -> asyncio.Task[None]:
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.ensure_future(self._read())
            # A renewal beside the calls may fail unheard: the roll grows old, and then the callers hear of it.
            self._renewal.add_done_callback(lambda done: done.cancelled() or done.exception())
        return self._renewal

    async def _read(self) -> None:
        await asyncio.sleep(max(0.0, self._begun + self._pause - monotonic()))
        begun = self._begun = monotonic()
        if self._executor is None:
            rows = self._load()
        else:
            rows = await asyncio.get_running_loop().run_in_executor(self._executor, self._load)
        kept = {(row.credential.environment, row.credential.username): row for row in rows}
        self._roll = Roll(begun, kept)
