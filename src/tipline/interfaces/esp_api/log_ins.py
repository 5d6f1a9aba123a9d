"""The slow check of a company's credential, with its entry in the audit. Runs on a thread with its own connection.

A program presents its credential with every call. A good one is entered once an hour for each address, a wrong one at
most sixty times a minute: whoever guesses must not be able to fill a log that nobody may shorten.
"""

from __future__ import annotations

import threading
import time

from django.db import transaction

from tipline.domain.actor import Actor, ActorKind
from tipline.platform import clock
from tipline.platform.audit.service import Act, record
from tipline.reference.directory import queries as directory
from tipline.reference.directory.queries import CheckedCredential
from tipline.stages.intake.acceptance import tend_connection

GOOD_SECONDS = 3600.0
WRONG_A_MINUTE = 60
MOST_HELD = 10_000


class LogIns:
    """Checks credentials and enters log-ins. One for each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entered: dict[tuple[int, str], float] = {}
        self._minute, self._wrong = 0, 0

    def check(self, given: tuple[str, str], environment: str, origin: str) -> CheckedCredential | None:
        """This function will check user name and secret. Raises DatabaseError, also where the audit fails."""
        tend_connection()
        with transaction.atomic():
            found = directory.check_credential(*given, environment)
            if found is None and self._may_enter_wrong():
                details = {"environment": environment, "reason": "credential"}
                _enter("esp.authentication_failed", "unknown", "refused", origin, details)
            if found is not None and self._is_new(found.id, origin):
                details = {"environment": environment, "esp": str(found.esp.id)}
                _enter("esp.authenticated", str(found.esp.id), "done", origin, details)
        return found

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
