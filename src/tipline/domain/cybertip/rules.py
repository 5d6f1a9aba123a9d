"""The business rules of reports and file details: everything that the schema cannot say.

Source: reporting API, section 5 and the column "Extra server rule" of sections 3 and 4. Pure functions over
the document; each rule gives the violations that it sees, and the caller gets all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.cybertip.rules_values import check_values, standard
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.violations import Findings, Violation, broken
from tipline.domain.report import Document
from tipline.domain.vocabulary import VIRAL_FLAGS

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


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What may differ from sender to sender.

    `strict_attributes` refuses the attributes that some clients send in places of their own.
    """

    reporter_email_required: bool = True
    strict_attributes: bool = False


USUAL = ParseOptions()


def check_report(document: Document, found: Findings, *, now: datetime, options: ParseOptions = USUAL) -> None:
    """This function will check a report against every business rule.

    Works on documents of any door; what is missing altogether is the schema's to name.
    """
    check_values(document, REPORT, found, standard(now, strict=options.strict_attributes))
    _apply((_incident_emails, _people_count, _batch), document, found)
    if options.reporter_email_required:
        _apply((_reporter_email,), document, found)


def check_file_details(
    document: Document, found: Findings, *, now: datetime, batched: bool = False, options: ParseOptions = USUAL
) -> None:
    """This function will check the details of a file; `batched` says that its report is a batch."""
    check_values(document, FILE_DETAILS, found, standard(now, strict=options.strict_attributes))
    rules = (_exif_needs_view, _supplemental)
    _apply((*rules, _batched_file) if batched else rules, document, found)


def _apply(rules: tuple[Callable[[Document], Iterator[Violation]], ...], document: Document, found: Findings) -> None:
    for rule in rules:
        for violation in rule(document):
            found.add(violation)


def check_file_count(document: Document, count: int) -> list[Violation]:
    """This function will check at /finish how many files a report may have: a batch has at most one."""
    if "batchedReport" not in document or count <= 1:
        return []
    return [broken("/report/batchedReport", "A batch report has more than one file.", "Retract it and send one file.")]


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
    if "internetDetails" not in document:
        return
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
    if not flags & VIRAL_FLAGS:
        yield broken(
            "/fileDetails",
            "The file of a batch report is neither viral nor a meme.",
            "Add one of the two flags.",
        )
    for flag in sorted(flags - VIRAL_FLAGS):
        yield _not_in_batch(f"/fileDetails/fileAnnotations/{flag}")
    for name in _NOT_IN_BATCHED_FILE:
        if name in details:
            index = "[1]" if isinstance(details[name], list) else ""
            yield _not_in_batch(f"/fileDetails/{name}{index}")
    if details.get("fileRelevance", "Reported") != "Reported":
        yield broken("/fileDetails/fileRelevance", "The file of a batch report is always Reported.", "Leave it out.")
