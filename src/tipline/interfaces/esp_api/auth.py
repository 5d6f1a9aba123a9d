"""Who calls: HTTP Basic against the directory's credentials; the slow check once, then a minute of memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from tipline.domain.errors import Refusal
from tipline.interfaces.wire.basic import read_basic
from tipline.interfaces.wire.memory import Memory
from tipline.reference.directory.queries import CheckedCredential
from tipline.stages.intake.acceptance import Overloaded

MOST_CHECKS = 64  # slow checks under way or waiting; more are turned away, so that guessing cannot fill the memory
# User name and secret, environment, address of the caller.
Check = Callable[[tuple[str, str], str, str], CheckedCredential | None]


class Gate:
    """Checks callers.

    A credential is looked up again after a minute (`wire.memory`), so revoking it works within a minute.
    """

    def __init__(self, executor: Executor | None, check: Check) -> None:
        self._executor = executor
        self._check = check
        self._memory: Memory[CheckedCredential] = Memory()
        self._asked: dict[bytes, asyncio.Future[CheckedCredential | None]] = {}

    async def admit(self, header: str, environment: str, origin: str) -> CheckedCredential:
        """This function will tell which company calls.

        Raises Refusal `no_credential`, Overloaded, DatabaseError.
        """
        given = read_basic(header)
        if given is None:
            raise _refused()
        mark = self._memory.mark(environment, *given)
        known = self._memory.recall(mark)
        if known is not None:
            return known
        credential = await self._ask(mark, lambda: self._check(given, environment, origin))
        if credential is None:
            raise _refused()
        return credential

    async def _ask(self, mark: bytes, check: Callable[[], CheckedCredential | None]) -> CheckedCredential | None:
        # Many calls with one new credential wait for one check.
        asked = self._asked.get(mark)
        if asked is None:
            if len(self._asked) >= MOST_CHECKS:
                raise Overloaded
            asked = asyncio.ensure_future(self._run(check))
            self._asked[mark] = asked
            asked.add_done_callback(lambda done: self._remember(mark, done))
        return await asyncio.shield(asked)

    async def _run(self, check: Callable[[], CheckedCredential | None]) -> CheckedCredential | None:
        if self._executor is None:
            return check()
        return await asyncio.get_running_loop().run_in_executor(self._executor, check)

    def _remember(self, mark: bytes, done: asyncio.Future[CheckedCredential | None]) -> None:
        del self._asked[mark]
        self._memory.forget(mark)
        if done.cancelled() or done.exception() is not None or (credential := done.result()) is None:
            return
        self._memory.keep(mark, credential)


def _refused() -> Refusal:
    return Refusal("no_credential", "Authentication required.")
