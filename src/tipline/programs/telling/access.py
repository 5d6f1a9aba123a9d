"""Who may touch telling: the worker tells; a company's administrator says where, and reads how it went.

Row-level security (migration 0002) keeps a company to its own rows, and lets it make no event but a test. Sealed
secrets and mails are readable by the worker alone.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_KEPT = ("hook", "secret", "event", "try", "mailaddress", "reminder", "letter")

GRANTS = (
    *(
        Grant(role="worker", table=f"telling_{name}", select=True, insert=True, update=True, delete=True)
        for name in _KEPT
    ),
    Grant(
        role="esp_web",
        table="telling_hook",
        select=True,
        insert=True,
        update=("url", "kinds", "failing_since", "quiet_until", "set_aside_at", "ended_at"),
    ),
    Grant(
        role="esp_web",
        table="telling_secret",
        select=("id", "hook_id", "esp_id", "made_at", "ended_at"),
        insert=True,
        update=("ended_at",),
    ),
    Grant(
        role="esp_web",
        table="telling_event",
        select=True,
        insert=True,
        update=("state", "tries", "first_try_at", "try_at"),
    ),
    *(Grant(role="esp_web", table=f"telling_{name}", select=True) for name in ("try", "reminder")),
    Grant(role="esp_web", table="telling_mailaddress", select=True, insert=True, update=("ended_at",)),
    Grant(
        role="esp_web",
        table="telling_letter",
        select=("id", "esp_id", "kind", "to_mail", "made_at", "state", "trouble", "sent_at"),
    ),
)
