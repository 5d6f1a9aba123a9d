"""Events: a row of the same commit as the fact it tells of, so that neither is ever there without the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tipline.platform.config import settings
from tipline.programs.telling.hooks import new_ident
from tipline.programs.telling.models import Event, Hook
from tipline.programs.telling.rules.kinds import Kind


@dataclass(frozen=True, slots=True)
class News:
    """Something that a company may know of one of its reports. `cause` names the fact: each is told once."""

    kind: Kind
    esp_id: int
    environment: str
    number: int
    cause: str


def tell(*, news: News, now: datetime) -> bool:
    """This function will keep for sending what a company wants to be told; joins the caller's transaction."""
    return bool(tell_all(news=(news,), now=now))


@transaction.atomic
def tell_all(*, news: Iterable[News], now: datetime) -> int:
    """This function will keep many news for sending, where the house sends and the company asked; harmless twice.

    Returns how many were asked for.
    """
    if not settings().webhooks:
        return 0
    told = list(news)
    hooks = {
        (hook.esp_id, hook.environment): hook
        for hook in Hook.objects.filter(esp_id__in={one.esp_id for one in told}, ended_at=None)
    }
    found = [(hooks.get((one.esp_id, one.environment)), one) for one in told]
    rows = [_row(hook, one, now) for hook, one in found if hook is not None and one.kind in hook.kinds]
    Event.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def is_wanted(esp_id: int, environment: str, kind: Kind) -> bool:
    """This function will tell whether a company asked to be told of a kind, and the house tells."""
    live = Hook.objects.filter(esp_id=esp_id, environment=environment, ended_at=None)
    return settings().webhooks and any(kind in hook.kinds for hook in live)


def _row(hook: Hook, news: News, now: datetime) -> Event:
    return Event(
        hook=hook,
        esp_id=news.esp_id,
        ident=new_ident(),
        kind=news.kind,
        environment=news.environment,
        report_number=news.number,
        cause=news.cause,
        at=now,
        try_at=now,
    )
