"""Earlier reports that a report cites: they must exist, in the same environment, whoever sent them."""

from __future__ import annotations

from collections.abc import Iterator

from tipline.domain.cybertip.parse import refuse
from tipline.domain.cybertip.violations import Violation, broken
from tipline.domain.report import Document
from tipline.reports import queries as reports

_PEOPLE = ("personOrUserReported", "intendedRecipient", "victim")


def require_cited(raw: bytes, document: Document, environment: str) -> None:
    """This function will refuse a report that cites one which is not there.

    Raises ViolationError with every such number's place. Source: reporting API, section 3, priorCTReports.
    """
    cited = list(cited_reports(document))
    known = reports.known_numbers({number for _, number in cited}, environment)
    wrong = [_unknown(path) for path, number in cited if number not in known]
    if wrong:
        raise refuse(raw, wrong)


def cited_reports(document: Document) -> Iterator[tuple[str, int]]:
    """This function will give every earlier report's number with its path."""
    for name in _PEOPLE:
        for position, person in enumerate(document.get(name, ()), start=1):
            path = f"/report/{name}[{position}]"
            yield from _numbered(f"{path}/priorCTReports", person.get("priorCTReports", ()))
            for index, account in enumerate(person.get("associatedAccount", ()), start=1):
                numbers = account.get("priorCTReport", ())
                yield from _numbered(f"{path}/associatedAccount[{index}]/priorCTReport", numbers)


def _numbered(path: str, numbers: list[int]) -> Iterator[tuple[str, int]]:
    return ((f"{path}[{index}]", number) for index, number in enumerate(numbers, start=1))


def _unknown(path: str) -> Violation:
    return broken(
        path, "There is no report with this number.", "Send the number of a report that we gave you, or none."
    )
