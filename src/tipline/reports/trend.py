"""How a company's reports grow better or worse: its products week by week, and what is missing most often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

WEEKS = 12
# A page may not cost more as a company's reports grow: the newest are counted, and the page says so where it matters.
MOST_COUNTED = 100_000
_BY_WEEK = """
WITH newest AS (
  SELECT product, quality, received_at FROM reports_report
  WHERE esp_id = %(esp)s AND environment = 'production' ORDER BY id DESC LIMIT %(most)s
)
SELECT product, date_trunc('week', received_at AT TIME ZONE 'UTC') AS week, count(*), avg(quality)
FROM newest WHERE quality IS NOT NULL AND received_at >= %(since)s GROUP BY 1, 2 ORDER BY 1, 2
"""
_MISSING = """
WITH newest AS (
  SELECT quality, lacks, received_at FROM reports_report
  WHERE esp_id = %(esp)s AND environment = 'production' ORDER BY id DESC LIMIT %(most)s
), graded AS (
  SELECT lacks FROM newest WHERE quality IS NOT NULL AND received_at >= %(since)s
)
SELECT lack ->> 0, count(*), (SELECT count(*) FROM graded)
FROM graded, jsonb_array_elements(lacks) AS lack GROUP BY 1 ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Week:
    """One product in one week, which begins on a Monday (UTC): finished reports and their mean score."""

    product: str
    begins: datetime
    reports: int
    mean: float


@dataclass(frozen=True, slots=True)
class OftenMissing:
    """In how many of how many reports a need was open."""

    code: str
    reports: int
    of_reports: int


def first_week(now: datetime) -> datetime:
    """This function will give the Monday at which the shown weeks begin."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday(), weeks=WEEKS - 1)


def list_weeks(*, esp_id: int, now: datetime, most: int = MOST_COUNTED) -> tuple[Week, ...]:
    """This function will give the mean scores of a company's products, week by week."""
    rows = _ask(_BY_WEEK, esp_id, now, most)
    return tuple(
        Week(product, week.replace(tzinfo=now.tzinfo), count, round(float(mean), 1))
        for product, week, count, mean in rows
    )


def list_often_missing(*, esp_id: int, now: datetime, most: int = MOST_COUNTED) -> tuple[OftenMissing, ...]:
    """This function will tell what a company's reports of these weeks lack most often."""
    return tuple(OftenMissing(*row) for row in _ask(_MISSING, esp_id, now, most))


def _ask(question: str, esp_id: int, now: datetime, most: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, {"esp": esp_id, "since": first_week(now), "most": most})
        return list(cursor.fetchall())
