"""The business rules of reports and file details: everything that the schema cannot say.

Source: reporting API, section 5 and the column "Extra server rule" of sections 3 and 4. Pure functions over
the document; each rule gives the violations that it sees, and the caller gets all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tipline.domain.cybertip.grammar import ElementTable
from tipline.domain.cybertip.rules_types import TYPE_RULES
from tipline.domain.cybertip.rules_values import check_values, each
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.violations import Violation, broken
from tipline.domain.report import Document

_PEOPLE = (
    ("personOrUserReported", "personOrUserReportedPerson"),
    ("intendedRecipient", "intendedRecipientPerson"),
    ("victim", "victimPerson"),
)
_NOT_IN_BATCH = ("internetDetails", "lawEnforcement", "intendedRecipient", "victim", "additionalInfo")
_NOT_IN_BATCHED_FILE = (
    "originalFileName",
    "locationOfFile",
    "originalFileHash",
    "ipCaptureEvent",
    "deviceId",
    "details",
    "additionalInfo",
)
_BATCH_FLAGS = frozenset({"viral", "potentialMeme"})


def check_report(document: Document, *, now: datetime, reporter_email_required: bool = True) -> list[Violation]:
    """This function will check a report against every business rule.

    Works on documents of any door; what is missing altogether is the schema's to name.
    """
    found = list(check_values(document, REPORT, "/report", now))
    found += _type_violations(document, REPORT, "/report")
    for rule in (_incident_emails, _people_count, _batch):
        found += rule(document)
    if reporter_email_required:
        found += _reporter_email(document)
    return found


def check_file_details(document: Document, *, now: datetime, batched: bool = False) -> list[Violation]:
    """This function will check the details of a file; `batched` says that its report is a batch."""
    found = list(check_values(document, FILE_DETAILS, "/fileDetails", now))
    found += _type_violations(document, FILE_DETAILS, "/fileDetails")
    rules: tuple[Callable[[Document], Iterator[Violation]], ...] = (_exif_needs_view, _supplemental)
    for rule in (*rules, _batched_file) if batched else rules:
        found += rule(document)
    return found


def check_file_count(document: Document, count: int) -> list[Violation]:
    """This function will check at /finish how many files a report may have: a batch has at most one."""
    if "batchedReport" not in document or count <= 1:
        return []
    return [broken("/report/batchedReport", "A batch report has more than one file.", "Retract it and send one file.")]


def _type_violations(document: Document, table: ElementTable, path: str) -> Iterator[Violation]:
    """This function will walk a document and apply the rules that belong to element types."""
    rule = TYPE_RULES.get(table.name)
    if rule is not None:
        yield from rule(document, path)
    for child in table.children:
        if child.name in document and isinstance(child.kind, ElementTable):
            for spot, one in each(document[child.name], child, path):
                yield from _type_violations(one, child.kind, spot)


def _reporter_email(document: Document) -> Iterator[Violation]:
    person = document.get("reporter", {}).get("reportingPerson")
    if person is not None and not person.get("email"):
        yield broken(
            "/report/reporter/reportingPerson",
            "The reporting person has no e-mail address.",
            "Add at least one email.",
        )


def _people_count(document: Document) -> Iterator[Violation]:
    if "batchedReport" not in document and len(document.get("personOrUserReported", ())) > 1:
        yield broken(
            "/report/personOrUserReported[2]",
            "Only a batch report may name more than one reported person.",
            "Send one report for each, or name the others as associated accounts.",
        )


def _incident_emails(document: Document) -> Iterator[Violation]:
    known = {_folded(address) for address in _known_emails(document)}
    for position, details in enumerate(document.get("internetDetails", ()), start=1):
        for kind in ("emailIncident", "newsgroupIncident"):
            addresses = details.get(kind, {}).get("emailAddress", ())
            for index, address in enumerate(addresses, start=1):
                if _folded(address) not in known:
                    yield broken(
                        f"/report/internetDetails[{position}]/{kind}/emailAddress[{index}]",
                        "The address is not given on the reported person, an intended recipient or a victim.",
                        "Repeat it as an email of the person whom it belongs to.",
                    )


def _known_emails(document: Document) -> Iterator[dict[str, Any]]:
    for element, person in _PEOPLE:
        for one in document.get(element, ()):
            yield from one.get(person, {}).get("email", ())
            for account in one.get("associatedAccount", ()):
                yield from account.get("email", ())


def _folded(address: dict[str, Any]) -> str:
    return str(address.get("#", "")).strip().casefold()


def _batch(document: Document) -> Iterator[Violation]:
    if "batchedReport" not in document:
        return
    summary = document.get("incidentSummary", {})
    if "escalateToHighPriority" in summary:
        yield _not_in_batch("/report/incidentSummary/escalateToHighPriority")
    for name in _NOT_IN_BATCH:
        if document.get(name):
            index = "[1]" if isinstance(document[name], list) else ""
            yield _not_in_batch(f"/report/{name}{index}")
    for position, person in enumerate(document.get("personOrUserReported", ()), start=1):
        if set(person) != {"espIdentifier"}:
            yield broken(
                f"/report/personOrUserReported[{position}]",
                "A person of a batch report carries the espIdentifier and nothing else.",
                "Send the espIdentifier alone.",
            )


def _not_in_batch(path: str) -> Violation:
    return broken(path, "The element is not allowed in a batch report.", "Leave it out, or send a report of its own.")


def _exif_needs_view(details: Document) -> Iterator[Violation]:
    if details.get("exifViewedByEsp") is True and details.get("fileViewedByEsp") is not True:
        yield broken(
            "/fileDetails/exifViewedByEsp",
            "exifViewedByEsp is true although fileViewedByEsp is not.",
            "Set fileViewedByEsp to true, or exifViewedByEsp to false.",
        )


def _supplemental(details: Document) -> Iterator[Violation]:
    if details.get("fileRelevance") != "Supplemental Reported":
        return
    if details.get("potentialMeme") is True:
        yield _not_supplemental("/fileDetails/potentialMeme")
    if "potentialMeme" in details.get("fileAnnotations", {}):
        yield _not_supplemental("/fileDetails/fileAnnotations/potentialMeme")
    if "industryClassification" in details:
        yield _not_supplemental("/fileDetails/industryClassification")


def _not_supplemental(path: str) -> Violation:
    return broken(path, "The element is not allowed for a supplemental file.", "Leave it out, or report the file.")


def _batched_file(details: Document) -> Iterator[Violation]:
    flags = set(details.get("fileAnnotations", {}))
    if details.get("potentialMeme") is True:
        flags.add("potentialMeme")
    if not flags & _BATCH_FLAGS:
        yield broken(
            "/fileDetails",
            "The file of a batch report is neither viral nor a meme.",
            "Add one of the two flags.",
        )
    for flag in sorted(flags - _BATCH_FLAGS):
        yield _not_in_batch(f"/fileDetails/fileAnnotations/{flag}")
    for name in _NOT_IN_BATCHED_FILE:
        if name in details:
            index = "[1]" if isinstance(details[name], list) else ""
            yield _not_in_batch(f"/fileDetails/{name}{index}")
    if details.get("fileRelevance", "Reported") != "Reported":
        yield broken("/fileDetails/fileRelevance", "The file of a batch report is always Reported.", "Leave it out.")
