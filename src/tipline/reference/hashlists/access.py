"""Who may touch hash lists: the desk proposes and judges, the worker looks up, the wire door serves, survivors add."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_ALL = (
    "hashlists_hashlist", "hashlists_entry", "hashlists_entryprint", "hashlists_judgement", "hashlists_vote",
    "hashlists_feedbackreason", "hashlists_categorization", "hashlists_accessgrant", "hashlists_hit",
)  # fmt: skip
_STATE = ("state", "classification", "categorizations", "changed_at")

GRANTS = (
    *(Grant(role=role, table=table, select=True) for role in ("desk", "worker", "hash_sharing") for table in _ALL),
    *(
        Grant(role=role, table="hashlists_entry", insert=True, update=_STATE)
        for role in ("desk", "worker", "survivors")
    ),
    *(
        Grant(role=role, table="hashlists_entryprint", select=True, insert=True, delete=True)
        for role in ("desk", "worker", "survivors")
    ),
    Grant(role="desk", table="hashlists_judgement", insert=True),
    Grant(role="worker", table="hashlists_hit", insert=True),
    Grant(role="hash_sharing", table="hashlists_vote", insert=True, update=("verdict", "reasons", "tags", "at")),
    Grant(role="hash_sharing", table="hashlists_accessgrant", insert=True, delete=True),
    *(Grant(role="survivors", table=table, select=True) for table in ("hashlists_hashlist", "hashlists_entry")),
    *(Grant(role="survivors", table=table, select=True) for table in ("hashlists_hit", "hashlists_vote")),
    *(Grant(role="portal", table=table, select=True) for table in ("hashlists_hashlist", "hashlists_entry")),
    Grant(role="portal", table="hashlists_entryprint", select=True),
)
