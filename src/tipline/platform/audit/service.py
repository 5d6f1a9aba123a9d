"""Writing the audit: entries in the transaction of their acts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import connection

from tipline.platform.audit.act import Act, Outcome, canonical
from tipline.platform.audit.sequencer import seal, tend
from tipline.platform.audit.witness import hand_out
from tipline.platform.database.rows import Row, Table

__all__ = ["Act", "NoTransaction", "Outcome", "hand_out", "record", "record_many", "seal", "tend"]

_ENTRIES = Table(
    "audit_entry",
    {
        "entry": "text",
        "at": "timestamptz",
        "actor_kind": "text",
        "actor_ident": "text",
        "agency": "text",
        "verb": "text",
        "object_kind": "text",
        "object_id": "text",
        "outcome": "text",
        "canonical": "bytea",
    },
)


class NoTransaction(RuntimeError):
    """An act was to be recorded outside a transaction, so that the two could part: a bug of the caller."""


def record(act: Act) -> None:
    """This function will write one entry into the current transaction; if it cannot, the act fails with it.

    Raises NoTransaction outside a transaction, and UndeclaredAct where the act does not keep to `verbs`.
    """
    record_many((act,))


def record_many(acts: Sequence[Act]) -> None:
    """This function will write an entry for each of many acts; as `record`."""
    if not connection.in_atomic_block:
        raise NoTransaction(acts[0].verb if acts else "no act")
    _ENTRIES.insert([_row(act) for act in acts])


def _row(act: Act) -> Row:
    entry = secrets.token_hex(16)
    written, who = canonical(act, entry), act.actor
    return (
        *(entry, act.at, str(who.kind), who.ident, who.agency, act.verb, act.object_kind),
        *(act.object_id, str(act.outcome), written),
    )
