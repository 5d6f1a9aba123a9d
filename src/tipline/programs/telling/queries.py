"""Reads for the company's pages: its webhooks, what was told and how that went, its mail addresses, its reminders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Count

from tipline.programs.telling.models import Event, Hook, MailAddress, Reminder, Secret, Try
from tipline.programs.telling.rules.kinds import WORDS, Kind
from tipline.programs.telling.rules.pauses import answer_words
from tipline.programs.telling.values import (
    EventLine,
    EventPage,
    HookLine,
    MailLine,
    ReminderLine,
    SecretLine,
    TryLine,
)

MOST_TRIES = 12


def list_hooks(esp_id: int) -> tuple[HookLine, ...]:
    """This function will list a company's live webhooks: production, then test."""
    rows = Hook.objects.filter(esp_id=esp_id, ended_at=None).order_by("environment")
    waiting = Event.objects.filter(esp_id=esp_id, state="WAITING").values("hook_id").annotate(many=Count("id"))
    counts = {one["hook_id"]: one["many"] for one in waiting}
    return tuple(
        HookLine(
            id=row.id,
            environment=row.environment,
            url=row.url,
            kinds=tuple(row.kinds),
            made_at=row.made_at,
            failing_since=row.failing_since,
            set_aside_at=row.set_aside_at,
            secrets=_secrets(row.id),
            waiting=counts.get(row.id, 0),
        )
        for row in rows
    )


def _secrets(hook_id: int) -> tuple[SecretLine, ...]:
    rows = Secret.objects.filter(hook_id=hook_id, ended_at=None).order_by("-id").values_list("id", "made_at")
    return tuple(SecretLine(*row) for row in rows)


def count_set_aside(esp_id: int) -> int:
    """This function will count a company's webhooks that were set aside."""
    return Hook.objects.filter(esp_id=esp_id, ended_at=None).exclude(set_aside_at=None).count()


def list_events(*, esp_id: int, offset: int = 0, size: int = 50) -> EventPage:
    """This function will list what a company was told, newest first, each with its tries."""
    rows = Event.objects.filter(esp_id=esp_id).select_related("hook").order_by("-id")
    page = list(rows[offset : offset + size])
    tries = _tries([row.id for row in page])
    return EventPage(tuple(_event(row, tries[row.id]) for row in page), rows.count())


def _tries(event_ids: Iterable[int]) -> dict[int, list[TryLine]]:
    found: dict[int, list[TryLine]] = defaultdict(list)
    for row in Try.objects.filter(event_id__in=list(event_ids)).order_by("-id"):
        if len(found[row.event_id]) < MOST_TRIES:
            line = TryLine(row.at, row.status, answer_words(row.status, row.trouble), row.milliseconds)
            found[row.event_id].append(line)
    return found


def _event(row: Event, tries: list[TryLine]) -> EventLine:
    goes_on = row.hook.ended_at is None and row.hook.set_aside_at is None
    return EventLine(
        id=row.id,
        ident=row.ident,
        kind=row.kind,
        words=WORDS[Kind(row.kind)],
        environment=row.environment,
        report_number=row.report_number,
        at=row.at,
        state=row.state,
        next_at=row.try_at if goes_on and row.state == "WAITING" else None,
        attempts=tuple(tries),
        may_repeat=goes_on and row.state != "WAITING",
    )


def list_addresses(esp_id: int) -> tuple[MailLine, ...]:
    """This function will list the addresses at which a company is written to."""
    rows = MailAddress.objects.filter(esp_id=esp_id, ended_at=None).order_by("id")
    return tuple(MailLine(row.id, row.mail, row.made_at) for row in rows)


def list_reminders(*, esp_id: int, days: Iterable[date]) -> dict[date, tuple[ReminderLine, ...]]:
    """This function will list the reminders of reports that end on some days, by day, the first sent first."""
    found: dict[date, list[ReminderLine]] = defaultdict(list)
    for row in Reminder.objects.filter(esp_id=esp_id, ends_on__in=list(set(days))).order_by("-days"):
        found[row.ends_on].append(ReminderLine(row.ends_on, row.days, row.at))
    return {day: tuple(lines) for day, lines in found.items()}
