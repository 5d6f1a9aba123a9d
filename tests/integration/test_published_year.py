"""Must show 5: a year with the counts printed for 2023 comes out of the statistics exactly as it went in.

At 1:1,000 (36,210 reports), on 12 days of the year; `./tipline bench statistics --full` spreads them over all 365.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from tests.published_year import load

from tipline.commands.simulate import printed_tables
from tipline.programs.statistics import official, queries, service
from tipline.programs.statistics.publication import publish, system_of
from tipline.reports import counting

TOTAL, DAYS = 36_210, 12
NOW = datetime(2024, 1, 2, tzinfo=UTC)


def values(counted: Sequence[Any], table: str, *, col: str = "") -> dict[str, int]:
    """True counts of one table, before anything is withheld."""
    found = next(one for one in counted if one.table.id == table)
    return {row: number for (row, other), number in found.counts.items() if other == col and number}


def nonzero(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


@pytest.mark.django_db
def test_a_year_with_the_printed_counts_comes_out_as_it_went_in() -> None:
    with connection.cursor() as cursor:
        tables = load(cursor, TOTAL, days=DAYS)
    for day in counting.list_days(date(2023, 1, 1), date(2023, 12, 31)):
        service.recount_day(day=day, now=NOW)
    counted = queries.count_tables(year=2023, through=date(2023, 12, 31))
    assert values(counted, "reports_by_esp") == nonzero(dict(tables.by_esp))
    assert values(counted, "reports_by_user_country") == nonzero(dict(tables.by_country))
    by_type: dict[str, int] = {}
    for door in ("company", "public"):
        for code, number in values(counted, "reports_by_type", col=door).items():
            by_type[code] = by_type.get(code, 0) + number
    assert by_type == nonzero(dict(tables.by_type))
    assert sum(values(counted, "reports_by_type", col="public").values()) == tables.public
    system_of(counted)  # raises where two tables, or a table and its sums, disagree
    published = publish(counted)
    shown = {cell["row"]: cell for cell in _table(published.tables, "reports_by_user_country")["cells"]}
    assert shown["*"]["value"] == TOTAL
    assert all(cell["value"] is None or cell["value"] >= 10 or cell["value"] == 0 for cell in shown.values())


def _table(tables: tuple[dict, ...], wanted: str) -> dict:  # type: ignore[type-arg]
    return next(table for table in tables if table["id"] == wanted)


def test_the_printed_tables_agree_where_they_count_the_same() -> None:
    printed = official.printed()
    assert printed_tables().total() == printed["reports_per_year"] == 36_210_368
    assert sum(printed["user_location"].values()) == printed["reports_per_year"]


def test_two_countings_of_the_printed_figures_keep_two_names() -> None:
    by_place = official.printed()["user_location"]["us"]
    in_the_list = official.by_country()["US"]
    assert (by_place, in_the_list) == (1_621_937, 1_132_270)
