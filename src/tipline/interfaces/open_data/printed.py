"""The figures printed for 2023 as a page shows them: public facts with their source, nothing withheld."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tipline.domain.vocabulary import BY_CODE
from tipline.interfaces.open_data import names
from tipline.interfaces.open_data.figures import Cell, Figure, Row, Section
from tipline.interfaces.ui import plots, words
from tipline.programs.statistics import official

_AGENCIES = {
    "international law enforcement": "Law enforcement of other countries",
    "federal law enforcement": "Federal law enforcement",
    "internet crimes against children units": "Internet crimes against children task forces",
    "local law enforcement": "Local law enforcement",
}
_PLACES = {"foreign": "Outside the United States", "us": "United States", "unknown": "Not known"}
_CVIP = {
    "files_reviewed_total": "Files looked at for seized collections",
    "files_reviewed_unique_md5": "of them unique by digest",
    "identified_victims_added": "Identified children added in the year",
    "new_unidentified_series": "New series of a child not identified yet",
}
_LIST = (
    "Two countings, two names. The country list counts a report for the country of the reported user as the list's own "
    f"rules see it: {words.thin(1_132_270)} for the United States. The user's place, below, counts "
    f"{words.thin(1_621_937)}. Both were printed; neither is corrected here."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One printed table as rows, for the page and for its CSV."""

    id: str
    title: str
    says: str
    head: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    total: bool = True


def _by_type() -> Sheet:
    rows = tuple((BY_CODE[code].label, (count,)) for code, count in sorted(official.by_type().items(), key=_size))
    return Sheet("reports_by_type", "Reports by type", "", "Type of incident", ("Reports",), rows)


def _size(pair: tuple[str, int]) -> int:
    return -pair[1]


def _by_door() -> Sheet:
    counted = official.printed()["public_vs_esp"]
    rows = (("Companies", (counted["esp"],)), ("The public", (counted["public"],)))
    return Sheet("reports_by_door", "Who reported", "", "Who", ("Reports",), rows)


def _by_esp() -> Sheet:
    rows = tuple((name, (count,)) for name, count in sorted(official.by_esp().items(), key=_size))
    says = "Many reports can mean a careful company; none can mean that nobody looks."
    return Sheet("reports_by_esp", "Reports by company", says, "Company", ("Reports",), rows)


def _by_country() -> Sheet:
    known = [row for row in official.countries() if row.reports is not None]
    ranked = sorted(known, key=lambda row: (row.code == official.NO_COUNTRY, -(row.reports or 0)))
    rows = tuple((names.country(row.code) if row.code else row.name, (row.reports,)) for row in ranked)
    return Sheet("country_list", "Country list", _LIST, "Country or territory", ("Reports",), rows)


def _by_place() -> Sheet:
    counted = official.printed()["user_location"]
    says = (
        "Where the reported user was, by the printed table of user locations. The country list above counts otherwise."
    )
    return Sheet("user_place", "User's place", says, "Place", ("Reports",), _named(_PLACES, counted))


def _named(labels: dict[str, str], counted: dict[str, int]) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    return tuple((label, (counted[name],)) for name, label in labels.items())


def _recipients() -> Sheet:
    counted = official.printed()["recipients"]
    rows = tuple(
        (label, (counted[name]["actionable"], counted[name]["informational"])) for name, label in _AGENCIES.items()
    )
    says = "A report counts once for each kind of agency that got it, so the sum is larger than all reports."
    return Sheet("recipients", "Recipients", says, "Kind of agency", ("Actionable", "Informational"), rows, total=False)


def _files() -> Sheet:
    counted = official.printed()["files"]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...] = (
        ("Pictures", (counted["images"],)),
        ("unique by digest", (counted["images_unique_md5"],)),
        ("unique after looking alike", (counted["images_after_visual"],)),
        ("Videos", (counted["videos"],)),
        ("unique by digest ", (counted["videos_unique_md5"],)),
        ("unique after looking alike ", (counted["videos_after_visual"],)),
        ("Other files", (counted["other"],)),
    )
    says = "Of 104 million pictures and videos, only a third remain when those that look alike are counted once."
    return Sheet("files", "Files", says, "Files", ("Files",), rows, total=False)


def _feedback() -> Sheet:
    counted = official.printed()["le_feedback"]
    labels = {"icac": "Task forces", "international": "Other countries", "federal": "Federal", "local": "Local"}
    says = "How often an agency said what came of a report."
    return Sheet("feedback", "Answers of agencies", says, "Kind of agency", ("Answers",), _named(labels, counted))


def _cvip() -> Sheet:
    counted = official.printed()["cvip"]
    collections, files = counted["le_submissions"]
    rows = (("Collections handed in by agencies", (collections,)), ("Files in them", (files,)), *_named(_CVIP, counted))
    return Sheet("identification", "Victim identification", "", "What", ("Number",), rows, total=False)


def _relationships() -> Sheet:
    ranked = sorted(official.relationships(), key=lambda row: -row[1])
    rows = tuple((name, (pieces, unique)) for name, pieces, unique in ranked)
    says = "Pieces of material of identified children, by who abused the child. A piece seen often counts often."
    title = "Offender's relationship to the child"
    return Sheet("relationships", title, says, "Relationship", ("Pieces", "Unique"), rows, total=False)


_MAKERS: tuple[tuple[str, str, tuple[Callable[[], Sheet], ...]], ...] = (
    ("reports", "Reports", (_by_type, _by_esp, _by_door)),
    ("places", "Places", (_by_country, _by_place)),
    ("agencies", "Agencies", (_recipients, _feedback)),
    ("files", "Files", (_files,)),
    ("children", "Children", (_cvip, _relationships)),
)


def sheets() -> Iterable[Sheet]:
    """This function will give every printed table."""
    return (make() for _, _, makers in _MAKERS for make in makers)


def find_sheet(wanted: str) -> Sheet | None:
    """This function will find one printed table."""
    return next((sheet for sheet in sheets() if sheet.id == wanted), None)


def sections() -> tuple[Section, ...]:
    """This function will arrange the printed tables under their headings."""
    return tuple(
        Section(name, title, tuple(_figure(make()) for make in makers), (), ()) for name, title, makers in _MAKERS
    )


def _figure(sheet: Sheet) -> Figure:
    pairs = len(sheet.heads) > 1
    nested = sheet.id == "relationships"  # unique pieces are among all pieces: no stack, a bar of all
    largest = max((sum(v or 0 for v in values) if pairs and not nested else values[0] or 0 for _, values in sheet.rows))
    rows = [_row(label, values, largest, stacked=pairs and not nested) for label, values in sheet.rows]
    total = Row("All", tuple(_total(sheet.rows, at) for at in range(len(sheet.heads)))) if sheet.total else None
    shape = "parts" if pairs and not nested else "bars"
    cut = len(rows) if len(rows) <= 15 else 12
    shown, more = tuple(rows[:cut]), tuple(rows[cut:])
    return Figure(sheet.id, sheet.title, sheet.says, shape, sheet.heads, shown, more, total, None, "", sheet.head)


def _total(rows: Sequence[tuple[str, tuple[int | None, ...]]], at: int) -> Cell:
    value = sum(values[at] or 0 for _, values in rows)
    return Cell(words.thin(value), value)


def _row(label: str, values: Sequence[int | None], most: int, *, stacked: bool) -> Row:
    cells = tuple(
        Cell(words.thin(value), value) if value is not None else Cell("not printed", None) for value in values
    )
    if stacked:
        return Row(label, cells, parts=plots.parts(values, most))
    return Row(label, cells, length=plots.bar(values[0], most))


def hero() -> tuple[dict[str, str], ...]:
    """This function will choose the few numbers that stand above everything."""
    printed: dict[str, Any] = official.printed()
    files = printed["files"]
    return (
        {"text": words.thin(printed["reports_per_year"]), "says": "reports received"},
        {"text": words.thin(printed["urgent_escalated"]), "says": "urgent, handed on at once"},
        {"text": words.thin(files["images"] + files["videos"] + files["other"]), "says": "files"},
        {"text": words.thin(printed["new_esps"]), "says": "companies new in the year"},
    )
