"""Who calls: HTTP Basic against the directory's credentials; the slow check once, then a minute of memory."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from tipline.domain.errors import Refusal
from tipline.reference.directory.queries import CheckedCredential
from tipline.stages.intake.acceptance import Overloaded

REMEMBER_SECONDS = 60.0
MOST_REMEMBERED = 10_000
MOST_CHECKS = 64  # slow checks under way or waiting; more are turned away, so that guessing cannot fill the memory
# User name and secret, environment, address of the caller.
Check = Callable[[tuple[str, str], str, str], CheckedCredential | None]


@dataclass(frozen=True, slots=True)
class _Known:
    credential: CheckedCredential
    until: float


def read_basic(header: str) -> tuple[str, str] | None:
    """This function will read user name and password of an Authorization header; None where there is none.

    Source: RFC 7617; UTF-8 is taken, and ISO-8859-1 where it is no UTF-8.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(token.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("iso-8859-1")
    user, colon, password = text.partition(":")
    return (user, password) if colon and "\0" not in text else None


class Gate:
    """Checks callers.

    A credential is looked up again after REMEMBER_SECONDS, so revoking it works within a minute.
    """

    def __init__(self, executor: Executor | None, check: Check) -> None:
        self._executor = executor
        self._check = check
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, _Known] = {}
        self._asked: dict[bytes, asyncio.Future[CheckedCredential | None]] = {}

    async def admit(self, header: str, environment: str, origin: str) -> CheckedCredential:
        """This function will tell which company calls.

        Raises Refusal `no_credential`, Overloaded, DatabaseError.
        """
        given = read_basic(header)
        if given is None:
            raise _refused()
        # The secret itself is not kept in memory; what is kept is of no use outside this process.
        mark = hmac.digest(self._key, "\0".join((environment, *given)).encode(), hashlib.sha256)
        known = self._known.get(mark)
        if known is not None and known.until > time.monotonic():
            return known.credential
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
        self._known.pop(mark, None)
        if done.cancelled() or done.exception() is not None or done.result() is None:
            return
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        credential = done.result()
        assert credential is not None
        self._known[mark] = _Known(credential, time.monotonic() + REMEMBER_SECONDS)


def _refused() -> Refusal:
    return Refusal("no_credential", "Authentication required.")
