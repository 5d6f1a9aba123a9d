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
from tipline.platform.database.rows import run
from tipline.reports.models import File, Report

_KEEP = """
UPDATE reports_report AS r SET quality = g.quality, lacks = g.lacks::jsonb
FROM unnest(%b::bigint[], %b::smallint[], %b::text[]) AS g(id, quality, lacks) WHERE r.id = g.id
"""


@transaction.atomic
def keep_grades(report_ids: Sequence[int]) -> dict[int, Quality]:
    """This function will weigh open, locked reports and keep their scores; they are finished in this transaction."""
    if not report_ids:
        return {}
    lacking: dict[int, list[Any]] = {report_id: [] for report_id in report_ids}
    files = File.objects.filter(report_id__in=report_ids).order_by("report_id", "position")
    for report_id, lacks in files.values_list("report_id", "lacks"):
        lacking[report_id].append(lacks)
    own = Report.objects.filter(id__in=report_ids).values_list("id", "lacks")
    found = {report_id: grade(lacks, lacking[report_id]) for report_id, lacks in own}
    stored = [json.dumps(_stored(one)) for one in found.values()]
    run(_KEEP, ([*found], [one.score for one in found.values()], stored))
    return found


def _stored(found: Quality) -> list[list[str | int]]:
    return [[one.code, one.files, one.of_files] for one in found.missing]


def quality_of(score: int | None, lacks: Sequence[Any]) -> Quality | None:
    """This function will read a kept grade; None for a report that has none, being unfinished or older than grades."""
    if score is None:
        return None
    # A code of an earlier version that is no longer asked for is left out.
    return Quality(score, tuple(Missing(*one) for one in lacks if one[0] in BY_CODE))
