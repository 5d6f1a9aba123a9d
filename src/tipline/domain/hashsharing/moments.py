"""Moments of the Hash Sharing API: seconds with Z going out, seconds or fractions with a zone coming in. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tipline.domain.errors import Refusal

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_moment(moment: datetime) -> str:
    """This function will write a moment in UTC, cut to the second: with fractions the known client fails.

    Source: threatexchange 1.2.17, `_DATE_FORMAT_STR`.
    """
    return _written(moment, "seconds")


def write_exactly(moment: datetime) -> str:
    """This function will write a moment in UTC with its microseconds, where it has any."""
    return _written(moment, "microseconds" if moment.microsecond else "seconds")


def _written(moment: datetime, exactly: str) -> str:
    # Not strftime, which writes early years with fewer than four digits on some systems.
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=exactly)}Z"


def read_moment(text: str, field: str) -> datetime:
    """This function will read a moment. Raises Refusal `bad_moment` naming the field."""
    sentence = f"{field} is a moment such as 2026-01-31T08:00:00Z."
    if not _FORM.fullmatch(text):
        raise Refusal("bad_moment", sentence, field=field)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal("bad_moment", sentence, field=field) from None
