"""Writing the audit: one entry, in the transaction of its act."""

from __future__ import annotations

import secrets

from django.db import connection

from tipline.platform.audit.act import Act, Outcome, canonical
from tipline.platform.audit.sequencer import seal
from tipline.platform.audit.witness import hand_out

__all__ = ["Act", "NoTransaction", "Outcome", "hand_out", "record", "seal"]

# Plain SQL without RETURNING: the doors may insert and may not read a single column back.
_INSERT = """
INSERT INTO audit_entry
  (entry, at, actor_kind, actor_ident, agency, verb, object_kind, object_id, outcome, canonical)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class NoTransaction(RuntimeError):
    """An act was to be recorded outside a transaction, so that the two could part: a bug of the caller."""


def record(act: Act) -> None:
    """This function will write one entry into the current transaction; if it cannot, the act fails with it.

    Raises NoTransaction outside a transaction, and UndeclaredAct where the act does not keep to `verbs`.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(act.verb)
    entry = secrets.token_hex(16)
    written = canonical(act, entry)
    who = act.actor
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            (
                *(entry, act.at, str(who.kind), who.ident, who.agency, act.verb, act.object_kind),
                *(act.object_id, str(act.outcome), written),
            ),
        )
