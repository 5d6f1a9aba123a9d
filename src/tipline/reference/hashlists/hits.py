"""When entries were found, for counting by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tipline.reference.hashlists.models import Hit


def list_hit_times(entries: Sequence[int], *, start: datetime, end: datetime) -> tuple[datetime, ...]:
    """This function will list when files agreed with entries, from `start` to before `end`."""
    return tuple(
        Hit.objects.filter(entry_id__in=entries, at__gte=start, at__lt=end).order_by("at").values_list("at", flat=True)
    )
