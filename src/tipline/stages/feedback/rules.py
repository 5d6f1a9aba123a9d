"""The outcome form and the reading of seized contact lists. Pure.

Source: the public feedback form of the CyberTipline (specs/exports, "Outcome form").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tipline.domain.errors import Refusal
from tipline.domain.identifiers import normalise
from tipline.domain.report import IdentifierKind
from tipline.domain.vocabulary import CASE_STATUSES, CLOSING_REASONS, NOT_USEFUL_REASONS

FORM = "NCMEC outcome form"
SELF_PRODUCED = {"yes": "Yes", "no": "No", "unknown": "Not known"}
USEFUL = {"yes": "Yes", "no": "No"}
# After these the matter is at an end for the agency.
FINAL = frozenset({"conviction", "closed"})
WAITING_TIME = timedelta(days=365)
MOST_VICTIMS = 10_000
MOST_ROWS = 20_000
_WIDTH = 500
_LONGEST_LINE = 1000


@dataclass(frozen=True, slots=True)
class OutcomeAnswer:
    """The outcome form as filled in. Empty text or None: not answered."""

    case_status: str
    child_identified: bool | None = None
    further_victims: int | None = None
    closing_reason: str = ""
    self_produced: str = ""
    useful: str = ""
    not_useful_reason: str = ""
    note: str = ""


def check_answer(answer: OutcomeAnswer) -> None:
    """This function will refuse an answer that contradicts itself, naming the field to change.

    Raises Refusal.
    """
    _known(answer.case_status, CASE_STATUSES, "case_status", "Choose how the case stands.")
    _arrest(answer)
    _closed(answer)
    if answer.self_produced:
        _known(answer.self_produced, SELF_PRODUCED, "self_produced", "Choose yes, no or not known.")
    _useful(answer)


def _known(value: str, allowed: dict[str, str], field: str, sentence: str) -> None:
    if value not in allowed:
        raise Refusal("unknown_choice", sentence, source=FORM, field=field)


def _refuse(code: str, sentence: str, field: str) -> None:
    raise Refusal(code, sentence, source=FORM, field=field)


def _arrest(answer: OutcomeAnswer) -> None:
    arrested = answer.case_status in {"arrest", "conviction"}
    if not arrested and answer.child_identified is not None:
        _refuse("only_after_arrest", "Children are counted after an arrest or a conviction.", "child_identified")
    if not arrested and answer.further_victims is not None:
        _refuse("only_after_arrest", "Further victims are counted after an arrest or a conviction.", "further_victims")
    if answer.further_victims is not None and not 0 <= answer.further_victims <= MOST_VICTIMS:
        _refuse("out_of_range", f"Give a number from 0 to {MOST_VICTIMS}.", "further_victims")


def _closed(answer: OutcomeAnswer) -> None:
    if answer.case_status == "closed":
        _known(answer.closing_reason, CLOSING_REASONS, "closing_reason", "Say why the case was closed.")
    elif answer.closing_reason:
        _refuse("only_when_closed", "A closing reason belongs to a closed case.", "closing_reason")


def _useful(answer: OutcomeAnswer) -> None:
    if answer.useful:
        _known(answer.useful, USEFUL, "useful", "Choose yes or no.")
    if answer.useful == "no":
        _known(answer.not_useful_reason, NOT_USEFUL_REASONS, "not_useful_reason", "Say what made it of little use.")
    elif answer.not_useful_reason:
        _refuse("only_when_not_useful", "This reason belongs to a report that was not useful.", "not_useful_reason")


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
    officer knows it to be a child's. Blank rows and a first row that only
    names the column are left out; a row that cannot be read comes back with its problem.
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


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if len(line) > _LONGEST_LINE:
            # No contact is so long; it comes back with the problem of a row that cannot be read.
            yield number, [line[:_LONGEST_LINE], ""]
            continue
        # One line at a time: an unclosed quotation mark spoils its own row and no other.
        cells = next(csv.reader(io.StringIO(line), delimiter=_delimiter(line)), [])
        yield number, [cell.strip() for cell in cells]


def is_marked_child(written: str) -> bool:
    """This function will say whether the officer marked a row as a child: the word stands beside the contact."""
    cells = [cell.strip().casefold() for cell in written.split(",")]
    return len(cells) > 1 and CHILD_MARK in cells


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
