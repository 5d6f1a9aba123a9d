"""The desk keeps decisions and takes them back, and edits rules; the worker lets them count and scores.

Nobody rewrites what was decided. The desk may only say that it looked at a report; it never sets a score.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_STEPS = ("state", "is_open", "body", "note", "base", "drafted_by", "drafted_at", "proposed_by", "proposed_at")
_ENDS = ("released_by", "released_at", "ended_by", "ended_at", "ended_why")
GRANTS = (
    Grant(role="desk", job="tipline.pipeline.apply_decision"),
    Grant(role="desk", job="tipline.pipeline.rescore_waiting"),
    Grant(
        role="desk", table="triage_decision", select=True, insert=True, update=("undone_at", "undone_by", "undone_why")
    ),
    Grant(role="desk", table="triage_ruleversion", select=True, insert=True, update=(*_STEPS, *_ENDS)),
    Grant(role="desk", table="triage_standing", select=True, update=("looked_at",)),
    Grant(role="desk", table="triage_count", select=True),
    Grant(role="desk", table="triage_rescoring", select=True, insert=True),
    Grant(role="worker", table="triage_decision", select=True, update=("applied_at",)),
    Grant(role="worker", table="triage_ruleversion", select=True),
    Grant(role="worker", table="triage_standing", select=True, insert=True, update=True, delete=True),
    Grant(role="worker", table="triage_count", select=True, insert=True, update=("n",), delete=True),
    Grant(role="worker", table="triage_rescoring", select=True, update=True),
)
