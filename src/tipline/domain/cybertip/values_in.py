"""From the text of an element or attribute to a typed value, by its simple type.

A reader returns the value, or None where the text is none of the type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from tipline.domain.cybertip.grammar import Form, Simple
from tipline.domain.cybertip.moments import read_date, read_local
from tipline.domain.cybertip.violations import Fault

Value = str | int | bool
ReadValue = Callable[[str], Value | None]

_WHOLE = re.compile(r"[+-]?\d{1,40}", re.ASCII)  # longer ones are no xs:long, and int() would only burn time on them
_DOUBLE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_BOUNDS = {"int": 2**31, "long": 2**63}
_FEW = 12
_SENT = {
    "boolean": "true or false",
    "int": "a whole number, digits alone",
    "long": "a whole number, digits alone",
    "double": "a number in decimal degrees",
    "date": "a day such as 2026-01-31",
    "dateTime": "a moment such as 2026-01-31T08:30:00-07:00",
}


@cache
def reader_of(simple: Simple) -> ReadValue | None:
    """This function will make the reader of a type; None where every text is a value as it stands."""
    if simple.form is Form.TEXT:
        return _listed(frozenset(simple.values)) if simple.values else None
    if simple.form is Form.WHOLE:
        return _whole(_BOUNDS[simple.name])
    if simple.form is Form.BOOLEAN:
        return _boolean
    if simple.form is Form.FLAG:
        return lambda text: True if collapse(text) in simple.values else None
    return _COLLAPSED.get(simple.name, collapse)


def collapse(text: str) -> str:
    """This function will strip a text and make every run of white space one blank, as xs:token does."""
    return " ".join(text.split())


def _listed(values: frozenset[str]) -> ReadValue:
    return lambda text: text if text in values else None


def _whole(bound: int) -> ReadValue:
    def read(text: str) -> Value | None:
        found = _WHOLE.fullmatch(text) or _WHOLE.fullmatch(collapse(text))
        number = int(found.group()) if found else bound
        return number if -bound <= number < bound else None

    return read


def _boolean(text: str) -> Value | None:
    known = _BOOLEANS.get(text)
    return _BOOLEANS.get(collapse(text)) if known is None else known


def _double(text: str) -> Value | None:
    collapsed = collapse(text)
    return collapsed if _DOUBLE.fullmatch(collapsed) else None


def _date(text: str) -> Value | None:
    return text.strip() if read_date(text) else None


def _moment(text: str) -> Value | None:
    return text.strip() if read_local(text) else None


_COLLAPSED: dict[str, ReadValue] = {"double": _double, "date": _date, "dateTime": _moment}


def fault_of_value(simple: Simple) -> Fault:
    """This function will say what is wrong with a text that is no value of a type, and what to send."""
    if simple.form is Form.FLAG:
        return "cvc-elt.5.2.2.2.2: The value is not the fixed value 'true'.", "Send the element empty, or leave it out."
    if simple.values:
        few = len(simple.values) <= _FEW
        listed = f"Use one of: {', '.join(filter(None, simple.values))}." if few else "Use one of the schema's codes."
        return "cvc-enumeration-valid: The value is not one of the enumeration.", listed
    message = f"cvc-datatype-valid.1.2.1: The value is not a valid value for '{simple.name}'."
    return message, f"Send {_SENT.get(simple.name, 'the form that the schema names')}."
