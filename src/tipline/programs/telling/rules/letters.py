"""The mails to a company: numbers and dates alone, nothing of what a report holds. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from textwrap import wrap

from tipline.domain.number import groups


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes, to whom, under which id, and where the company's pages are."""

    ident: uuid.UUID
    to_mail: str
    house_name: str
    house_mail: str
    company: str
    pages: str


def _mail(envelope: Envelope, subject: str, lines: Iterable[str], now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    name = "".join(char for char in envelope.house_name if char.isprintable())
    message["Subject"] = subject
    message["From"] = Address(name, addr_spec=envelope.house_mail)
    message["To"] = Address(addr_spec=envelope.to_mail)
    message["Date"] = now
    message["Message-ID"] = f"<{envelope.ident}@{envelope.house_mail.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    foot = ("Who gets these mails (an administrator changes it):", f"{envelope.pages}/keep/", "")
    sign = (f"{envelope.house_name}, {envelope.house_mail}", "")
    message.set_content("\n".join((f"To {envelope.company}", "", *lines, "", *foot, *sign)))
    return message


def write_set_aside(envelope: Envelope, environment: str, waiting: int, now: datetime) -> EmailMessage:
    """This function will write that a webhook is set aside, and that nothing is lost."""
    lines = (
        f"Your webhook for {environment} was not answered as it should be.",
        "We have set it aside and ask no more.",
        f"{waiting} {'event waits' if waiting == 1 else 'events wait'}. Nothing is lost:",
        "switch it on again, and what waits is sent.",
        "",
        f"How each try went, and the switch: {envelope.pages}/webhooks/",
        "Your programs can ask at /api/reports meanwhile.",
    )
    return _mail(envelope, f"Your webhook is set aside ({environment})", lines, now)


@dataclass(frozen=True, slots=True)
class Ending:
    """The reports that end on one day: how many there are, some of their numbers, how many of them police asked for."""

    day: date
    left: int
    total: int
    numbers: tuple[int, ...]
    asked: int


def _day_lines(one: Ending) -> list[str]:
    when = "today" if one.left == 0 else "tomorrow" if one.left == 1 else f"in {one.left} days"
    many = f"{one.total} {'report' if one.total == 1 else 'reports'}"
    asked = f" ({one.asked} of them kept until then because police asked)" if one.asked else ""
    head = f"{one.day.day} {one.day:%B %Y}, {when}: {many}{asked}"
    return ["", head, *wrap(numbers_of(one.numbers, one.total), 76, initial_indent="  ", subsequent_indent="  ")]


def write_reminder(envelope: Envelope, ending: Iterable[Ending], now: datetime) -> EmailMessage:
    """This function will write which reports' time ends when, the next day first."""
    lines = [
        "The time in which you keep the data of the reports below ends soon.",
        "After that day you need not keep it for this reason any more.",
        "Until then police may ask for it, or ask you to keep it longer.",
    ]
    days = list(ending)
    for one in days:
        lines += _day_lines(one)
    total = sum(one.total for one in days)
    subject = f"{total} {'report' if total == 1 else 'reports'}: the time to keep the data ends soon"
    return _mail(envelope, subject, lines, now)


def numbers_of(numbers: Iterable[int], total: int) -> str:
    """This function will list report numbers in groups, and say how many more there are."""
    shown = [groups(one) for one in numbers]
    more = total - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
