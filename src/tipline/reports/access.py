"""Who may touch the record.

The doors write it and read back nothing but its life: number, state, owner, dates.
`id` is readable where rows are inserted, because the insert returns it. The portal reads no table of the
record: an agency's package is its own copy.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_LIFE = (
    "id",
    "number",
    "state",
    "source",
    "esp_id",
    "environment",
    "batched",
    "cannot_wait",
    "opened_at",
    "changed_at",
)
_RECEIVE = ("state", "changed_at", "received_at", "preserve_until")
# What a company and its programs learn of their own report beside its life; codes and numbers, nothing of its content.
_GRADED = ("lacks", "quality", "product")
_OWN_LIFE = (*_LIFE, "received_at", "preserve_until", *_GRADED)
_FILE_LIFE = ("id", "report_id", "file_id", "position", "details_sha256", "lacks")
_FILE_DETAILS = ("details", "original_name", "details_sha256", "details_raw_sealed", "lacks")
_HOLDS = ("hold_reason", "hold_detail", "hold_since", "legal_hold")
_ID = ("id",)

_DOORS = tuple(
    grant
    for role in ("public", "esp_api")
    for grant in (
        Grant(role=role, table="reports_report", select=_LIFE, insert=True, update=_RECEIVE),
        Grant(role=role, table="reports_submission", select=_ID, insert=True),
        Grant(role=role, table="reports_journalentry", select=_ID, insert=True),
        Grant(role=role, table="reports_identifierrow", insert=True),
    )
)
_UPLOADS = (
    # A finished report's answer lists its files; the public form has none, and its role sees no more than
    # that.
    Grant(role="public", table="reports_file", select=("report_id", "file_id", "position")),
    Grant(role="esp_api", table="reports_file", select=_FILE_LIFE, insert=True, update=_FILE_DETAILS),
    Grant(role="esp_api", table="reports_report", select=_OWN_LIFE, update=("lacks", "quality")),
)
_DESK = (
    Grant(role="desk", table="reports_report", select=True, insert=True, update=(*_RECEIVE, *_HOLDS)),
    Grant(role="desk", table="reports_submission", select=True, insert=True),
    Grant(role="desk", table="reports_file", select=True),
    Grant(role="desk", table="reports_fingerprint", select=True),
    Grant(role="desk", table="reports_filefeatures", select=True),
    Grant(role="desk", table="reports_identifierrow", select=True, insert=True),
    Grant(role="desk", table="reports_findingrow", select=True, insert=True),
    Grant(role="desk", table="reports_currentfinding", select=True, insert=True, update=("finding_id",)),
    Grant(role="desk", table="reports_journalentry", select=True, insert=True),
    Grant(role="desk", table="reports_news", select=_ID, insert=True),
    Grant(
        role="desk",
        table="reports_legalhold",
        select=True,
        insert=True,
        update=("released_by", "released_at"),
    ),
    Grant(role="desk", table="reports_custodyentry", select=True, insert=True),
)
_REWRITTEN = ("reports_identifierrow", "reports_findingrow", "reports_currentfinding", "reports_fingerprint")
_WORKER = (
    *(
        Grant(role="worker", table=table, select=True, insert=True, update=True)
        for table in (
            "reports_report",
            "reports_submission",
            "reports_file",
        )
    ),
    *(Grant(role="worker", table=table, select=True, insert=True, update=True, delete=True) for table in _REWRITTEN),
    Grant(role="worker", table="reports_news", select=True, insert=True, delete=True),
    Grant(role="worker", table="reports_filefeatures", select=True, insert=True, delete=True),
    # What must outlive everything is added to and never changed.
    *(
        Grant(role="worker", table=table, select=True, insert=True)
        for table in (
            "reports_journalentry",
            "reports_custodyentry",
        )
    ),
    Grant(
        role="worker",
        table="reports_legalhold",
        select=True,
        insert=True,
        update=("released_by", "released_at"),
    ),
)
# An officer's download is custody too.
_PORTAL = (Grant(role="portal", table="reports_custodyentry", select=_ID, insert=True),)

# A company sees the life of its own reports (row-level security), never their content, score or places.
_COMPANY = (
    # With the form it writes a report of its own, begun and finished in one commit (rows: migration 0011).
    Grant(
        role="esp_web",
        table="reports_report",
        select=_OWN_LIFE,
        insert=True,
        update=(*_RECEIVE, "lacks", "quality"),
    ),
    Grant(role="esp_web", table="reports_journalentry", select=_ID, insert=True),
    Grant(role="esp_web", table="reports_identifierrow", insert=True),
    Grant(
        role="esp_web",
        table="reports_file",
        # The names are those that the company itself sent.
        select=(*_FILE_LIFE, "original_name", "upload_name", "size", "md5", "sha1", "sha256", "received_at"),
        insert=True,
        update=_FILE_DETAILS,
    ),
    # Of what it sent, the digest, so that it can compare; the bytes and the document stay closed.
    Grant(
        role="esp_web",
        table="reports_submission",
        select=("id", "report_id", "part", "raw_sha256", "at"),
        insert=True,
    ),
)

_CITATIONS = (
    Grant(role="esp_api", table="reports_citation", select=_ID, insert=True),
    Grant(role="esp_web", table="reports_citation", select=True, insert=True),
    *(Grant(role=role, table="reports_citation", select=True) for role in ("desk", "worker")),
)
_RANGES = tuple(
    Grant(role="worker", function=name) for name in ("reports_all_purged(bigint, bigint)", "reports_drop_purged(name)")
)
# Whoever finishes a report sends it on its way; a person's late news is listened to.
_JOBS = (
    *(Grant(role=role, job="tipline.pipeline.walk") for role in ("public", "esp_api", "esp_web", "desk")),
    Grant(role="desk", job="tipline.pipeline.news"),
)

GRANTS = (*_DOORS, *_UPLOADS, *_DESK, *_WORKER, *_PORTAL, *_COMPANY, *_CITATIONS, *_RANGES, *_JOBS)
