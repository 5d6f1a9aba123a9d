"""A company's own reports as JSON: where each stands, how good it was, how long to keep it, what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from tipline.domain.cybertip.quality import Quality
from tipline.domain.errors import Refusal
from tipline.platform.accounts.scope import agency_scope
from tipline.reports import company
from tipline.reports.company import OwnReport
from tipline.stages.feedback import keeping
from tipline.stages.feedback import queries as feedback
from tipline.stages.feedback.keeping import KeepAsked
from tipline.stages.feedback.queries import EspLine

Line = TypeVar("Line", EspLine, KeepAsked)


def read_report(esp_id: int, environment: str, number: int) -> dict[str, Any]:
    """This function will tell of one report. Raises Refusal `no_such_report`, for another company's as well."""
    with agency_scope(esp=esp_id):
        found = company.find_own_report(esp_id=esp_id, number=number, environment=environment)
        if found is None:
            raise _unknown()
        news = feedback.list_news_of_reports(esp_id=esp_id, numbers=[number])
        return _told(found, news, keeping.list_asked([number]))


def list_reports(esp_id: int, environment: str, *, after: int, size: int) -> dict[str, Any]:
    """This function will tell of the reports after one, oldest first, and where to go on. Raises `no_such_report`."""
    with agency_scope(esp=esp_id):
        rows = company.list_own_after(esp_id=esp_id, environment=environment, after=after, size=size)
        if rows is None:
            raise _unknown()
        numbers = [row.number for row in rows]
        news = _by_report(feedback.list_news_of_reports(esp_id=esp_id, numbers=numbers))
        asked = _by_report(keeping.list_asked(numbers))
    told = [_told(row, news.get(row.number, ()), asked.get(row.number, ())) for row in rows]
    return {"reports": told, "after": rows[-1].number if len(rows) == size else None}


def _by_report(lines: Iterable[Line]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for one in lines:
        found.setdefault(one.report_number, []).append(one)
    return found


def _unknown() -> Refusal:
    return Refusal("no_such_report", "There is no such report.", field="id")


def _told(row: OwnReport, news: Sequence[EspLine], asked: Sequence[KeepAsked]) -> dict[str, Any]:
    return {
        "report": row.number,
        "environment": row.environment,
        "state": row.standing,
        "state_words": row.standing_words,
        "product": row.product,
        "opened_at": _text(row.opened_at),
        "finished_at": _text(row.received_at),
        "preserve_until": _text(row.preserve_until),
        "files": row.files,
        "quality": _quality(row.quality),
        "asked_to_keep": [_asked(one) for one in asked],
        "outcomes": [_outcome(one) for one in news],
    }


def _quality(found: Quality | None) -> dict[str, Any] | None:
    if found is None:
        return None
    missing = [
        {
            "code": one.code,
            "points": one.points,
            "files": one.files or None,
            "sentence": one.sentence,
            "element": one.element,
        }
        for one in found.missing
    ]
    return {"score": found.score, "missing": missing}


def _asked(one: KeepAsked) -> dict[str, Any]:
    return {"at": _text(one.at), "until": one.until.isoformat(), "agency": one.agency_name}


def _outcome(one: EspLine) -> dict[str, Any]:
    return {
        "at": _text(one.at),
        "status": one.status,
        "status_words": one.status_words,
        "child_identified": one.child_identified,
        "useful": {"yes": True, "no": False}.get(one.useful),
        "not_useful_because": one.not_useful_words,
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
