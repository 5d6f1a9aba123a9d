"""Reads for the recipient's side: its notice by the link, or its company's notices when it is logged in.

Row-level security filters below: without a link's digest or a company in the transaction there is nothing to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tipline.domain.addresses import defang
from tipline.programs.notices.models import Answer, Notice
from tipline.programs.notices.rules import words, xarf
from tipline.programs.notices.rules.figures import Course, Figures, count
from tipline.programs.notices.sending import digest_of
from tipline.programs.notices.values import AnswerLine, OwnNotice

_COLUMNS = (
    *("id", "case_number", "xarf", "to_name", "sent_at", "first_sent_at", "standing", "acknowledged_at"),
    *("removed_at", "said_back"),
)


def find_by_link(token: str, *, now: datetime) -> OwnNotice | None:
    """This function will find the notice of a link; a wrong one and one that has ended are the same nothing."""
    rows = Notice.objects.only(*_COLUMNS).filter(token_sha256=digest_of(token), link_ends_at__gt=now)
    row = rows.first()
    return _own(row) if row else None


def find_own(notice_id: int, *, esp_id: int) -> OwnNotice | None:
    """This function will find one of a company's notices."""
    row = Notice.objects.only(*_COLUMNS).filter(pk=notice_id, esp_id=esp_id).exclude(sent_at=None).first()
    return _own(row) if row else None


def list_own(*, esp_id: int, most: int = 200) -> tuple[OwnNotice, ...]:
    """This function will list a company's notices, newest first; of reminders the newest alone."""
    rows = Notice.objects.only(*_COLUMNS, "course").filter(esp_id=esp_id).exclude(sent_at=None).order_by("-id")
    newest: dict[object, Notice] = {}
    for row in rows[: most * 4]:
        newest.setdefault(row.course, row)
    return tuple(_own(row) for row in list(newest.values())[:most])


def _own(row: Notice) -> OwnNotice:
    return OwnNotice(
        id=row.id,
        reference=row.case_number,
        shown=defang(row.xarf["url"]),
        classification=xarf.CLASSIFICATION_WORDS[row.xarf["classification"]],
        media_type=words.MEDIA_WORDS.get(row.xarf.get("media_type", ""), ""),
        verified_at=datetime.fromisoformat(row.xarf["verified_at"]),
        to_name=row.to_name,
        sent_at=row.sent_at,
        first_sent_at=row.first_sent_at,
        standing=row.standing,
        standing_words=words.STANDING_WORDS[row.standing],
        acknowledged_at=row.acknowledged_at,
        removed_at=row.removed_at,
        said_back=row.said_back,
        xarf=row.xarf,
    )


def list_answers(notice_id: int) -> tuple[AnswerLine, ...]:
    """This function will list what was answered to a notice, newest first."""
    return tuple(
        AnswerLine(
            kind=row.kind,
            words=words.ANSWER_WORDS[row.kind],
            at=row.at,
            removed_at=row.removed_at,
            account_suspended=row.account_suspended,
            reason_words=words.DISPUTE_REASONS.get(row.reason, ""),
            note=row.note,
            via_words=words.VIA_WORDS[row.via],
            by="",
        )
        for row in Answer.objects.filter(notice_id=notice_id).order_by("-id")
    )


def count_own(*, esp_id: int, now: datetime) -> Figures:
    """This function will count a company's own time to removal."""
    rows = Notice.objects.filter(esp_id=esp_id, round=1).exclude(sent_at=None).order_by("id")
    return count(list(_courses(rows.values_list("first_sent_at", "removed_at", "standing"))), now)


def _courses(rows: Iterable[tuple[datetime | None, datetime | None, str]]) -> Iterable[Course]:
    for first_at, removed_at, standing in rows:
        if first_at is not None:
            yield Course(first_at, removed_at, standing in ("WITHDRAWN", "CLOSED"))
