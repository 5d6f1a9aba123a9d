"""Who may touch the audit's tables: everybody adds entries, hardly anybody reads, nobody changes."""

from __future__ import annotations

from tipline.platform.config import DOORS
from tipline.platform.database.grants import Grant

# Not `id`: a process must not choose the place of its entry.
_COLUMNS = (
    *("entry", "at", "actor_kind", "actor_ident", "agency", "verb", "object_kind", "object_id", "outcome"),
    "canonical",
)
_WRITERS = tuple(role for role in DOORS if role != "desk")

GRANTS = (
    *(Grant(role=role, table="audit_entry", insert=_COLUMNS) for role in _WRITERS),
    Grant(role="desk", table="audit_entry", insert=_COLUMNS, select=True),  # the supervisor's audit page
    Grant(role="worker", table="audit_entry", insert=_COLUMNS, select=True),
    Grant(role="worker", table="audit_leaf", insert=True, select=True),
    Grant(role="worker", table="audit_checkpoint", insert=True, select=True),
)
