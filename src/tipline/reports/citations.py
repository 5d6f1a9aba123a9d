"""Which of a company's reports name earlier ones: shown both ways to the company, kept by number alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tipline.domain.report import Document
from tipline.reports.models import Citation, Report

_PEOPLE = ("personOrUserReported", "intendedRecipient", "victim")
MOST_CITED = 200


@dataclass(frozen=True, slots=True)
class Cited:
    """The numbers of a company's own reports that one names, and of those that name it."""

    earlier: tuple[int, ...]
    later: tuple[int, ...]


def cited_in(document: Document) -> tuple[int, ...]:
    """This function will give the report numbers that a document names, each once."""
    people = (one for name in _PEOPLE for one in document.get(name, ()))
    return tuple(dict.fromkeys(number for one in people for number in _numbers(one)))[:MOST_CITED]


def _numbers(one: dict[str, Any]) -> Iterator[int]:
    yield from one.get("priorCTReports", ())
    for account in one.get("associatedAccount", ()):
        yield from account.get("priorCTReport", ())


def keep_citations(*, report_id: int, document: Document) -> None:
    """This function will keep which reports a new one names, in the transaction that opens it."""
    if cited := cited_in(document):
        Citation.objects.bulk_create(Citation(report_id=report_id, cited=number) for number in cited)


def find_cited(*, esp_id: int, report_id: int, number: int) -> Cited:
    """This function will find the company's own reports that one names, and those that name it, oldest first."""
    named = Citation.objects.filter(report_id=report_id).values("cited")
    earlier = Report.objects.filter(esp_id=esp_id, number__in=named).order_by("id").values_list("number", flat=True)
    citing = Citation.objects.filter(cited=number).values("report_id")
    later = Report.objects.filter(esp_id=esp_id, id__in=citing).order_by("id").values_list("number", flat=True)
    return Cited(tuple(earlier), tuple(later))
