"""Who calls: HTTP Basic against the roll of live credentials (`rolls`). ADR 10."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from typing import Protocol, TypeVar

from tipline.domain.errors import Refusal
from tipline.domain.networks import site_of
from tipline.interfaces.esp_api.rolls import PAUSE_SECONDS, Roll, Rolls
from tipline.interfaces.wire.basic import read_basic
from tipline.platform.program_secrets import is_fast, matches
from tipline.reference.directory.queries import CheckedCredential, KeptCredential
from tipline.stages.intake.rules import Overloaded

MOST_CHECKS = 64  # slow checks under way or waiting; more are turned away, so that guessing cannot fill the memory
WRONG_A_MINUTE = 10  # slow checks that failed, of one caller; then none is made for him until the minute is over
MOST_HELD = 10_000
T = TypeVar("T")


class LogIns(Protocol):
    """Reads the roll, and enters log-ins into the audit; on threads with a connection of their own."""

    def load(self) -> Iterable[KeptCredential]:
        """Read all live credentials."""

    def note(self, found: CheckedCredential | None, environment: str, origin: str) -> None:
        """Enter a log-in, or a wrong one."""

    def is_worth_noting(self, found: CheckedCredential | None, origin: str) -> bool:
        """Tell whether this one is to be entered."""


class Gate:
    """Checks callers.

    A credential in the fast form costs a look-up in memory. One in the slow form is compared on a lane of its own, once
    in the life of the process; a flood of guesses holds up nobody but those that were not compared yet.
    """

    def __init__(
        self,
        executor: Executor | None,
        log_ins: LogIns,
        *,
        slow: Executor | None = None,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._executor, self._slow = executor, slow or executor
        self._key = secrets.token_bytes(32)
        self._log_ins = log_ins
        self._rolls = Rolls(executor, log_ins.load, pause)
        self._comparer = _SlowComparer(self._slow)

    async def admit(self, header: str, environment: str, origin: str) -> CheckedCredential:
        """This function will tell which company calls.

        Raises Refusal `no_credential`, Overloaded, DatabaseError.
        """
        found = self.recall(header, environment)
        if found is None:
            given = read_basic(header)
            if given is None:
                raise _refused()
            roll = await self._rolls.current()
            found = await self._checked(roll, (environment, given[0]), given[1], origin)
            if found is not None and len(roll.admitted) < MOST_HELD:
                roll.admitted[environment, self._mark(header)] = found
        if self._log_ins.is_worth_noting(found, origin):
            await _run(self._executor, lambda: self._log_ins.note(found, environment, origin))
        if found is None:
            raise _refused()
        return found

    def recall(self, header: str, environment: str) -> CheckedCredential | None:
        """This function will tell at once who calls, where it was checked a moment ago; None where it was not."""
        roll = self._rolls.at_hand()
        return roll.admitted.get((environment, self._mark(header))) if roll else None

    def _mark(self, header: str) -> bytes:
        return hmac.digest(self._key, header.encode(), hashlib.sha256)

    async def _checked(self, roll: Roll, who: tuple[str, str], secret: str, origin: str) -> CheckedCredential | None:
        before = roll.kept.get(who)
        found = await self._compare(before, secret, origin)
        if found is None:
            # An unknown name and a wrong secret wait alike: nobody learns from the time which names there are.
            after = (await self._rolls.next()).kept.get(who)
            if after != before:
                found = await self._compare(after, secret, origin)
        return found

    async def named(self, header: str, environment: str) -> CheckedCredential | None:
        """This function will tell which live credential a caller names, whatever the secret. Raises DatabaseError."""
        given = read_basic(header)
        kept = (await self._rolls.current()).kept.get((environment, given[0])) if given else None
        return kept.credential if kept else None

    async def _compare(self, kept: KeptCredential | None, secret: str, origin: str) -> CheckedCredential | None:
        if kept is None:
            return None
        if is_fast(kept.form):
            equal = matches(kept.form, secret)
        else:
            equal = await self._comparer.compare(kept.form, secret, site_of(origin))
        return kept.credential if equal else None


class _SlowComparer:
    """Compares with slow forms, each good one once: then a keyed digest of the secret stands for it in memory."""

    def __init__(self, executor: Executor | None) -> None:
        self._executor = executor
        self._key = secrets.token_bytes(32)
        self._proven: dict[str, bytes] = {}
        self._asked: dict[tuple[str, bytes], asyncio.Future[bool]] = {}
        self._minute, self._wrong = 0, dict[str, int]()

    async def compare(self, form: str, secret: str, who: str) -> bool:
        """This function will compare. Raises Overloaded where there is no room, or this caller guessed too often."""
        mark = hmac.digest(self._key, secret.encode(), hashlib.sha256)
        if form in self._proven:
            return hmac.compare_digest(self._proven[form], mark)
        asked = self._asked.get((form, mark))  # many calls with one credential wait for one comparison
        if asked is None:
            if len(self._asked) >= MOST_CHECKS or self._wrong_of(who) >= WRONG_A_MINUTE:
                raise Overloaded
            asked = asyncio.ensure_future(_run(self._executor, lambda: matches(form, secret)))
            self._asked[form, mark] = asked
            asked.add_done_callback(lambda done: self._compared(form, mark, who, done))
        return await asyncio.shield(asked)

    def _compared(self, form: str, mark: bytes, who: str, done: asyncio.Future[bool]) -> None:
        del self._asked[form, mark]
        if done.cancelled() or done.exception() is not None:
            return
        if not done.result():
            self._wrong[who] = self._wrong_of(who) + 1
            return
        if len(self._proven) >= MOST_HELD:
            self._proven.clear()
        self._proven[form] = mark

    def _wrong_of(self, who: str) -> int:
        minute = int(time.monotonic() // 60)
        if minute != self._minute or len(self._wrong) >= MOST_HELD:
            self._minute = minute
            self._wrong.clear()
        return self._wrong.get(who, 0)


async def _run(executor: Executor | None, work: Callable[[], T]) -> T:
    if executor is None:
        return work()
    return await asyncio.get_running_loop().run_in_executor(executor, work)


def _refused() -> Refusal:
    return Refusal("no_credential", "Authentication required.")
