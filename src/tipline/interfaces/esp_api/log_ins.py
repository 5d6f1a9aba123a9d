"""The roll of credentials from the database, and the audit of log-ins. Runs on threads with their own connections.

A program presents its credential with every call. A good one is entered once an hour for each address, a wrong one at
most sixty times a minute: whoever guesses must not be able to fill a log that nobody may shorten.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from django.db import DatabaseError, transaction

from tipline.domain.actor import Actor, ActorKind
from tipline.platform import clock
from tipline.platform.audit.service import Act, record
from tipline.reference.directory import queries as directory
from tipline.reference.directory.queries import CheckedCredential, KeptCredential
from tipline.stages.intake.acceptance import tend_connection

GOOD_SECONDS = 3600.0
WRONG_A_MINUTE = 60
MOST_HELD = 10_000


class LogIns:
    """Reads the roll and enters log-ins. One for each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entered: dict[tuple[int, str], float] = {}
        self._minute, self._wrong = 0, 0

    def load(self) -> Iterable[KeptCredential]:
        """This function will read all live credentials. Raises DatabaseError."""
        tend_connection()
        return directory.list_kept_credentials()

    def is_worth_noting(self, found: CheckedCredential | None, origin: str) -> bool:
        """This function will tell whether this log-in is to be entered, and count it."""
        return self._may_enter_wrong() if found is None else self._is_new(found.id, origin)

    def note(self, found: CheckedCredential | None, environment: str, origin: str) -> None:
        """This function will enter a log-in, or a wrong one. Raises DatabaseError; a good one is then tried again."""
        tend_connection()
        try:
            with transaction.atomic():
                if found is None:
                    details = {"environment": environment, "reason": "credential"}
                    _enter("esp.authentication_failed", "unknown", "refused", origin, details)
                else:
                    details = {"environment": environment, "esp": str(found.esp.id)}
                    _enter("esp.authenticated", str(found.esp.id), "done", origin, details)
        except DatabaseError:
            if found is not None:
                with self._lock:
                    self._entered.pop((found.id, origin), None)
            raise

    def _may_enter_wrong(self) -> bool:
        minute = int(time.monotonic() // 60)
        with self._lock:
            self._wrong = self._wrong + 1 if minute == self._minute else 1
            self._minute = minute
            return self._wrong <= WRONG_A_MINUTE

    def _is_new(self, credential_id: int, origin: str) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._entered.get((credential_id, origin), -GOOD_SECONDS) < GOOD_SECONDS:
                return False
            if len(self._entered) >= MOST_HELD:
                self._entered.clear()
            self._entered[credential_id, origin] = now
            return True


def _enter(verb: str, esp: str, outcome: str, origin: str, details: dict[str, str]) -> None:
    actor = Actor(ActorKind.ESP, esp, role="esp_api", origin=origin)
    record(
        Act(
            at=clock.now(),
            actor=actor,
            verb=verb,
            object_kind="esp",
            object_id=esp,
            outcome=outcome,
            details=details,
        )
    )
