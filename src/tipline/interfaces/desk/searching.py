"""Finds reports by number or by one exact identifier."""

from __future__ import annotations

from dataclasses import dataclass

from tipline.domain.identifiers import normalise
from tipline.domain.report import Identifier, IdentifierKind, PersonRole
from tipline.domain.states import ReportState
from tipline.interfaces.desk import words
from tipline.interfaces.desk.queue import Item, lines_of
from tipline.reports import lists, sightings
from tipline.reports.queries import QueueRow

_NUMBER_SIGNS = 10
KINDS = (
    IdentifierKind.EMAIL,
    IdentifierKind.HANDLE,
    IdentifierKind.PHONE,
    IdentifierKind.IP,
    IdentifierKind.ESP_ACCOUNT,
    IdentifierKind.DEVICE,
    IdentifierKind.URL,
    IdentifierKind.GROUP,
    IdentifierKind.WALLET,
    IdentifierKind.NAME,
    IdentifierKind.FILE_SHA256,
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a search found: lines, what waits first, in each state the most urgent; and as what the words were found."""

    items: tuple[Item, ...]
    found_as: tuple[str, ...]


def number_in(text: str) -> int:
    """This function will read a report number, blanks ignored; 0 where it is none."""
    joined = "".join(text.split())
    return int(joined) if joined.isascii() and joined.isdigit() and len(joined) == _NUMBER_SIGNS else 0


_RANK = {state: at for at, state in enumerate((ReportState.SCORED, *lists.PREPARING, *lists.DECIDED))}


def _urgency(row: QueueRow) -> tuple[int, int, int]:
    """What waits for a decision first, then what is being prepared, then what is decided; within each by urgency."""
    return _RANK.get(row.head.state, len(_RANK)), row.head.priority, -row.head.score


def find(text: str, *, current: int = 0) -> Result:
    """This function will find every report that holds these words as an identifier of any kind."""
    ids: dict[int, None] = {}
    found_as: dict[str, None] = {}
    for kind in KINDS:
        value = normalise(kind, text)
        if not value:
            continue
        for sighting in sightings.find_sightings(Identifier(kind, PersonRole.SUSPECT, value, text), besides=0):
            ids[sighting.report_id] = None
            role = words.ROLE_WORDS.get(sighting.identifier.role, "")
            found_as[f"{words.KIND_WORDS[kind].lower()} of the {role}"] = None
    rows = sorted(lists.list_rows(sorted(ids)), key=_urgency)
    return Result(lines_of(rows, within="", current=current), tuple(found_as))
