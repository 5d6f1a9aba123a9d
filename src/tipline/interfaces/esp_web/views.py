"""The company's pages."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tipline.domain.statutes import PRESERVATION_RULE
from tipline.interfaces.esp_web.filters import SearchForm
from tipline.interfaces.ui.gate import Refused, actor_of, esp_of, requires, user_of
from tipline.interfaces.ui.paging import turns
from tipline.platform import clock
from tipline.platform.accounts.roles import COMPANY_READERS, COMPANY_REPORTERS, Role
from tipline.platform.audit.act import Act, Outcome
from tipline.platform.audit.service import record
from tipline.programs.telling import queries as telling
from tipline.reference.directory import queries as directory
from tipline.reports import citations, company
from tipline.stages.feedback import keeping
from tipline.stages.feedback import queries as feedback

COMPANY = requires(*COMPANY_READERS)
REPORTER = requires(*COMPANY_REPORTERS)
ADMINISTRATOR = requires(Role.ESP_ADMIN)
SIZE = 50
_ID_WIDTH = 20  # report numbers have at most 19 digits; what is longer is somebody's trial


def own_id(request: HttpRequest) -> int:
    """This function will give the company of whoever asks."""
    esp_id = esp_of(request)
    if esp_id is None:
        raise Http404
    return esp_id


@transaction.atomic
def note(request: HttpRequest, verb: str, kind: str, ident: str, **details: str | int) -> None:
    """This function will write a look into the audit."""
    act = Act(at=clock.now(), actor=actor_of(request), verb=verb, object_kind=kind, object_id=ident, details=details)
    record(act)


def _refused(request: HttpRequest, number: int) -> Refused:
    act = Act(
        at=clock.now(),
        actor=actor_of(request),
        verb="report.refused",
        object_kind="report",
        object_id=str(number)[:_ID_WIDTH],
        outcome=Outcome.REFUSED,
        details={"reason": "no_such_report"},
    )
    return Refused(act)


def _line(row: company.OwnReport, outcomes: dict[int, Any]) -> dict[str, Any]:
    return {"report": row, "state": row.standing_words, "outcome": outcomes.get(row.number)}


def is_administrator(request: HttpRequest) -> bool:
    """This function will tell whether the company's administrator asks."""
    user = user_of(request)
    return user is not None and user.role == Role.ESP_ADMIN


def may_write(request: HttpRequest) -> bool:
    """This function will tell whether whoever asks may write reports with the form."""
    user = user_of(request)
    return user is not None and user.role in COMPANY_REPORTERS


def frame(esp_id: int, here: str) -> dict[str, Any]:
    """This function will give what every page of the console shows."""
    return {"company": directory.find_esp(esp_id), "rule": PRESERVATION_RULE, "at": {here: True}}


@COMPANY
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """This function will list the company's reports with what came of each."""
    esp_id, start = own_id(request), request.GET.get("from", "0")
    offset = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0
    form = SearchForm(request.GET)
    page = company.list_own_reports(esp_id=esp_id, wanted=form.wanted(esp_id), offset=offset, size=SIZE)
    news = feedback.list_news_of_reports(esp_id=esp_id, numbers=[row.number for row in page.rows])
    outcomes = {one.report_number: one for one in reversed(news)}  # the newest of each stays
    note(request, "report.listed", "list", "own", count=len(page.rows))
    shown = {
        "lines": [_line(row, outcomes) for row in page.rows],
        "counts": feedback.count_outcomes_of_esp(esp_id),
        "page": turns(_address(form.query()), total=page.total, offset=offset, size=SIZE),
        "total": page.total if not form.query() else None,
        "ending": company.count_ending(esp_id=esp_id, now=clock.now()),
        "soon": company.SOON,
        "asked": len(keeping.list_open_asked(now=clock.now())),
        "set_aside": telling.count_set_aside(esp_id),
        "search": form,
        "is_search": bool(form.query()),
    }
    return render(request, "esp_web/reports.html", frame(esp_id, "reports") | shown)


def _address(query: str) -> str:
    return reverse("esp_web:reports") + (f"?{query}" if query else "")


@COMPANY
@require_GET
def report(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show what we received in one report, and what came of it."""
    esp_id = own_id(request)
    found = company.find_own_report(esp_id=esp_id, number=number)
    if found is None:
        raise _refused(request, number)
    note(request, "report.viewed", "report", str(number), page="own")
    shown = {
        "found": found,
        "state": found.standing_words,
        "parts": company.list_own_parts(found.id),
        "files": company.list_own_files(found.id),
        "news": feedback.list_news_of_reports(esp_id=esp_id, numbers=[number]),
        "cited": citations.find_cited(esp_id=esp_id, report_id=found.id, number=number),
        "asked": keeping.list_asked([number]),
        "may_write": may_write(request),
    }
    return render(request, "esp_web/report.html", frame(esp_id, "reports") | shown)
