"""Which of a company's reports name earlier ones: shown both ways to the company, kept by number alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tipline.domain.cybertip.citing import cited_reports
from tipline.domain.report import Document
from tipline.platform.database.rows import Table
from tipline.reports.models import Citation, Report

_CITATIONS = Table("reports_citation", {"report_id": "bigint", "cited": "bigint"})
MOST_CITED = 200


@dataclass(frozen=True, slots=True)
class Cited:
    """The numbers of a company's own reports that one names, and of those that name it."""

    earlier: tuple[int, ...]
    later: tuple[int, ...]


def cited_in(document: Document) -> tuple[int, ...]:
    """This function will give the report numbers that a document names, each once."""
    return tuple(dict.fromkeys(number for _, number in cited_reports(document)))[:MOST_CITED]


def keep_citations(documents: Mapping[int, Document]) -> None:
    """This function will keep which reports new ones name, by report id, in the transaction that opens them."""
    _CITATIONS.insert([(report_id, number) for report_id, one in documents.items() for number in cited_in(one)])


def find_cited(*, esp_id: int, report_id: int, number: int) -> Cited:
    """This function will find the company's own reports that one names, and those that name it, oldest first."""
    named = Citation.objects.filter(report_id=report_id).values("cited")
    earlier = Report.objects.filter(esp_id=esp_id, number__in=named).order_by("id").values_list("number", flat=True)
    citing = Citation.objects.filter(cited=number).values("report_id")
    later = Report.objects.filter(esp_id=esp_id, id__in=citing).order_by("id").values_list("number", flat=True)
    return Cited(tuple(earlier), tuple(later))
