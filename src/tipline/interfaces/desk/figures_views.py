"""The supervisor's figures: today and these weeks, what a snapshot would say, and publishing it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tipline.domain.errors import Refusal
from tipline.interfaces.desk import trail
from tipline.interfaces.desk.views import frame
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.programs.statistics import queries, service
from tipline.programs.statistics.tables import SECTIONS, TYPE

_DAYS = 14


@requires(Role.SUPERVISOR)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """This function will show the last two weeks day by day, and what is published."""
    today = clock.now().date()
    days = queries.list_days(today - timedelta(days=_DAYS - 1), today)
    most = max((line.reports for line in days), default=0)
    values = {
        **frame(request, ""),
        "is_figures": True,
        "today": next((line for line in days if line.day == today), None),
        "week": _week(days, today),
        "days": [(line, round(100 * line.reports / most) if most else 0) for line in days],
        "types": _types(today),
        "snapshots": queries.list_snapshots()[:10],
        "through": today.isoformat(),
        "year": today.year,
    }
    trail.note(request, trail.Sight("figures.viewed", "figures", "days"), days=_DAYS)
    return render(request, "desk/figures.html", values)


def _week(days: tuple[queries.DayLine, ...], today: date) -> dict[str, int]:
    recent = [line for line in days if line.day > today - timedelta(days=7)]
    return {name: sum(getattr(line, name) for line in recent) for name in ("reports", "urgent", "files")}


def _types(today: date) -> list[tuple[str, int]]:
    counted = queries.count_by("reports:door+type", "type", today - timedelta(days=6), today)
    return [(TYPE.words.get(code, code), number) for code, number in counted.items()]


@requires(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest) -> HttpResponseBase:
    """This function will show what a snapshot would say and withhold, and publish it with a note."""
    year, through = _span(request)
    refusal = None
    if request.method == "POST":
        try:
            number = service.publish_snapshot(
                year=year, through=through, note=request.POST.get("note", ""), by=actor_of(request), now=clock.now()
            )
        except Refusal as found:
            refusal = found
        else:
            messages.success(request, f"Snapshot {number} is published. It will never change.")
            return redirect("desk:figures")
    return _preview(request, year, through, refusal)


def _span(request: HttpRequest) -> tuple[int, date]:
    """The year and last day that are asked for; today where they cannot be read."""
    today = clock.now().date()
    try:
        through = date.fromisoformat(request.GET.get("through", ""))
    except ValueError:
        through = today
    year = request.GET.get("year", "")
    return int(year) if year.isascii() and year.isdigit() and len(year) == 4 else through.year, through


def _preview(request: HttpRequest, year: int, through: date, refusal: Refusal | None) -> HttpResponse:
    found, sentence = None, refusal.sentence if refusal else ""
    try:
        found = queries.preview(year=year, through=through)
    except Refusal as wrong:
        sentence = wrong.sentence
    values: dict[str, Any] = {
        **frame(request, ""),
        "is_figures": True,
        "year": year,
        "through": through,
        "refusal": sentence,
        "note": request.POST.get("note", ""),
        "lines": _lines(found.tables) if found else (),
        "withheld": len(found.withheld) if found else 0,
        "last": queries.find_snapshot(year=year),
    }
    details = {"year": year, "withheld": values["withheld"]}
    trail.note(request, trail.Sight("figures.previewed", "figures", str(year)), **details)
    return render(request, "desk/figures_publish.html", values, status=400 if refusal else 200)


def _lines(tables: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """One line a table: its total as it would be shown, and how many of its cells are small or not shown."""
    return [
        {
            "title": table["title"],
            "section": SECTIONS[table["section"]],
            "total": _total(table),
            **Counter(cell["shown"] for cell in table["cells"]),
        }
        for table in tables
        if _total(table) != 0
    ]


def _total(table: dict[str, Any]) -> int | None:
    col = "*" if table["cols"] else ""
    found: int | None = next(cell["value"] for cell in table["cells"] if (cell["row"], cell["col"]) == ("*", col))
    return found
