"""Who may touch notices: the desk decides, the worker sends and checks, a company sees its own and answers.

Row-level security (migration 0002) stands below these rights: the company's door reaches the notice of the link that
was presented, and those of the company that is logged in. It never reaches a case.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_HOUSE = ("notices_case", "notices_notice")
_ADDED = ("notices_origin", "notices_journalline", "notices_casecontact", "notices_check")
# Neither the mail, nor who sent it, nor our own bookkeeping of tries.
_SHOWN = (
    *("id", "report_id", "course", "round", "kind", "to_name", "company", "esp_id", "country", "case_number", "xarf"),
    *("token_sha256", "link_ends_at", "sent_at", "first_sent_at", "standing", "acknowledged_at", "removed_at"),
    *("said_back", "made_at", "delivery"),
)

GRANTS = (
    Grant(role="esp_web", job="notices.take_answer"),
    Grant(role="desk", job="notices.look_up"),
    *(
        Grant(role=role, table=table, select=True, insert=True, update=True)
        for role in ("desk", "worker")
        for table in _HOUSE
    ),
    *(Grant(role=role, table=table, select=True, insert=True) for role in ("desk", "worker") for table in _ADDED),
    *(
        Grant(role=role, table="notices_hold", select=True, insert=role == "desk", update=("lifted_at", "lifted_by"))
        for role in ("desk", "worker")
    ),
    *(
        Grant(role=role, table="notices_answer", select=True, insert=True, update=("taken_at", "outcome"))
        for role in ("desk", "worker")
    ),
    Grant(role="esp_web", table="notices_notice", select=_SHOWN),
    Grant(role="esp_web", table="notices_answer", select=True, insert=True),
)
