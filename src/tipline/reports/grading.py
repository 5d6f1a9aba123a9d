"""The quality of a company's report, weighed once at its finish, kept with it, and read back by whoever may.

What a report leaves open is noted while its words pass through the door, because no door can read them again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from tipline.domain.cybertip.needs import BY_CODE
from tipline.domain.cybertip.quality import Missing, Quality, grade
from tipline.platform.database.rows import Table, ask

_FILES = "SELECT report_id, lacks FROM reports_file WHERE report_id = ANY(%b::bigint[]) ORDER BY report_id, position"
_REPORTS = "SELECT id, lacks FROM reports_report WHERE id = ANY(%b::bigint[])"
_GRADES = Table("reports_report", {"id": "bigint", "quality": "smallint", "lacks": "jsonb"})


@transaction.atomic(savepoint=False)
def keep_grades(report_ids: Sequence[int]) -> dict[int, Quality]:
    """This function will weigh open, locked reports and keep their scores; they are finished in this transaction."""
    ids = list(report_ids)
    lacking: dict[int, list[Any]] = {report_id: [] for report_id in ids}
    for report_id, lacks in ask(_FILES, (ids,)):
        lacking[report_id].append(None if lacks is None else json.loads(lacks))
    found = {report_id: grade(json.loads(lacks), lacking[report_id]) for report_id, lacks in ask(_REPORTS, (ids,))}
    _GRADES.change([(report_id, one.score, json.dumps(_stored(one))) for report_id, one in found.items()])
    return found


def _stored(found: Quality) -> list[list[str | int]]:
    return [[one.code, one.files, one.of_files] for one in found.missing]


def quality_of(score: int | None, lacks: Sequence[Any]) -> Quality | None:
    """This function will read a kept grade; None for a report that has none, being unfinished or older than grades."""
    if score is None:
        return None
    # A code of an earlier version that is no longer asked for is left out.
    return Quality(score, tuple(Missing(*one) for one in lacks if one[0] in BY_CODE))
