"""The reading of seized contact lists, one contact a row; nothing is lost. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tipline.domain.errors import Refusal
from tipline.domain.identifiers import normalise
from tipline.domain.report import IdentifierKind

MOST_ROWS = 20_000
_WIDTH = 500
_LONGEST_LINE = 1000


@dataclass(frozen=True, slots=True)
class Contact:
    """One row of a list: its number from 1, as written, and as compared; or the problem that keeps it unread."""

    row: int
    written: str
    kind: IdentifierKind | None = None
    value: str = ""
    problem: str = ""


_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,253}\.[^@\s,;<>.]{2,63}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-/]{5,24}")
_HANDLE = re.compile(r"@?[^\s@,;]{2,100}")
CHILD_MARK = "child"
_HEADS = frozenset({"handle", "contact", "contacts", "username", "user name", "e-mail", "email", "phone", "telephone"})
_KIND_WORDS = {
    "handle": IdentifierKind.HANDLE,
    "username": IdentifierKind.HANDLE,
    "email": IdentifierKind.EMAIL,
    "e-mail": IdentifierKind.EMAIL,
    "phone": IdentifierKind.PHONE,
    "telephone": IdentifierKind.PHONE,
}


def read_contacts(text: str) -> tuple[Contact, ...]:
    """This function will read pasted lines or CSV, one contact a row; nothing is lost.

    A row is a handle, an e-mail address or a telephone number, or "kind,value"; "child" beside it says that the
    officer knows it to be a child's. Blank rows and a first row that only names the column are left out; a row that
    cannot be read comes back with its problem.
    Raises Refusal `empty_list` or `too_long`.
    """
    rows = [(number, row) for number, row in _rows(text) if any(row)]
    if rows and _is_heading(rows[0][1]):
        rows = rows[1:]
    if not rows:
        raise Refusal("empty_list", "Paste at least one contact, one on each line.", field="contacts")
    if len(rows) > MOST_ROWS:
        raise Refusal("too_long", f"Hand in at most {MOST_ROWS} contacts at once.", field="contacts")
    return tuple(_without_repeats(_read(number, cells) for number, cells in rows))


def _is_heading(cells: Sequence[str]) -> bool:
    words = {cell.casefold() for cell in cells if cell}
    return words <= {*_HEADS, "kind", "type", "value", CHILD_MARK} and words != {CHILD_MARK}


def is_marked_child(written: str) -> bool:
    """This function will say whether the officer marked a row as a child: the word stands beside the contact."""
    cells = [cell.strip().casefold() for cell in written.split(",")]
    return len(cells) > 1 and CHILD_MARK in cells


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if len(line) > _LONGEST_LINE:
            # No contact is so long; it comes back with the problem of a row that cannot be read.
            yield number, [line[:_LONGEST_LINE], ""]
            continue
        # One line at a time: an unclosed quotation mark spoils its own row and no other.
        cells = next(csv.reader(io.StringIO(line), delimiter=_delimiter(line)), [])
        yield number, [cell.strip() for cell in cells]


def _delimiter(line: str) -> str:
    return "\t" if "\t" in line else ";" if ";" in line and "," not in line else ","


def _read(number: int, cells: Sequence[str]) -> Contact:
    written = ", ".join(cell for cell in cells if cell)[:_WIDTH]
    filled = [cell for cell in cells if cell and cell.casefold() != CHILD_MARK] or [CHILD_MARK]
    named = _KIND_WORDS.get(filled[0].casefold()) if len(filled) == 2 else None
    if len(filled) > 2 or (len(filled) == 2 and named is None):
        return Contact(number, written, problem="More than one contact on the line: write each on its own.")
    raw = filled[-1]
    kind = named or kind_of(raw)
    if kind is None or not _fits(kind, raw):
        return Contact(number, written, problem="Not a handle, an e-mail address or a telephone number.")
    return Contact(number, written, kind, normalise(kind, raw))


def kind_of(raw: str) -> IdentifierKind | None:
    """This function will tell what a contact looks like; None where it is none of the three."""
    if _EMAIL.fullmatch(raw):
        return IdentifierKind.EMAIL
    if _PHONE.fullmatch(raw) and sum(char.isdigit() for char in raw) >= 7:
        return IdentifierKind.PHONE
    return IdentifierKind.HANDLE if _HANDLE.fullmatch(raw) else None


def _fits(kind: IdentifierKind, raw: str) -> bool:
    shapes = {IdentifierKind.EMAIL: _EMAIL, IdentifierKind.PHONE: _PHONE}
    # A handle named as one may hold blanks and signs that no pattern foresees.
    return bool(normalise(kind, raw)) and (kind not in shapes or bool(shapes[kind].fullmatch(raw)))


def _without_repeats(contacts: Iterator[Contact]) -> Iterator[Contact]:
    seen: dict[tuple[IdentifierKind | None, str], int] = {}
    for one in contacts:
        first = seen.setdefault((one.kind, one.value), one.row) if one.value else one.row
        if first == one.row:
            yield one
        else:
            yield Contact(one.row, one.written, problem=f"The same as line {first}.")
