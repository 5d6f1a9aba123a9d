"""Long lists on their way into one statement: a column of values as one text, one value a line.

An array would be written sign by sign in Python, which took most of the time of large comparisons; PostgreSQL takes a
text apart at no cost worth naming. An empty line is NULL.
"""

from __future__ import annotations

from collections.abc import Collection

COLUMN = "string_to_array(%s, E'\\n', '')"


def column(values: Collection[object]) -> str:
    """This function will write a column for COLUMN; None and the empty text are NULL.

    Raises ValueError where a value has a line end of its own: every later line would stand in a wrong row.
    """
    try:
        text = "\n".join(values)  # type: ignore[arg-type] # texts alone, as nearly all columns are
    except TypeError:
        text = "\n".join(["" if value is None else str(value) for value in values])
    if text.count("\n") > max(0, len(values) - 1):
        raise ValueError("a value with a line end cannot stand in a column")
    return text
