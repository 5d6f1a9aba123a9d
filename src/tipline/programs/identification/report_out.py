"""The report on a collection as PDF, CSV and VICS. Before an analyst issued it, each carries that it is preliminary."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from tipline.platform.pdf.page import para
from tipline.platform.pdf.parts import Face, facts, heading, render, table
from tipline.programs.identification import queries, rules
from tipline.programs.identification.formats.csv_out import write_csv
from tipline.programs.identification.formats.vics_out import Answered, Case, Form, write_vics
from tipline.programs.identification.values import AnswerLine, CollectionLine, SeriesShown
from tipline.reference.directory.queries import find_agency

VERSION = "0.1.0"  # of the form that our answers have
MOST_LINES = 200  # of the PDF; the whole stands in CSV and VICS
_HEAD = (
    "row", "media_id", "md5", "sha1", "sha256", "pdq", "class", "series", "contact_agency", "contact", "agreed_by",
    "distance", "standing",
)  # fmt: skip
_SOURCES = {"series": "a known series", "report": "an earlier report", "rejected": "an earlier report", "": ""}
_NAMESPACE = uuid.UUID("6f1ed002-ab59-5da2-8f4f-6c5d0c9f2c10")


def standing_of(line: CollectionLine) -> str:
    """This function will say what an answer is worth: preliminary until an analyst issued the report."""
    if line.reviewed_at is None:
        return rules.PRELIMINARY
    return f"Child Identification Report, issued {line.reviewed_at:%Y-%m-%d} after a person's review."


def said_by(one: AnswerLine) -> str:
    """This function will say by what a file is known."""
    return _SOURCES.get(one.source, "a hash list")


def csv_report(line: CollectionLine) -> Iterator[bytes]:
    """This function will write the report as CSV, one row a file."""
    standing = "issued" if line.reviewed_at else "preliminary, not an identification"
    return write_csv(_HEAD, (_row(one, standing) for one in queries.stream_answers(line.id)))


def _row(one: AnswerLine, standing: str) -> Sequence[object]:
    series = one.series
    named = (series.name, series.contact_agency, series.contact) if series else ("", "", "")
    file = one.file
    digests = (file.md5, file.sha1, file.sha256, file.pdq)
    return (one.row, file.media_id, *digests, one.words, *named, one.how, one.distance if one.how else "", standing)


def vics_report(line: CollectionLine, form: Form) -> Iterator[bytes]:
    """This function will write the report as VICS JSON."""
    total = line.identified + line.recognised + line.unrecognised + line.not_relevant
    case = Case(str(uuid.uuid5(_NAMESPACE, str(line.id))), line.case_number, line.agency, VERSION, total)
    note = "" if line.reviewed_at else rules.PRELIMINARY
    return write_vics(form, case, (_answered(one, note) for one in queries.stream_answers(line.id)))


def _answered(one: AnswerLine, note: str) -> Answered:
    contact = f"Ask {one.series.contact_agency}, {one.series.contact}." if one.series and one.series.contact else ""
    return Answered(one.row, one.file, one.words, " ".join(filter(None, (contact, note))))


def pdf_report(line: CollectionLine, now: datetime) -> bytes:
    """This function will write the report as PDF: the case, the counts, the series with contacts, the first files."""
    issued = line.reviewed_at is not None
    title = "Child Identification Report" if issued else "Preliminary report on a seized collection"
    face = Face(
        title=f"{title}, case {line.case_number}",
        subject="Comparison of a seized collection with known series, hash lists and reports",
        running=f"{title}  ·  {_agency(line)}  ·  case {line.case_number}",
        foot="Law-enforcement sensitive. " + ("" if issued else "Preliminary, not an identification."),
    )
    found = queries.list_series_found(line.id)
    content = [para(title, "title"), para(standing_of(line), "body" if issued else "warn"), facts(_case(line, now))]
    content += [heading("What was found"), facts(_counts(line)), heading("Series"), *_series(found)]
    content += [heading("Files that are known"), *_files(line)]
    return render(face, content)


def _agency(line: CollectionLine) -> str:
    known = find_agency(line.agency)  # a court reads names, not our codes
    return known.name if known else line.agency


def _case(line: CollectionLine, now: datetime) -> list[tuple[str, object]]:
    return [
        ("Agency", _agency(line)), ("Handed in by", line.officer), ("Case number", line.case_number),
        ("Exhibit", line.exhibit), ("Legal basis", line.legal_basis), ("Device", line.device),
        ("Handed in", f"{line.received_at:%Y-%m-%d %H:%M} UTC"), ("SHA-256 of what was handed in", line.sha256),
        ("Compared", f"{line.read_at:%Y-%m-%d %H:%M} UTC" if line.read_at else ""),
        ("Written", f"{now:%Y-%m-%d %H:%M} UTC"),
    ]  # fmt: skip


def _counts(line: CollectionLine) -> list[tuple[str, object]]:
    return [
        ("Identified child", f"{line.identified:,}"), ("Recognised", f"{line.recognised:,}"),
        ("Unrecognised", f"{line.unrecognised:,}"),
        ("Not relevant", f"{line.not_relevant:,}" if line.not_relevant else ""),
        ("Rows that could not be read", f"{line.rows_bad:,}" if line.rows_bad else ""),
    ]  # fmt: skip


def _series(found: tuple[tuple[SeriesShown, int], ...]) -> list[object]:
    if not found:
        return [para("No known series.", "quiet")]
    rows = [
        [
            para(one.name, "cell"),
            para(rules.STATUSES[one.status], "cell"),
            para(", ".join(filter(None, (one.contact_agency, one.contact))) or "nobody yet", "cell"),
            para(f"{files:,}", "cell"),
        ]
        for one, files in found
    ]
    note = para("No child's name stands here: the agency named knows who the child is.", "quiet")
    return [table(("Series", "Child", "Whom to ask", "Files"), rows, (28, 18, 42, 12)), note]


def _files(line: CollectionLine) -> list[object]:
    listed: list[AnswerLine] = []
    for found in (rules.IDENTIFIED, rules.RECOGNISED):
        listed += queries.list_answers_quickly(line.id, found=found, after=0, size=MOST_LINES - len(listed))
    if not listed:
        return [para("None.", "quiet")]
    rows = [
        [
            para(str(one.row), "cell"),
            para(one.words, "cell"),
            para(one.series.name if one.series else said_by(one), "cell"),
            para(one.file.sha256 or one.file.sha1 or one.file.md5 or one.file.pdq, "mono"),
        ]
        for one in listed
    ]
    known = line.identified + line.recognised
    note = f"The first {len(listed)} of {known:,}; every file stands in the CSV and VICS forms."
    return [table(("Row", "Class", "By", "Digest"), rows, (8, 16, 26, 50)), para(note, "quiet")]
