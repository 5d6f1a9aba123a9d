"""The same call twice is one act: what an Idempotency-Key led to, for as long as the report lives.

A key belongs to one company, one environment and one call. Whoever comes second with it waits for the first one's
commit and gets the first one's answer; with another body it is refused. ADR 15.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tipline.domain.errors import Refusal
from tipline.domain.states import ReportState
from tipline.reports import queries as reports
from tipline.stages.intake.esp import Sender
from tipline.stages.intake.models import KeptAnswer
from tipline.stages.intake.rules import Standing, is_overdue

KEY_REUSED = "key_reused"
_DEAD = frozenset({ReportState.RETRACTED, ReportState.LAPSED, ReportState.PURGED})


@dataclass(frozen=True, slots=True)
class Once:
    """A call that is to happen once: the digest of who calls what with which key."""

    key_sha256: bytes

    @property
    def lock(self) -> int:
        """The number under which such calls wait for each other."""
        return int.from_bytes(self.key_sha256[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class Done:
    """What a call led to; `again` says that it had been made before."""

    number: int
    file_id: str = ""
    md5: str = ""
    again: bool = False


def once_of(sender: Sender, call: str, key: str) -> Once:
    """This function will make the digest of a key; only that is ever kept."""
    named = f"{sender.esp_id}\0{sender.environment}\0{call}\0{key}"
    return Once(hashlib.sha256(named.encode()).digest())


def is_known(once: Once, now: datetime) -> bool:
    """This function will tell whether a key led to a report that still lives."""
    return _find(once, now) is not None


def do(*, once: Once, body: bytes, work: Callable[[], Done], now: datetime) -> Done:
    """This function will do an act once; joins the caller's transaction. `body` is the SHA-256 of what was sent.

    Raises what the work raises, and Refusal `key_reused` where the key came with another body before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [once.lock])
    kept = _find(once, now)
    if kept is None:
        done = work()
        _keep(once, body, done)
        return done
    if bytes(kept.body_sha256) != body:
        raise Refusal(
            KEY_REUSED,
            "This Idempotency-Key was used before with another body. Use a new key for a new call; "
            "with the same key, send the very same bytes.",
            field="Idempotency-Key",
        )
    return Done(kept.number, kept.file_id, kept.md5, again=True)


def _find(once: Once, now: datetime) -> KeptAnswer | None:
    kept = KeptAnswer.objects.filter(pk=once.key_sha256).first()
    return kept if kept is not None and _lives(kept.number, now) else None


def _lives(number: int, now: datetime) -> bool:
    life = reports.find_life(number)
    if life is None or life.state in _DEAD:
        return False
    standing = Standing(life.esp_id, life.environment, life.state, life.opened_at, life.changed_at)
    return life.state is not ReportState.OPEN or not is_overdue(standing, now)


def _keep(once: Once, body: bytes, done: Done) -> None:
    # The key of a report that ended is free again, so there may be a row of it.
    KeptAnswer.objects.update_or_create(
        key_sha256=once.key_sha256,
        defaults={"body_sha256": body, "number": done.number, "file_id": done.file_id, "md5": done.md5},
    )


def forget(*, number: int) -> None:
    """This function will delete what keys led to a report whose content is destroyed."""
    KeptAnswer.objects.filter(number=number).delete()
