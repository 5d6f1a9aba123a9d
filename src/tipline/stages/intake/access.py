"""Who may touch receipts and notes.

The public door finds a receipt by its keyed hash and adds sealed notes.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

GRANTS = (
    Grant(role="public", table="intake_receipt", select=True, insert=True, update=("last_seen_at",)),
    Grant(role="public", table="intake_reporternote", select=("id", "receipt_id", "at"), insert=True),
    # The call taker's page gives receipts, and finds the one it has just given; it follows nobody's.
    Grant(
        role="desk",
        table="intake_receipt",
        select=("id", "code_hmac_sha256", "report_id", "given_at"),
        insert=True,
    ),
    Grant(role="public", job="tipline.pipeline.take_facts"),
    # The reporting API knows again what a key led to; the worker forgets it with the report.
    Grant(role="esp_api", table="intake_keptanswer", select=True, insert=True, update=True),
    Grant(role="worker", table="intake_keptanswer", select=True, delete=True),
    # A company's people see their company's drafts alone (row-level security); the worker removes forgotten ones.
    Grant(
        role="esp_web", table="intake_formdraft", select=True, insert=True, update=("sealed", "saved_at"), delete=True
    ),
    Grant(role="esp_web", table="intake_formfile", select=True, insert=True, delete=True),
    *(Grant(role="worker", table=table, select=True, delete=True) for table in ("intake_formdraft", "intake_formfile")),
    # The door's test side adds calls and reads none; the company's pages read their own; the worker removes old ones.
    Grant(role="esp_api", table="intake_sandboxcall", insert=True),
    Grant(role="esp_web", table="intake_sandboxcall", select=True),
    Grant(role="worker", table="intake_sandboxcall", select=True, delete=True),
    # Signs of life: the door and the worker give them, the worker finds outages in them, the status page reads both.
    Grant(role="esp_api", table="intake_sign", select=("id",), insert=True),
    Grant(role="worker", table="intake_sign", select=True, insert=True, delete=True),
    Grant(role="worker", table="intake_outage", select=True, insert=True, update=("ended_at",)),
    Grant(role="esp_web", table="intake_sign", select=True),
    Grant(role="esp_web", table="intake_outage", select=True),
    Grant(role="worker", table="intake_receipt", select=True, update=("status", "status_at")),
    Grant(role="worker", table="intake_reporternote", select=True, update=("part", "words_sealed"), delete=True),
)
