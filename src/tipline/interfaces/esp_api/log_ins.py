"""The slow check of a company's credential, with its entry in the audit. Runs on a thread with its own connection."""

from __future__ import annotations

from django.db import transaction

from tipline.domain.actor import Actor, ActorKind
from tipline.interfaces.wire.sparing import Sparing
from tipline.platform import clock
from tipline.platform.audit.service import Act, record
from tipline.reference.directory import queries as directory
from tipline.reference.directory.queries import CheckedCredential
from tipline.stages.intake.acceptance import tend_connection


class LogIns:
    """Checks credentials and enters log-ins. One for each process."""

    def __init__(self) -> None:
        self._sparing = Sparing()

    def check(self, given: tuple[str, str], environment: str, origin: str) -> CheckedCredential | None:
        """This function will check user name and secret. Raises DatabaseError, also where the audit fails."""
        tend_connection()
        with transaction.atomic():
            found = directory.check_credential(*given, environment)
            if found is None and self._sparing.may_enter_wrong():
                details = {"environment": environment, "reason": "credential"}
                _enter("esp.authentication_failed", "unknown", "refused", origin, details)
            if found is not None and self._sparing.is_new(found.id, origin):
                details = {"environment": environment, "esp": str(found.esp.id)}
                _enter("esp.authenticated", str(found.esp.id), "done", origin, details)
        return found


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
