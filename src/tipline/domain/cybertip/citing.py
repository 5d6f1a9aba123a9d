"""Which earlier reports a report cites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tipline.domain.report import Document

_PEOPLE = ("personOrUserReported", "intendedRecipient", "victim")


def cited_reports(document: Document) -> Iterator[tuple[str, int]]:
    """This function will give every earlier report's number with its path.

    Source: reporting API, section 3, priorCTReports and priorCTReport.
    """
    for name in _PEOPLE:
        for position, person in enumerate(document.get(name, ()), start=1):
            path = f"/report/{name}[{position}]"
            yield from _numbered(f"{path}/priorCTReports", person.get("priorCTReports", ()))
            for index, account in enumerate(person.get("associatedAccount", ()), start=1):
                numbers = account.get("priorCTReport", ())
                yield from _numbered(f"{path}/associatedAccount[{index}]/priorCTReport", numbers)


def _numbered(path: str, numbers: Iterable[int]) -> Iterator[tuple[str, int]]:
    return ((f"{path}[{index}]", number) for index, number in enumerate(numbers, start=1))
