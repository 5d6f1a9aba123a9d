"""The worker counts, the desk publishes, the open door reads what is published and nothing else."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_COUNTED = ("statistics_reportfact", "statistics_filefact", "statistics_daycount")
_PUBLIC = ("number", "year", "through", "published_at", "revises", "note", "edition", "content", "digest")

GRANTS = (
    *(
        Grant(role="worker", table=table, select=True, insert=True, update=True, delete=True)
        for table in (*_COUNTED, "statistics_look")
    ),
    *(
        Grant(role="worker", table=table, select=True, insert=True, update=True)
        for table in ("statistics_countedday", "statistics_mark")
    ),
    *(Grant(role="desk", table=table, select=True) for table in (*_COUNTED, "statistics_countedday")),
    *(
        Grant(role=role, table=table, select=True, insert=True)
        for role in ("desk", "worker")
        for table in ("statistics_snapshot", "statistics_withheld")
    ),
    Grant(role="open_data", table="statistics_snapshot", select=_PUBLIC),
)
