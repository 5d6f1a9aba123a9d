"""Who may touch hash lists: the desk proposes and judges, the worker looks up, the wire door serves, survivors add.

The wire door learns neither who proposed an entry nor which file of which report it is, and of the judgements only how
many there were and when. The survivors' door sees the entries that came through it alone (row-level security). The
portal has no list at all: an officer's search is answered by the worker.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_SHARED = ("hashlists_hashlist", "hashlists_feedbackreason", "hashlists_categorization")
_HOUSE = (
    *_SHARED, "hashlists_entry", "hashlists_entryprint", "hashlists_judgement", "hashlists_move", "hashlists_vote",
    "hashlists_accessgrant", "hashlists_hit",
)  # fmt: skip
_SERVED = (
    "id", "hash_list_id", "member_id", "entry_id", "media", "classification", "categorizations", "state", "source",
    "canary_of_id", "changed_at", "deleted_at", "round",
)  # fmt: skip
# An entry's identity is never changed: list, member and the member's own id.
_CHANGED = (
    "media", "classification", "categorizations", "state", "source", "report_id", "file_id", "canary_of_id",
    "proposed_by", "proposed_at", "changed_at", "deleted_at", "round",
)  # fmt: skip
_WRITERS = ("desk", "worker", "survivors")
_ENDED = ("incoming_name", "wrapped_key", "failure", "ended_at", "changed_at", "tries")
_HANDED_IN = (*_ENDED, "size", "by", "classification")
_BROUGHT_IN = (*_ENDED, "bytes_read", "rows_done", "taken", "withdrawn", "refused")

GRANTS = (
    *(Grant(role=role, job="tipline.pipeline.hash_changed") for role in ("desk", "survivors")),
    Grant(role="hash_sharing", job="tipline.pipeline.take_submitted_hashes"),
    Grant(role="hash_sharing", job="tipline.pipeline.hash_changed", locks=("voted:",)),
    *(Grant(role=role, table=table, select=True) for role in ("desk", "worker") for table in _HOUSE),
    *(Grant(role=role, table="hashlists_entry", insert=True, update=_CHANGED) for role in _WRITERS),
    *(Grant(role=role, table="hashlists_entryprint", select=True, insert=True, delete=True) for role in _WRITERS),
    # What an entry's picture looks like is for the worker that compares; the desk keeps and removes it with the entry.
    Grant(role="worker", table="hashlists_entryfeatures", select=True, insert=True, delete=True),
    Grant(role="desk", table="hashlists_entryfeatures", select=("id", "entry_id"), insert=True, delete=True),
    *(Grant(role=role, table="hashlists_move", select=("id",), insert=True) for role in _WRITERS),
    # The row of a list is the lock under which its entries change.
    *(Grant(role=role, table="hashlists_hashlist", update=("edition",)) for role in _WRITERS),
    # A supervisor hands a file of entries in, the worker brings it onto its list.
    Grant(role="desk", job="hashlists.bring_in", locks=("list_import:", "hashlists.bring_in")),
    *(Grant(role=role, table="hashlists_listimport", select=True, insert=True) for role in ("desk", "worker")),
    Grant(role="desk", table="hashlists_listimport", update=_HANDED_IN),
    Grant(role="worker", table="hashlists_listimport", update=_BROUGHT_IN),
    *(Grant(role=role, table="hashlists_importproblem", select=True) for role in ("desk", "worker")),
    Grant(role="worker", table="hashlists_importproblem", insert=True),
    Grant(role="desk", table="hashlists_judgement", insert=True),
    Grant(role="worker", table="hashlists_hit", insert=True),
    *(Grant(role="hash_sharing", table=table, select=True) for table in (*_SHARED, "hashlists_entryprint")),
    Grant(role="hash_sharing", table="hashlists_hashlist", update=("settled_to",)),
    Grant(role="hash_sharing", table="hashlists_entry", select=_SERVED),
    # How far the copy of the listed pictures has come (`adapters`): of an entry's story not by whom and why.
    Grant(role="hash_sharing", table="hashlists_move", select=("id", "entry_id", "at")),
    Grant(role="hash_sharing", table="hashlists_judgement", select=("entry_id", "round", "at")),
    Grant(
        role="hash_sharing", table="hashlists_vote", select=True, insert=True,
        update=("verdict", "reasons", "tags", "at"),
    ),
    Grant(role="hash_sharing", table="hashlists_accessgrant", select=True, insert=True, delete=True),
    *(
        Grant(role="survivors", table=table, select=True)
        for table in ("hashlists_hashlist", "hashlists_entry", "hashlists_hit", "hashlists_vote")
    ),
    # What a survivor withdrew: written with the tombstone, told to platforms by value.
    *(Grant(role=role, table="hashlists_withdrawnprint", select=("id",), insert=True) for role in _WRITERS),
    Grant(role="hash_sharing", table="hashlists_withdrawnprint", select=True),
    Grant(role="worker", table="hashlists_withdrawnprint", select=True, delete=True),
    Grant(role="worker", table="hashlists_entryframes", select=True, insert=True, delete=True),
    # Held entries are looked up nowhere; what never counts counts nowhere. People at the desk decide on both.
    *(Grant(role=role, table="hashlists_entryhold", select=True) for role in ("desk", "worker")),
    Grant(role="hash_sharing", table="hashlists_entryhold", select=("entry_id", "released_at")),
    Grant(role="worker", table="hashlists_entryhold", insert=True),
    Grant(role="desk", table="hashlists_entryhold", update=("released_at", "released_by", "reason")),
    *(
        Grant(role=role, table="hashlists_nevercounts", select=("type", "value", "reason", "ended_at"))
        for role in ("worker", "hash_sharing", "survivors")
    ),
    Grant(role="desk", table="hashlists_nevercounts", select=True, insert=True, update=("ended_at", "ended_by")),
)  # fmt: skip
