"""What others get to see of telling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class NewHook:
    """Where a company wants to be told, and of what."""

    environment: str
    url: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecretLine:
    """One live secret: never the secret."""

    id: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class HookLine:
    """A company's webhook in one environment. `waiting`: events not handed over yet."""

    id: int
    environment: str
    url: str
    kinds: tuple[str, ...]
    made_at: datetime
    failing_since: datetime | None
    set_aside_at: datetime | None
    secrets: tuple[SecretLine, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class TryLine:
    """One try; `words` says how it went."""

    at: datetime
    status: int
    words: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event with its tries, newest first; `next_at` is when it is tried again."""

    id: int
    ident: str
    kind: str
    words: str
    environment: str
    report_number: int | None
    at: datetime
    state: str
    next_at: datetime | None
    attempts: tuple[TryLine, ...]
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of events, and how many there are in all."""

    rows: tuple[EventLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail address that a company is written to at."""

    id: int
    mail: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A reminder that went out: how many days before which day, when."""

    ends_on: date
    days: int
    at: datetime
