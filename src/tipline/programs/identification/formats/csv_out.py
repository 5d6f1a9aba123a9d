"""Writing CSV that an office program may open without running anything that stands in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# What makes a spreadsheet take a cell for a formula. Source: OWASP, CSV injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def safe_cell(value: object) -> str:
    """This function will write a cell; what a spreadsheet would take for a formula gets an apostrophe in front."""
    text = "" if value is None else str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """This function will write CSV (UTF-8, comma, CRLF) in pieces of some hundred rows."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(head)
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(cell) for cell in row])
        if number % 500 == 0:
            yield held.getvalue().encode("utf-8", "replace")
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode("utf-8", "replace")
