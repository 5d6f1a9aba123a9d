"""The quality of a company's report, weighed once at its finish, kept with it, and read back by whoever may.

What a report leaves open is noted while its words pass through the door, because no door can read them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from tipline.domain.cybertip.needs import BY_CODE
from tipline.domain.cybertip.quality import Missing, Quality, grade
from tipline.reports.models import File, Report

_COLUMNS = ("id", "lacks", "quality")


@transaction.atomic
def keep_grade(*, report_id: int) -> Quality:
    """This function will weigh an open report and keep its score; called in the transaction that finishes it."""
    report = Report.objects.select_for_update().only(*_COLUMNS).get(pk=report_id)
    files = File.objects.filter(report_id=report_id).order_by("position").values_list("lacks", flat=True)
    found = grade(report.lacks, list(files))
    report.quality, report.lacks = found.score, _stored(found)
    report.save(update_fields=["quality", "lacks"])
    return found


def _stored(found: Quality) -> list[list[str | int]]:
    return [[one.code, one.files, one.of_files] for one in found.missing]


def quality_of(score: int | None, lacks: Sequence[Any]) -> Quality | None:
    """This function will read a kept grade; None for a report that has none, being unfinished or older than grades."""
    if score is None:
        return None
    # A code of an earlier version that is no longer asked for is left out.
    return Quality(score, tuple(Missing(*one) for one in lacks if one[0] in BY_CODE))
