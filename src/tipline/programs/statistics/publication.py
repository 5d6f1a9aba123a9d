"""From counts to a publication: every table with its sums, what is withheld, and the one form that is kept. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tipline.programs.statistics.disclosure import Sum, System, changed_little, sums_hold, withhold
from tipline.programs.statistics.tables import Labels, Line, Table

FORM, FORM_VERSION = "tipline-open-figures", 1
TOTAL = "*"
EXACT = "exact"
Counts = Mapping[tuple[str, str], int]  # by (code of the row, code of the column or "")


class DoesNotAddUp(Exception):
    """A sum of the publication does not hold: a bug, and nothing may be published."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of one table and, where its facts carry amounts, their mean."""

    table: Table
    counts: Counts
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier snapshot of the same year said and withheld."""

    content: Mapping[str, Any]
    withheld: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Publication:
    """What can be published: the tables as they will be kept, and the true values of what they withhold."""

    tables: tuple[dict[str, Any], ...]
    withheld: dict[str, int] = field(default_factory=dict)


def key_of(counts: str, labels: Iterable[tuple[str, str]]) -> str:
    """This function will name a cell by what it counts and its labels, whatever table it stands in."""
    return counts + json.dumps(dict(sorted(labels)), ensure_ascii=False, separators=(",", ":"))


def publish(counted: Sequence[Counted], earlier: Sequence[Earlier] = ()) -> Publication:
    """This function will lay all tables out and withhold what must not be read or worked out.

    Raises DoesNotAddUp where the counts contradict each other.
    """
    system = system_of(counted, earlier)
    marks = withhold(system)
    tables = tuple(_written(one, system.values, marks) for one in counted)
    return Publication(tables, {name: system.values[name] for name in marks})


def system_of(counted: Sequence[Counted], earlier: Sequence[Earlier] = ()) -> System:
    """This function will see all tables as one system of named cells and sums. Raises DoesNotAddUp."""
    values: dict[str, int] = {}
    sums: dict[Sum, None] = {}
    for one in counted:
        for name, value in _cells(one).items():
            if values.setdefault(name, value) != value:
                raise DoesNotAddUp(f"{one.table.id}: {name}")
        sums |= dict.fromkeys(_sums(one))
    unseen = _rests(counted, values, sums)
    if wrong := next(iter(sums_hold(values, sums)), None):
        raise DoesNotAddUp(wrong.whole)
    secret = {name for before in earlier for name in changed_little(values, cells_of(before))}
    wholes = frozenset(key_of(one.table.counts, one.table.where) for one in counted)
    return System(values, tuple(sums), frozenset(unseen), wholes, frozenset(secret))


def _rows(one: Counted) -> tuple[str, ...]:
    return _codes(one.table.rows, one.counts, 0)


def _cols(one: Counted) -> tuple[str, ...]:
    return _codes(one.table.cols, one.counts, 1) if one.table.cols else ("",)


def _codes(line: Line, counts: Counts, at: int) -> tuple[str, ...]:
    """The codes of a line: declared ones in their order; on an open line those that occur, by size."""
    sizes: dict[str, int] = {}
    for pair, number in counts.items():
        sizes[pair[at]] = sizes.get(pair[at], 0) + number
    found = [code for code, number in sizes.items() if number and (line.open or code not in line.words)]
    ranked = sorted(found, key=lambda code: (code == "", -sizes[code], code))
    return tuple(ranked) if line.open else (*line.words, *ranked)


def labels_of(table: Table, row: str, col: str) -> Labels:
    """This function will give the labels of a cell; TOTAL leaves its line out."""
    labels = list(table.where)
    if row != TOTAL:
        labels.append((table.rows.name, row))
    if table.cols and col != TOTAL:
        labels.append((table.cols.name, col))
    return tuple(labels)


def _key(table: Table, row: str, col: str) -> str:
    return key_of(table.counts, labels_of(table, row, col))


def _grid(one: Counted) -> Iterable[tuple[str, str]]:
    return _pairs(one.table, _rows(one), _cols(one))


def _pairs(table: Table, rows: Sequence[str], cols: Sequence[str]) -> Iterable[tuple[str, str]]:
    shown = (*cols, TOTAL) if table.cols else ("",)
    return ((row, col) for row in (*rows, TOTAL) for col in shown)


def _order(one: Counted, marks: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rows and columns as they are shown: on an open line the withheld ones last and by name, because their place among
    the others would tell their size.
    """
    table = one.table
    rows, cols = _rows(one), _cols(one)
    if table.rows.open:
        rows = _withheld_last(rows, {row for row in rows if _key(table, row, TOTAL if table.cols else "") in marks})
    if table.cols and table.cols.open:
        cols = _withheld_last(cols, {col for col in cols if _key(table, TOTAL, col) in marks})
    return rows, cols


def _withheld_last(codes: tuple[str, ...], withheld: set[str]) -> tuple[str, ...]:
    return (*(code for code in codes if code not in withheld), *sorted(withheld))


def _cells(one: Counted) -> dict[str, int]:
    found: dict[str, int] = {}
    for row, col in _grid(one):
        rows = _rows_in(one, row)
        cols = _cols(one) if col == TOTAL else (col,)
        found[_key(one.table, row, col)] = sum(one.counts.get((each, other), 0) for each in rows for other in cols)
    return found


def _rows_in(one: Counted, row: str) -> tuple[str, ...]:
    return _rows(one) if row == TOTAL else (row,)


def _sums(one: Counted) -> Iterable[Sum]:
    table, rows, cols = one.table, _rows(one), _cols(one)
    for col in (*cols, TOTAL) if table.cols else ("",):
        yield Sum(_key(table, TOTAL, col), tuple(sorted(_key(table, row, col) for row in rows)))
    if table.cols:
        for row in (*rows, TOTAL):
            yield Sum(_key(table, row, TOTAL), tuple(sorted(_key(table, row, col) for col in cols)))


def _rests(counted: Sequence[Counted], values: dict[str, int], sums: dict[Sum, None]) -> set[str]:
    """Where a part and its whole are both published, their difference can be read: it is a cell too, though unseen."""
    unseen = set()
    for one in (each for each in counted if each.table.rest):
        for row, col in _grid(one):
            labels = labels_of(one.table, row, col)
            part = key_of(one.table.counts, labels)
            whole = key_of(one.table.counts, [label for label in labels if label not in one.table.where])
            if whole in values:
                rest = _rest_name(whole, one.table.where)
                values[rest] = values[whole] - values[part]
                unseen.add(rest)
                sums[Sum(whole, (part, rest))] = None
    return unseen


def _written(one: Counted, values: Mapping[str, int], marks: Mapping[str, str]) -> dict[str, Any]:
    table = one.table
    rows, cols = _order(one, marks)
    cells = []
    for row, col in _pairs(table, rows, cols):
        name = _key(table, row, col)
        shown = marks.get(name, EXACT)
        cells.append({"row": row, "col": col, "value": values[name] if shown == EXACT else None, "shown": shown})
    is_total_shown = _key(table, TOTAL, TOTAL if table.cols else "") not in marks
    written: dict[str, Any] = {
        "id": table.id,
        "section": table.section,
        "title": table.title,
        "says": table.says,
        "counts": table.counts,
        "where": dict(table.where),
        "rows": _line(table.rows, rows),
        "cols": _line(table.cols, cols) if table.cols else None,
        "cells": cells,
    }
    if table.mean and one.mean is not None and is_total_shown and values[_key(table, TOTAL, "")]:
        written["mean"] = {"what": table.mean, "value": round(one.mean, 1)}
    return written


def _line(line: Line, codes: Sequence[str]) -> dict[str, Any]:
    return {
        "name": line.name,
        "label": line.label,
        "codes": [{"code": code, "label": line.words.get(code, code)} for code in codes],
    }


def cells_of(before: Earlier) -> dict[str, tuple[int, bool]]:
    """This function will read every cell of an earlier snapshot: its true value, and whether a reader could know it.

    The rests that no table shows are among them: where whole and part were shown, so was their difference.
    """
    found: dict[str, tuple[int, bool]] = {}
    parts: list[tuple[str, str, str]] = []
    for table in before.content["tables"]:
        where = tuple(table["where"].items())
        for cell in table["cells"]:
            labels = _labels_written(table, cell)
            name = key_of(table["counts"], labels)
            shown = cell["shown"] == EXACT
            found[name] = (cell["value"] if shown else before.withheld[name], shown)
            if where:
                whole = key_of(table["counts"], [label for label in labels if label not in where])
                parts.append((_rest_name(whole, where), whole, name))
    for rest, whole, part in parts:
        if whole in found:
            found[rest] = (found[whole][0] - found[part][0], found[whole][1] and found[part][1])
    return found


def _rest_name(whole: str, where: Labels) -> str:
    return f"{whole} without {where}"


def _labels_written(table: Mapping[str, Any], cell: Mapping[str, Any]) -> list[tuple[str, str]]:
    labels = list(table["where"].items())
    if cell["row"] != TOTAL:
        labels.append((table["rows"]["name"], cell["row"]))
    if table["cols"] and cell["col"] != TOTAL:
        labels.append((table["cols"]["name"], cell["col"]))
    return labels
