"""The worker and the desk choose recipients by adding a decision; nobody changes one."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

GRANTS = tuple(
    Grant(role=role, table=table, select=True, insert=True)
    for role in ("worker", "desk")
    for table in ("routing_routingdecision", "routing_routedagency")
)
