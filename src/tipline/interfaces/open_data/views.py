"""The public pages: a year by the numbers, every snapshot for ever, briefs to print, downloads."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tipline.interfaces.open_data import downloads, figures, names, printed
from tipline.interfaces.ui import plots, words
from tipline.interfaces.ui.gate import open_to_all
from tipline.programs.statistics import official, queries
from tipline.programs.statistics.briefs import Brief, list_briefs
from tipline.programs.statistics.queries import Published

_WHY = "published figures are for everybody"
# A snapshot never changes; the newest one is asked for anew after five minutes.
_NEWEST = "public, max-age=300"
_FOR_EVER = "public, max-age=86400"


def _open(response: HttpResponse, cache: str) -> HttpResponse:
    """Open figures may be kept, found by search engines and read by pages of others."""
    response.headers["Cache-Control"] = cache
    response.headers["X-Robots-Tag"] = "all"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _data(text: str, media_type: str, name: str, cache: str = _FOR_EVER) -> HttpResponse:
    response = HttpResponse(text, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return _open(response, cache)


def _require(number: int) -> Published:
    found = queries.find_snapshot(number)
    if found is None:
        raise Http404
    return found


def _before(found: Published) -> dict[str, Any] | None:
    last = queries.find_snapshot(year=found.head.year - 1)
    return dict(last.content) if last else None


def _briefs(found: Published) -> tuple[Brief, ...]:
    return list_briefs(found.content, _before(found))


@open_to_all(_WHY)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """This function will show the newest snapshot that tells something, or say that nothing is published yet."""
    newest = queries.find_snapshot()
    if newest is None:
        return _open(render(request, "open_data/nothing.html", {"at": "now"}), _NEWEST)
    shown = _telling(newest)
    later = newest.head if shown is not newest else None
    return _open(render(request, "open_data/year.html", _year(shown) | {"at": "now", "later": later}), _NEWEST)


def _telling(newest: Published) -> Published:
    """The newest snapshot; the year before where a year has begun and even its sum is withheld."""
    if figures.is_telling(newest.content):
        return newest
    before = queries.find_snapshot(year=newest.head.year - 1)
    return before if before and figures.is_telling(before.content) else newest


@open_to_all(_WHY)
@require_safe
def snapshot(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show one snapshot as it was published."""
    return _open(render(request, "open_data/year.html", _year(_require(number)) | {"at": ""}), _FOR_EVER)


def _year(found: Published) -> dict[str, Any]:
    newest = queries.find_snapshot(year=found.head.year)
    return {
        "head": found.head,
        "title": f"{found.head.year} by the numbers",
        "through": names.day(found.head.through),
        "published": names.day(found.head.published_at),
        "stamp": f"Snapshot {found.head.number}, {names.day(found.head.published_at)}",
        "hero": figures.hero_of(found.content),
        "sections": figures.sections_of(found.content),
        "briefs": _briefs(found),
        "newer": newest.head if newest and newest.head.number != found.head.number else None,
    }


@open_to_all(_WHY)
@require_safe
def snapshots(request: HttpRequest) -> HttpResponse:
    """This function will list every snapshot with its note and digest."""
    listed = [(head, names.day(head.published_at), names.day(head.through)) for head in queries.list_snapshots()]
    return _open(render(request, "open_data/snapshots.html", {"snapshots": listed, "at": "all"}), _NEWEST)


@open_to_all(_WHY)
@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """This function will say how the figures are made and what is withheld."""
    return _open(render(request, "open_data/how.html", {"at": "how"}), _NEWEST)


@open_to_all(_WHY)
@require_safe
def printed_year(request: HttpRequest) -> HttpResponse:
    """This function will show the figures printed for 2023."""
    values = {"hero": printed.hero(), "sections": printed.sections(), "source": official.SOURCE, "at": "printed"}
    return _open(render(request, "open_data/printed.html", values), _FOR_EVER)


@open_to_all(_WHY)
@require_safe
def printed_csv(request: HttpRequest, table: str) -> HttpResponse:
    """This function will hand out one printed table as CSV."""
    sheet = printed.find_sheet(table)
    if sheet is None:
        raise Http404
    rows = ((label.strip(), *values) for label, values in sheet.rows)
    return _data(downloads.plain_csv((sheet.head, *sheet.heads), rows), "text/csv; charset=utf-8", f"2023-{table}.csv")


@open_to_all(_WHY)
@require_safe
def snapshot_csv(request: HttpRequest, number: int) -> HttpResponse:
    """This function will hand out a snapshot as CSV, one row a cell."""
    text = downloads.as_csv(_require(number).content)
    return _data(text, "text/csv; charset=utf-8", f"snapshot-{number}.csv")


@open_to_all(_WHY)
@require_safe
def table_csv(request: HttpRequest, number: int, table: str) -> HttpResponse:
    """This function will hand out one table of a snapshot as CSV."""
    found = _require(number)
    if found.table(table) is None:
        raise Http404
    text = downloads.as_csv(found.content, table)
    return _data(text, "text/csv; charset=utf-8", f"snapshot-{number}-{table}.csv")


@open_to_all(_WHY)
@require_safe
def snapshot_json(request: HttpRequest, number: int) -> HttpResponse:
    """This function will hand out a snapshot as it was published, with its digest and the address of its schema."""
    found = _require(number)
    link = request.build_absolute_uri(reverse("open_data:schema"))
    whole = {"$schema": link, "digest": found.head.digest, "content": found.content}
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return _data(text, "application/json", f"snapshot-{number}.json")


@open_to_all(_WHY)
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """This function will hand out the JSON Schema of a snapshot."""
    return _data(downloads.schema(), "application/schema+json", downloads.SCHEMA)


@open_to_all(_WHY)
@require_safe
def brief(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """This function will show a prevention brief, made to be printed on one page."""
    found = _require(number)
    made = next((one for one in _briefs(found) if one.kind == kind), None)
    if made is None:
        raise Http404
    values = {
        "brief": made,
        "head": found.head,
        "published": names.day(found.head.published_at),
        "through": names.day(found.head.through),
        "months": _month_plot(made),
        "places": [(names.country(code), words.thin(number)) for code, number in made.places],
        "change": _change(made),
        "at": "",
    }
    return _open(render(request, "open_data/brief.html", values), _FOR_EVER)


def _month_plot(made: Brief) -> Any:
    values = [
        (names.month(month)[0], value, f"{names.month(month)}: {'not shown' if value is None else value}")
        for month, value in made.months
    ]
    return plots.columns(values) if values else None


def _change(made: Brief) -> dict[str, Any] | None:
    if made.change is None:
        return None
    return {
        "way": made.change.way,
        "percent": made.change.percent,
        "before": words.thin(made.change.before),
        "after": words.thin(made.change.after),
        "first": names.month(made.change.first),
        "last": names.month(made.change.last),
    }
