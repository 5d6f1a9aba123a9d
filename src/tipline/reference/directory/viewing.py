"""What a company's "not viewed" means, by its own statement. Statements are added to, so that each has its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.viewing import MEANINGS, Viewed
from tipline.platform.audit.service import Act, record
from tipline.reference.directory.models import ViewingStatement

MOST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: what a no means, from which day on, the company's own words, by whom, when."""

    meaning: Viewed
    since: date
    words: str
    by: str
    at: datetime


def list_statements(esp_id: int) -> tuple[Statement, ...]:
    """This function will list a company's statements, the one that counts today first."""
    rows = ViewingStatement.objects.filter(esp_id=esp_id).order_by("-since", "-id")
    return tuple(Statement(Viewed(row.meaning), row.since, row.words, row.by, row.at) for row in rows)


def meaning_of_no(esp_id: int, at: datetime) -> Viewed | None:
    """This function will tell what a company's no meant at a moment; None where it stated nothing for that day."""
    rows = ViewingStatement.objects.filter(esp_id=esp_id, since__lte=at.date()).order_by("-since", "-id")
    found = rows.values_list("meaning", flat=True).first()
    return Viewed(found) if found else None


@dataclass(frozen=True, slots=True)
class NewStatement:
    """What a company states; `meaning` is a value of `domain.viewing.Viewed`."""

    meaning: str
    since: date
    words: str = ""


@transaction.atomic
def state_meaning(*, esp_id: int, new: NewStatement, by: Actor, now: datetime) -> None:
    """This function will keep what a company states that its no means.

    Raises Refusal `no_meaning`, `in_future` or `words_too_long`.
    """
    if new.meaning not in {one.value for one in MEANINGS}:
        raise Refusal("no_meaning", "Choose one of the three.", field="meaning")
    if new.since > now.date():
        raise Refusal("in_future", "Give a day that has come.", field="since")
    if len(new.words) > MOST_WORDS:
        raise Refusal("words_too_long", f"Please keep it under {MOST_WORDS} signs.", field="words")
    ViewingStatement.objects.create(
        esp_id=esp_id, meaning=new.meaning, since=new.since, words=new.words.strip(), by=by.ident[:150], at=now
    )
    details = {"meaning": new.meaning, "since": new.since.isoformat()}
    record(Act(now, by, "esp.viewing_stated", "esp", str(esp_id), details=details))
