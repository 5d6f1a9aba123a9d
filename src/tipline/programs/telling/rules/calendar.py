"""When a company is reminded of reports whose data it need not keep for much longer. Pure."""

from __future__ import annotations

from datetime import date, timedelta

# So many days before the end; each once. A row more is one reminder more.
DAYS = (60, 14, 3)
FURTHEST = timedelta(days=max(DAYS))


def due_reminder(ends_on: date, today: date) -> int | None:
    """This function will say which reminder a day's reports should have had by now; None where it is none.

    A reminder that was missed goes out late, and never beside the next one.
    """
    left = (ends_on - today).days
    return min((one for one in DAYS if one >= left), default=None) if left >= 0 else None
