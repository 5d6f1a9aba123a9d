"""A publication's tables as a page shows them: rows with bars, months as columns, every cell in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tipline.interfaces.open_data import names
from tipline.interfaces.ui import plots, words
from tipline.programs.statistics.publication import TOTAL
from tipline.programs.statistics.tables import SECTIONS

LONG = 12  # rows that are shown at once; the rest opens
_COUNTRIES = {"user_country", "child_country", "country"}
_HIDDEN = {"under_10": "fewer than 10", "withheld": "not shown"}


_REPORTS = "reports received"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number in words; `hidden` where a small figure is protected."""

    text: str
    value: int | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its words, its cells, its bar."""

    label: str
    cells: tuple[Cell, ...]
    length: float = 0.0
    parts: tuple[plots.Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One table as a page shows it. `shape` is "bars", "parts" or "months"."""

    id: str
    title: str
    says: str
    shape: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    more: tuple[Row, ...]
    total: Row | None
    months: plots.Columns | None
    mean: str
    head: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted in it."""
        return self.total is not None and all(cell.value == 0 for cell in self.total.cells)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, its figures, small ones of the same make, and what has nothing counted yet."""

    id: str
    title: str
    figures: tuple[Figure, ...]
    small: tuple[Figure, ...]
    empty: tuple[str, ...]


def sections_of(content: Mapping[str, Any]) -> tuple[Section, ...]:
    """This function will arrange a publication's tables under their headings."""
    found = []
    for name, title in SECTIONS.items():
        tables = [table for table in content["tables"] if table["section"] == name]
        figures = [figure for table in tables for figure in _figures(table)]
        full = [one for one in figures if not one.is_empty]
        found.append(
            Section(
                name,
                title,
                tuple(one for one in full if one.shape != "months"),
                tuple(one for one in full if one.shape == "months"),
                tuple(dict.fromkeys(one.title for one in figures if one.is_empty)),
            )
        )
    return tuple(one for one in found if one.figures or one.small or one.empty)


def _figures(table: Mapping[str, Any]) -> Iterable[Figure]:
    """A table of months by kind becomes one small figure for each kind."""
    if table["cols"] and table["cols"]["name"] == "month":
        return [month_figure(table, row) for row in table["rows"]["codes"]]
    return [figure_of(table)]


def cell_of(value: int | None, shown: str) -> Cell:
    """This function will write a cell: its number, or why there is none."""
    if value is None:
        return Cell(_HIDDEN[shown], None, hidden=True)
    return Cell(words.thin(value), value)


def label_of(line: Mapping[str, Any], code: str, label: str) -> str:
    """This function will name a row; countries by their names."""
    if line["name"] in _COUNTRIES and code:
        return names.country(code)
    return label.replace("_", " ") if label else "Not said"


def _cells(table: Mapping[str, Any]) -> dict[tuple[str, str], Cell]:
    return {(cell["row"], cell["col"]): cell_of(cell["value"], cell["shown"]) for cell in table["cells"]}


def figure_of(table: Mapping[str, Any]) -> Figure:
    """This function will lay one table out."""
    cells, cols = _cells(table), table["cols"]
    if table["rows"]["name"] == "month":
        return _months(table, table["title"], {row: cell for (row, _), cell in cells.items()})
    codes = [one["code"] for one in cols["codes"]] if cols else []
    keys = [*codes, TOTAL] if cols else [""]
    known = [cell.value for (row, _), cell in cells.items() if row != TOTAL and cell.value is not None]
    most = max(known, default=0)
    rows = [
        _row(
            label_of(table["rows"], one["code"], one["label"]),
            [cells[one["code"], key] for key in keys],
            most,
            bool(cols),
        )
        for one in table["rows"]["codes"]
    ]
    heads = (*(one["label"] for one in cols["codes"]), "All") if cols else ("Reports",)
    total = Row("All", tuple(cells[TOTAL, key] for key in keys))
    return Figure(
        table["id"], table["title"], table["says"], "parts" if cols else "bars", heads, *_cut(rows), total, None,
        _mean(table), table["rows"]["label"],
    )  # fmt: skip


def _row(label: str, cells: Sequence[Cell], most: int, stacked: bool) -> Row:
    if stacked:
        return Row(label, tuple(cells), parts=plots.parts([cell.value for cell in cells[:-1]], most))
    return Row(label, tuple(cells), length=plots.bar(cells[0].value, most))


def _cut(rows: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    at = len(rows) if len(rows) <= LONG + 3 else LONG
    return tuple(rows[:at]), tuple(rows[at:])


def _mean(table: Mapping[str, Any]) -> str:
    found = table.get("mean")
    return f"{found['value']:g} {found['what']}" if found else ""


def month_figure(table: Mapping[str, Any], row: Mapping[str, str]) -> Figure:
    """This function will draw the months of one row."""
    cells = {col: cell for (code, col), cell in _cells(table).items() if code == row["code"]}
    return _months(table, label_of(table["rows"], row["code"], row["label"]), cells)


def _months(table: Mapping[str, Any], title: str, cells: Mapping[str, Cell]) -> Figure:
    line = table["cols"] or table["rows"]
    values = [
        (one["label"][0], cells[one["code"]].value, f"{one['label']}: {cells[one['code']].text}")
        for one in line["codes"]
    ]
    rows = tuple(Row(one["label"], (cells[one["code"]],)) for one in line["codes"])
    total = Row("All", (cells[TOTAL],))
    return Figure(table["id"], title, table["says"], "months", ("Reports",), rows, (), total, plots.columns(values), "",
                  line["label"])  # fmt: skip


def is_telling(content: Mapping[str, Any]) -> bool:
    """This function will say whether a publication shows how many reports there were, and there were any."""
    return any(one["says"] == _REPORTS and not one["kind"] and one["text"] != "0" for one in hero_of(content))


def hero_of(content: Mapping[str, Any]) -> tuple[dict[str, str], ...]:
    """This function will choose the few numbers that stand above everything."""
    wanted = (
        ("reports_by_type", (TOTAL, TOTAL), _REPORTS),
        ("priority", ("urgent", ""), "of them urgent"),
        ("decisions", ("actionable", ""), "enough to act on"),
        ("files_received", (TOTAL, ""), "files"),
        ("children_by_age", (TOTAL, ""), "children identified"),
    )
    tables = {table["id"]: _cells(table) for table in content["tables"]}
    found = []
    for table_id, key, says in wanted:
        cell = tables.get(table_id, {}).get(key)
        if cell is not None:
            found.append({"text": cell.text, "says": says, "kind": "small" if cell.hidden else ""})
    return tuple(found)
