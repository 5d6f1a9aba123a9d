"""A company is reminded, by one mail a day, of the reports whose data it need not keep for much longer.

A request of police to keep a report longer moves its end, and its reminders with it. Kept by day and not by report: a
company with a hundred thousand reports a day has three reminders of each day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import islice

from django.db import connection, transaction

from tipline.domain.actor import system
from tipline.platform.audit.service import Act, record
from tipline.programs.telling import events, letters
from tipline.programs.telling.events import News
from tipline.programs.telling.models import Reminder
from tipline.programs.telling.rules.calendar import FURTHEST, due_reminder
from tipline.programs.telling.rules.kinds import Kind
from tipline.programs.telling.rules.letters import Ending, write_reminder
from tipline.reports import ending

BY = system("telling")
MOST_NUMBERS = 100  # of one day in a mail; the company's page lists more

Asked = Mapping[int, date]  # until when police ask to keep a report, by its number


@dataclass(slots=True)
class Day:
    """One company's reports that end on one day: those of their year, and those about which police asked.

    `moved`: how many of the latter end on this day because police asked, and not because their year does.
    """

    ends_on: date
    of_year: int = 0
    asked: list[int] = field(default_factory=list)
    moved: int = 0

    @property
    def total(self) -> int:
        """How many there are."""
        return self.of_year + len(self.asked)


def remind(*, asked: Asked, now: datetime) -> int:
    """This function will remind every company that is due, each in a commit of its own, and return how many.

    `asked`: all open requests of police, the longest of each report. Harmless when called twice.
    """
    companies = _days(asked, now.astimezone(UTC).date())
    return sum(_remind_company(esp_id, days, asked, now) for esp_id, days in companies.items())


def _days(asked: Asked, today: date) -> dict[int, list[Day]]:
    found: dict[int, dict[date, Day]] = defaultdict(dict)
    last = today + FURTHEST
    for esp_id, day, many in ending.count_by_day(since=today, until=last, besides=asked):
        found[esp_id][day] = Day(day, of_year=many)
    for one in ending.list_preserved(asked):
        day = max(one.ends_on, asked[one.number])
        if today <= day <= last:
            held = found[one.esp_id].setdefault(day, Day(day))
            held.asked.append(one.number)
            held.moved += day > one.ends_on
    return {esp_id: sorted(days.values(), key=lambda one: one.ends_on) for esp_id, days in found.items()}


@transaction.atomic
def _remind_company(esp_id: int, days: list[Day], asked: Asked, now: datetime) -> bool:
    _one_at_a_time(esp_id)
    today = now.astimezone(UTC).date()
    if Reminder.objects.filter(esp_id=esp_id, at__gte=datetime.combine(today, time.min, UTC)).exists():
        return False  # one mail a day; what is due since then goes into tomorrow's
    had = set(Reminder.objects.filter(esp_id=esp_id, ends_on__gte=today).values_list("ends_on", "days"))
    due = [(one, before) for one in days if (before := due_reminder(one.ends_on, today)) is not None]
    due = [(one, before) for one, before in due if (one.ends_on, before) not in had]
    if not due:
        return False
    shown = tuple(_shown(esp_id, one, asked, today) for one, _ in due)
    sent = letters.put_in(esp_id, "reminder", lambda envelope: write_reminder(envelope, shown, now), now)
    for one, before in due:
        _keep(esp_id, one, before, sent, now)
        events.tell_all(news=_news(esp_id, one, before, asked), now=now)
    return True


def _one_at_a_time(esp_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [f"telling-remind:{esp_id}"])


def _numbers(esp_id: int, one: Day, asked: Asked) -> Iterator[int]:
    yield from one.asked
    if one.of_year:
        yield from ending.list_numbers(esp_id=esp_id, day=one.ends_on, besides=asked)


def _shown(esp_id: int, one: Day, asked: Asked, today: date) -> Ending:
    numbers = tuple(islice(_numbers(esp_id, one, asked), MOST_NUMBERS))
    return Ending(one.ends_on, (one.ends_on - today).days, one.total, numbers, one.moved)


def _keep(esp_id: int, one: Day, before: int, sent: int, now: datetime) -> None:
    Reminder.objects.create(esp_id=esp_id, ends_on=one.ends_on, days=before, reports=one.total, letters=sent, at=now)
    details: dict[str, str | int] = {"days": before, "ends_on": one.ends_on.isoformat(), "reports": one.total}
    record(Act(now, BY, "esp.reminded", "esp", str(esp_id), details=details | {"letters": sent}))


def _news(esp_id: int, one: Day, before: int, asked: Asked) -> Iterator[News]:
    if not events.is_wanted(esp_id, "production", Kind.PRESERVATION_ENDS):
        return
    for number in _numbers(esp_id, one, asked):
        cause = f"{number}:ends:{one.ends_on.isoformat()}:{before}"
        yield News(Kind.PRESERVATION_ENDS, esp_id, "production", number, cause)
