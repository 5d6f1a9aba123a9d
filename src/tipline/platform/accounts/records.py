"""The audit entries of the accounts, in the audit's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tipline.domain.actor import Actor
from tipline.platform.audit.act import Act, Detail, Outcome
from tipline.platform.audit.service import record as write


@dataclass(frozen=True, slots=True)
class Event:
    """One act on an account. `account_id` is None where the name typed belongs to nobody."""

    verb: str
    by: Actor
    account_id: int | None
    outcome: Outcome = Outcome.DONE
    details: Mapping[str, Detail] = field(default_factory=dict)


def record(*, event: Event, now: datetime) -> None:
    """This function will write the act into the audit, inside the current transaction."""
    write(
        act=Act(
            at=now,
            actor=event.by,
            verb=event.verb,
            object_kind="account",
            object_id="" if event.account_id is None else str(event.account_id),
            outcome=event.outcome,
            details=event.details,
        )
    )
