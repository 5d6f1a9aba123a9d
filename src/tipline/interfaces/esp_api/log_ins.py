"""The roll of credentials from the database, and the audit of log-ins. Runs on threads with their own connections."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import DatabaseError, transaction

from tipline.domain.actor import Actor, ActorKind
from tipline.interfaces.wire.sparing import Sparing
from tipline.platform import clock
from tipline.platform.audit.service import Act, record
from tipline.reference.directory import queries as directory
from tipline.reference.directory.queries import CheckedCredential, KeptCredential
from tipline.stages.intake.acceptance import tend_connection


class LogIns:
    """Reads the roll and enters log-ins. One for each process."""

    def __init__(self) -> None:
        self._sparing = Sparing()

    def load(self) -> Iterable[KeptCredential]:
        """This function will read all live credentials. Raises DatabaseError."""
        tend_connection()
        return directory.list_kept_credentials()

    def is_worth_noting(self, found: CheckedCredential | None, origin: str) -> bool:
        """This function will tell whether this log-in is to be entered, and count it."""
        return self._sparing.may_enter_wrong() if found is None else self._sparing.is_new(found.id, origin)

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
                self._sparing.forget(found.id, origin)
            raise


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
