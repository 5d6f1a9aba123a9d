"""The desk keeps decisions and takes them back; the worker lets them count. Nobody rewrites what was decided."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

GRANTS = (
    Grant(role="desk", job="tipline.pipeline.apply_decision"),
    Grant(
        role="desk", table="triage_decision", select=True, insert=True, update=("undone_at", "undone_by", "undone_why")
    ),
    Grant(role="worker", table="triage_decision", select=True, update=("applied_at",)),
)
