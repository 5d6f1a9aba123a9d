"""The door's sign of life: what it counted in each minute of production is written down, for the status page."""

from __future__ import annotations

import asyncio
import logging
import secrets
from concurrent.futures import Executor

from tipline.platform import clock
from tipline.stages.intake import signs
from tipline.stages.intake.acceptance import tend_connection
from tipline.stages.intake.signs import Counts

MINUTE = 60.0
_LOG = logging.getLogger("tipline.esp_api")
_COLUMN = {503: "shed", 429: "over_quota", 500: "failed"}


class Pulse:
    """Counts answers, and writes the counts down each minute on a thread that has a connection of its own."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._name = secrets.token_hex(6)
        self._counts: dict[str, int] = {}

    def count(self, status: int) -> None:
        """This function will count one answer of production."""
        column = "taken" if status == 200 else _COLUMN.get(status)
        if column:
            self._counts[column] = self._counts.get(column, 0) + 1

    async def beat(self) -> None:
        """This function will write the counts down, at once and then each minute, until it is cancelled."""
        while True:
            counts, self._counts = Counts(**self._counts), {}
            await asyncio.get_running_loop().run_in_executor(self._executor, self._write, counts)
            await asyncio.sleep(MINUTE)

    def _write(self, counts: Counts) -> None:
        try:
            tend_connection()
            signs.give_sign(process=self._name, counts=counts, now=clock.now())
        except Exception as error:  # what cannot be written down is missing, and that tells the same
            _LOG.error("sign of life: %s", type(error).__name__)
