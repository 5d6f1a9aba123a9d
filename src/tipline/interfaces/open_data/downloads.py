"""The same figures for machines: CSV with one row a cell, JSON as it was published, the schema of that JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from tipline.programs.statistics.publication import TOTAL

HEAD = ("snapshot", "published", "table", "counts", "row", "row_label", "column", "column_label", "value", "shown")
SCHEMA = "open-figures-1.schema.json"
_TOTAL_LABEL = "All"


def schema() -> str:
    """This function will read the JSON Schema of a publication."""
    return resources.files("tipline.programs.statistics").joinpath("data", SCHEMA).read_text(encoding="utf-8")


def as_csv(content: Mapping[str, Any], table_id: str = "") -> str:
    """This function will write a publication, or one of its tables, as CSV: one row a cell, totals marked with *."""
    head = content["snapshot"]
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEAD)
    for table in content["tables"]:
        if table_id in {"", table["id"]}:
            writer.writerows((head["number"], head["published_at"][:10], *row) for row in _rows(table))
    return written.getvalue()


def _rows(table: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    rows, cols = _labels(table["rows"]), _labels(table["cols"])
    for cell in table["cells"]:
        row, col = cell["row"], cell["col"]
        yield (
            *(table["id"], table["counts"], row, rows[row], col, cols[col]),
            *("" if cell["value"] is None else cell["value"], cell["shown"]),
        )


def _labels(line: Mapping[str, Any] | None) -> dict[str, str]:
    if line is None:
        return {"": ""}
    return {one["code"]: _plain(one["label"]) for one in line["codes"]} | {TOTAL: _TOTAL_LABEL}


def _plain(text: str) -> str:
    # A spreadsheet takes a text that begins so for a formula.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def plain_csv(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """This function will write a small table."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows([_plain(each) if isinstance(each, str) else each for each in row] for row in rows)
    return written.getvalue()
