"""The worker looks up and writes down; the desk reads. Nobody changes a look-up; the purge removes it."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

GRANTS = (
    Grant(role="worker", table="enrichment_enrichmentlookup", select=True, insert=True, delete=True),
    Grant(role="desk", table="enrichment_enrichmentlookup", select=True),
)
