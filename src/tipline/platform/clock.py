"""The only place that asks what time it is; everything else takes `now` as an argument."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This function will return the present moment, aware, in UTC."""
    return datetime.now(UTC)
