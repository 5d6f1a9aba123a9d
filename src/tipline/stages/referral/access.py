"""Who may touch referrals: the worker makes them, the portal reads its own agency's, the desk reads all.

Row-level security (migration 0002) stands below these rights. That a download is custody too is granted beside the
record's tables.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

GRANTS = (
    Grant(role="worker", table="referral_referral", select=True, insert=True, update=True),
    Grant(
        role="worker",
        table="referral_package",
        select=True,
        insert=True,
        # at the end of retention the content is emptied, the line stays
        update=("document_sealed", "manifest", "news", "zip_blob_id"),
    ),
    Grant(role="desk", table="referral_referral", select=True),
    Grant(role="desk", table="referral_package", select=True),
    Grant(role="portal", table="referral_referral", select=True, update=("state", "opened_at")),
    Grant(role="portal", table="referral_package", select=True),
    Grant(role="portal", table="referral_look", select=True, insert=True, update=("version", "at")),
)
