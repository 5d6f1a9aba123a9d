"""The desk keeps drafts and removes them when the report is sent; nobody else sees one."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

GRANTS = (
    Grant(role="desk", table="hotline_draft", select=True, insert=True, update=("sealed", "saved_at"), delete=True),
)
