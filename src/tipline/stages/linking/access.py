"""The worker keeps the clusters; at the desk people say what belongs together. Nobody rewrites what was done."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_LEFT = ("left_at", "left_by")
_DESK = (
    Grant(
        role="desk",
        table="linking_cluster",
        select=True,
        update=("parent_id", "top_id", "size", "name", "owner", "changed_at"),
    ),
    Grant(role="desk", table="linking_member", select=True, insert=True, update=_LEFT),
    Grant(role="desk", table="linking_clusteract", select=True, insert=True),
    Grant(role="desk", table="linking_parted", select=True, insert=True, update=("lifted_at", "lifted_by")),
    Grant(role="desk", table="linking_proposal", select=True, update=("settled_at", "settled_by")),
    Grant(role="desk", table="linking_alert", select=True, update=("seen_at", "seen_by")),
    Grant(role="desk", table="linking_clusterroster", select=True, insert=True, update=("ended_at", "ended_by")),
)
_WORKER = (
    Grant(
        role="worker",
        table="linking_cluster",
        select=True,
        insert=True,
        update=("parent_id", "top_id", "size", "changed_at"),
    ),
    # Only a purge deletes a member.
    Grant(role="worker", table="linking_member", select=True, insert=True, update=_LEFT, delete=True),
    Grant(role="worker", table="linking_clusteract", select=True, insert=True),
    Grant(role="worker", table="linking_parted", select=True),
    Grant(
        role="worker",
        table="linking_proposal",
        select=True,
        insert=True,
        update=("weight", "why", "ties", "at", "settled_at", "settled_by"),
    ),
    Grant(role="worker", table="linking_alert", select=True, insert=True),
)
GRANTS = (*_DESK, *_WORKER)
