"""The quality of a company's reports over the weeks: each product by itself, and what is missing most often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tipline.domain.cybertip.needs import BY_CODE
from tipline.interfaces.esp_web.views import COMPANY, frame, note, own_id
from tipline.interfaces.ui import plots
from tipline.platform import clock
from tipline.reports import trend

MOST_PRODUCTS = 12


@dataclass(frozen=True, slots=True)
class Product:
    """One product: its weeks as a plot and as rows, its reports, its mean, and the change since the first week."""

    name: str
    plot: plots.Columns
    weeks: tuple[trend.Week, ...]
    reports: int
    mean: int
    change: int | None


@COMPANY
@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """This function will show how the company's reports did over the last weeks."""
    esp_id, now = own_id(request), clock.now()
    weeks = trend.list_weeks(esp_id=esp_id, now=now)
    note(request, "report.listed", "list", "quality", count=len(weeks))
    shown: dict[str, Any] = {
        "products": _products(weeks, now)[:MOST_PRODUCTS],
        "missing": _missing(esp_id, now),
        "weeks": trend.WEEKS,
        "is_cut": sum(week.reports for week in weeks) >= trend.MOST_COUNTED,
        "most": trend.MOST_COUNTED,
    }
    return render(request, "esp_web/quality.html", frame(esp_id, "quality") | shown)


def _products(weeks: tuple[trend.Week, ...], now: datetime) -> list[Product]:
    grouped = [_product(name, tuple(group), now) for name, group in groupby(weeks, key=lambda week: week.product)]
    return sorted(grouped, key=lambda product: (-product.reports, product.name))


def _product(name: str, weeks: tuple[trend.Week, ...], now: datetime) -> Product:
    by_week = {week.begins: week for week in weeks}
    begins = [trend.first_week(now) + timedelta(weeks=number) for number in range(trend.WEEKS)]
    drawn = [_column(at, by_week.get(at)) for at in begins]
    reports = sum(week.reports for week in weeks)
    mean = round(sum(week.mean * week.reports for week in weeks) / reports)
    change = round(weeks[-1].mean - weeks[0].mean) if len(weeks) > 1 else None
    return Product(name, plots.columns(drawn, whole=100), weeks, reports, mean, change)


def _column(at: datetime, week: trend.Week | None) -> tuple[str, int | None, str]:
    says = f"Week of {at:%d %B}: {week.mean:.0f} points" if week else f"Week of {at:%d %B}: no report"
    return f"{at:%-d %b}" if at.day <= 7 else f"{at:%-d}", round(week.mean) if week else 0, says


def _missing(esp_id: int, now: datetime) -> list[dict[str, Any]]:
    found = trend.list_often_missing(esp_id=esp_id, now=now)
    return [
        {"need": BY_CODE[one.code], "reports": one.reports, "share": 100 * one.reports / one.of_reports}
        for one in found
        if one.code in BY_CODE
    ]
