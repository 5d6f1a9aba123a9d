"""The worker looks up and writes down; the desk reads, adds what it found by hand and takes it back. Nobody changes a
look-up or an entry; the purge removes both.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_BY_HAND = ("enrichment_enrichmentresearch", "enrichment_enrichmentclue")

GRANTS = (
    Grant(role="worker", table="enrichment_enrichmentlookup", select=True, insert=True, delete=True),
    Grant(role="desk", table="enrichment_enrichmentlookup", select=True),
    *(
        Grant(
            role="desk", table=table, select=True, insert=True, update=("withdrawn_at", "withdrawn_by", "withdrawn_why")
        )
        for table in _BY_HAND
    ),
    *(Grant(role="worker", table=table, select=True, delete=True) for table in _BY_HAND),
    Grant(role="desk", job="tipline.pipeline.weigh_again"),
)
