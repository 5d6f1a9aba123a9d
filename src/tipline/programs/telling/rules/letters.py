"""The mails to a company: numbers and dates alone, nothing of what a report holds. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

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
    foot = (f"Who gets these mails: {envelope.pages}/keep/ (an administrator changes it).", "")
    sign = (f"{envelope.house_name}, {envelope.house_mail}", "")
    message.set_content("\n".join((f"To {envelope.company}", "", *lines, "", *foot, *sign)))
    return message


def write_set_aside(envelope: Envelope, environment: str, waiting: int, now: datetime) -> EmailMessage:
    """This function will write that a webhook is set aside, and that nothing is lost."""
    lines = (
        f"Your webhook for {environment} was not answered as it should, and we have set it aside.",
        f"{waiting} {'event waits' if waiting == 1 else 'events wait'} there. Nothing is lost: switch it on again, and",
        "what waits is sent.",
        "",
        f"How each try went, and the switch: {envelope.pages}/webhooks/",
        "Your programs can ask at /api/reports meanwhile.",
    )
    return _mail(envelope, f"Your webhook is set aside ({environment})", lines, now)


def numbers_of(numbers: Iterable[int], total: int) -> str:
    """This function will list report numbers in groups, and say how many more there are."""
    shown = [groups(one) for one in numbers]
    more = total - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
