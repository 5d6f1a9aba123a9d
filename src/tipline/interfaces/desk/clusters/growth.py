"""How a cluster grew, as columns of weeks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tipline.interfaces.ui import plots

WEEKS = 26


def growth(weeks: Sequence[tuple[date, int]], today: date) -> plots.Columns:
    """This function will draw how many reports came in each of the last weeks."""
    counts = dict(weeks)
    monday = today - timedelta(days=today.weekday())
    shown = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    values = []
    for at, one in enumerate(shown):
        starts = at == 0 or one.month != shown[at - 1].month
        values.append((one.strftime("%b") if starts else "", counts.get(one, 0), f"{one:%-d %B}: {counts.get(one, 0)}"))
    return plots.columns(values)
