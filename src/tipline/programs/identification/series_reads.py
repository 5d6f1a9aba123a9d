"""Reads of the series registry and of newly identified children."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from django.db.models import Count, QuerySet

from tipline.programs.identification.models import NewChild, Series
from tipline.programs.identification.queries import shown_series
from tipline.programs.identification.values import NewChildLine, SeriesLine

_SERIES = tuple(field.name for field in fields(SeriesLine) if field.name != "prints")
_CHILD = tuple(field.name for field in fields(NewChildLine) if field.name not in ("series", "prints"))


def list_series(
    *, text: str = "", status: str = "", offset: int = 0, size: int = 50
) -> tuple[tuple[SeriesLine, ...], int]:
    """This function will list series by name, and how many there are. For the desk."""
    rows = Series.objects.annotate(count=Count("prints")).order_by("name")
    rows = rows.filter(name__icontains=text) if text else rows
    rows = rows.filter(status=status) if status else rows
    return tuple(_series(row) for row in rows[offset : offset + size]), rows.count()


def _series(row: Series) -> SeriesLine:
    return SeriesLine(**{name: getattr(row, name) for name in _SERIES}, prints=row.count)  # type: ignore[attr-defined]


def find_series(series_id: int) -> SeriesLine | None:
    """This function will find a series. For the desk."""
    row = Series.objects.annotate(count=Count("prints")).filter(pk=series_id).first()
    return _series(row) if row else None


def count_prints(series_id: int) -> dict[str, int]:
    """This function will count a series' fingerprints by type."""
    rows = Series.objects.filter(pk=series_id).values_list("prints__type").annotate(count=Count("prints"))
    return {kind: count for kind, count in rows if kind}


def _children(rows: QuerySet[NewChild]) -> tuple[NewChildLine, ...]:
    listed = list(rows.annotate(count=Count("prints")).values(*_CHILD, "series_id", "count"))
    series = shown_series({one["series_id"] for one in listed if one["series_id"]})
    return tuple(
        NewChildLine(**{name: one[name] for name in _CHILD}, series=series.get(one["series_id"]), prints=one["count"])
        for one in listed
    )


def list_new_children(*, agency: str = "", size: int = 200) -> tuple[NewChildLine, ...]:
    """This function will list newly identified children: those that wait first, the one due first on top."""
    rows = NewChild.objects.order_by("assigned_at", "due_on", "id")
    rows = rows.filter(agency=agency) if agency else rows
    waiting = _children(rows.filter(assigned_at=None)[:size])
    return (*waiting, *_children(rows.exclude(assigned_at=None).order_by("-id")[:size]))


def find_new_child(child_id: int, *, agency: str = "") -> NewChildLine | None:
    """This function will find one newly identified child: an agency's own, or for the desk any."""
    rows = NewChild.objects.filter(pk=child_id)
    return next(iter(_children(rows.filter(agency=agency) if agency else rows)), None)


def count_waiting(today: date) -> dict[str, int]:
    """This function will count the children that wait for a series, and those whose ten days are over."""
    return {
        "submitted": NewChild.objects.filter(state="SUBMITTED").count(),
        "overdue": NewChild.objects.filter(state="ANNOUNCED", due_on__lt=today).count(),
    }
