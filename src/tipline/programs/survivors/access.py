"""Who may touch survivors' cases: the door the one case it was given, the worker all, the desk hand-overs and counts.

Row-level security (migration 0002) narrows the door to the case whose keyed number is set for the request.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_HAND_OVER = (
    "id", "case_id", "partner_id", "for_whom", "state", "wants_news", "found", "news_at", "consented_at",
    "follow_up_on", "moved_at", "moved_by",
)  # fmt: skip

GRANTS = (
    # Not `wishes_sealed` and not `reach_sealed`: what was sealed here is never read here.
    Grant(
        role="survivors", table="survivors_case", insert=True,
        select=(
            "id", "number_hmac_sha256", "pin_argon2id", "for_whom", "known_where", "platforms", "opened_at",
            "last_seen_at", "withdrawn_at",
        ),
        update=("wishes_sealed", "known_where", "platforms", "last_seen_at", "withdrawn_at"),
    ),
    Grant(role="survivors", table="survivors_casefile", select=True, insert=True),
    Grant(
        role="survivors", table="survivors_handover", select=_HAND_OVER, insert=True,
        update=("state", "reach_sealed", "moved_at", "moved_by", "follow_up_on"),
    ),
    Grant(role="survivors", table="survivors_try", select=True, insert=True, delete=True),
    Grant(role="desk", function="survivors_count_cases()"),
    Grant(role="desk", function="survivors_wishes_of(text)"),
    Grant(
        role="desk", table="survivors_handover", select=(*_HAND_OVER, "reach_sealed"),
        update=("state", "follow_up_on", "moved_at", "moved_by", "news_at", "reach_sealed"),
    ),
    *(Grant(role="worker", table=table, select=True) for table in ("survivors_case", "survivors_casefile")),
    Grant(role="worker", table="survivors_handover", select=True, update=("found", "news_at")),
    Grant(role="worker", table="survivors_try", select=True, delete=True),
)  # fmt: skip
