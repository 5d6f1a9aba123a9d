"""Who may touch answers: the portal adds and reads its own agency's, the worker takes them up, the company its news.

Row-level security (migration 0002) stands below these rights.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_TOLD = ("feedback_outcome", "feedback_contactlist", "feedback_contactrow")

GRANTS = (
    *(
        Grant(role="portal", job=f"tipline.pipeline.{name}")
        for name in ("take_outcome", "take_contacts", "tell_keep_asked")
    ),
    *(Grant(role="portal", table=table, select=True, insert=True) for table in _TOLD),
    *(Grant(role="desk", table=table, select=True) for table in (*_TOLD, "feedback_espnews")),
    Grant(role="portal", table="feedback_keeprequest", select=True, insert=True),
    *(Grant(role=role, table="feedback_keeprequest", select=True) for role in ("desk", "worker", "esp_web", "esp_api")),
    Grant(role="worker", table="feedback_outcome", select=True, update=("taken_at", "settled")),
    Grant(role="worker", table="feedback_contactlist", select=True, update=("taken_at", "known")),
    Grant(role="worker", table="feedback_contactrow", select=True),
    Grant(role="worker", table="feedback_espnews", select=True, insert=True),
    *(Grant(role=role, table="feedback_espnews", select=True) for role in ("esp_web", "esp_api")),
)
