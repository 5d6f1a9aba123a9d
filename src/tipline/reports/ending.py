"""Which companies' reports come to the end of the time in which their data is kept; for the worker."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from tipline.reports.models import Report


@dataclass(frozen=True, slots=True)
class Preserved:
    """One company's report and the day on which its year ends."""

    number: int
    esp_id: int
    ends_on: date


def _ending(since: date, until: date, besides: Collection[int]) -> QuerySet[Report]:
    first = datetime.combine(since, time.min, UTC)
    end = datetime.combine(until + timedelta(days=1), time.min, UTC)
    rows = Report.objects.filter(environment="production", preserve_until__gte=first, preserve_until__lt=end)
    rows = rows.exclude(esp_id=None)
    return rows.exclude(number__in=list(besides)) if besides else rows


def count_by_day(*, since: date, until: date, besides: Collection[int]) -> Iterator[tuple[int, date, int]]:
    """This function will count the reports whose year ends on each day, company by company: (company, day, reports).

    `besides`: without these numbers.
    """
    rows = _ending(since, until, besides).annotate(day=TruncDate("preserve_until", tzinfo=UTC))
    counted = rows.order_by("esp_id", "day").values_list("esp_id", "day").annotate(many=Count("id"))
    for esp_id, day, many in counted:
        yield int(esp_id or 0), day, many


def list_numbers(*, esp_id: int, day: date, besides: Collection[int]) -> Iterator[int]:
    """This function will list the numbers of a company's reports whose year ends on a day, the oldest first."""
    rows = _ending(day, day, besides).filter(esp_id=esp_id).order_by("id")
    return rows.values_list("number", flat=True).iterator(chunk_size=5000)


def list_preserved(numbers: Collection[int]) -> Iterator[Preserved]:
    """This function will tell of some of companies' reports whose they are and when their year ends."""
    rows = Report.objects.filter(number__in=list(numbers), environment="production", preserve_until__isnull=False)
    dated = rows.exclude(esp_id=None).annotate(day=TruncDate("preserve_until", tzinfo=UTC))
    for number, esp_id, day in dated.values_list("number", "esp_id", "day"):
        yield Preserved(number, int(esp_id or 0), day)
