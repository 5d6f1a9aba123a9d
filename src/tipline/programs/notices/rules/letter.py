"""The mail of a notice: plain words, the XARF file beside them, no media and nothing about who reported. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from tipline.domain.addresses import defang
from tipline.programs.notices.rules import xarf

XARF_NAME = "xarf.json"


@dataclass(frozen=True, slots=True)
class Round:
    """Which notice this is to the recipient: 1 is the first; `first_at` is when that one went out."""

    number: int
    first_at: datetime | None
    asks_further: bool  # the recipient is not the site itself but somebody further up


@dataclass(frozen=True, slots=True)
class Envelope:
    """To whom, from whom, and the link under which the recipient answers."""

    to_name: str
    to_mail: str
    house: xarf.House
    link: str


def write(report: Mapping[str, Any], envelope: Envelope, told: Round, now: datetime) -> EmailMessage:
    """This function will write the mail of a notice. No program makes a link of its web address."""
    message = EmailMessage(policy=SMTP)
    reference = _reference(report)
    message["Subject"] = f"{_ordinal(told.number)}child sexual abuse material on your service, reference {reference}"
    message["From"] = _address(envelope.house.name, envelope.house.mail)
    message["To"] = _address(envelope.to_name, envelope.to_mail) if envelope.to_mail else "undisclosed-recipients:;"
    message["Date"] = now
    message["Message-ID"] = f"<{report['report_id']}@{envelope.house.domain}>"
    message["X-XARF"] = "PLAIN"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_words(report, envelope, told))
    message.add_attachment(
        json.dumps(report, indent=2).encode(), maintype="application", subtype="json", filename=XARF_NAME
    )
    return message


def write_withdrawal(report: Mapping[str, Any], envelope: Envelope, said: str, now: datetime) -> EmailMessage:
    """This function will write the mail that takes a notice back; it holds our reason and no link."""
    message = EmailMessage(policy=SMTP)
    first = f"<{report['report_id']}@{envelope.house.domain}>"
    message["Subject"] = f"Withdrawn: our notice, reference {_reference(report)}"
    message["From"] = _address(envelope.house.name, envelope.house.mail)
    message["To"] = _address(envelope.to_name, envelope.to_mail) if envelope.to_mail else "undisclosed-recipients:;"
    message["Date"] = now
    message["Message-ID"] = f"<{report['report_id']}.withdrawn@{envelope.house.domain}>"
    message["In-Reply-To"] = message["References"] = first
    message["Auto-Submitted"] = "auto-generated"
    lines = [
        f"To {envelope.to_name}",
        "",
        "A person looked again: our notice about the page below was wrong. We take it back, and we are sorry.",
        "Nothing is asked of you any more. Where you acted on it, please judge anew, also for the account.",
        "",
        f"Page:            {defang(report['url'])}",
        f"Reference:       {_reference(report)}",
        "",
        said.strip(),
        "",
        f"{envelope.house.name}, {envelope.house.mail}",
        "",
    ]
    message.set_content("\n".join(lines))
    return message


def _address(name: str, mail: str) -> Address:
    plain = "".join(char for char in name if char.isprintable())
    return Address(plain, addr_spec=mail)


def _reference(report: Mapping[str, Any]) -> str:
    return next((tag.partition(":")[2] for tag in report.get("tags", ()) if tag.startswith("tipline:")), "")


def _ordinal(number: int) -> str:
    return "Notice of " if number == 1 else f"Reminder {number - 1}: "


def _words(report: Mapping[str, Any], envelope: Envelope, told: Round) -> str:
    lines = [
        f"To {envelope.to_name}",
        "",
        "A person at our clearing house verified that the page below holds child sexual abuse material.",
        "Please take it down, and keep what the law asks you to keep for the police.",
        "",
        f"Page:            {defang(report['url'])}",
        f"Classification:  {xarf.CLASSIFICATION_WORDS[report['classification']]}",
        f"Verified:        {report['verified_at']}",
        f"Reference:       {_reference(report)}",
    ]
    if told.asks_further:
        lines += ["", "We write to you because those nearer to the page did not take it down, or cannot be reached."]
    if told.first_at is not None:
        lines += ["", f"Our first notice to you went out on {xarf.stamp(told.first_at)}. The page was still up since."]
    lines += [
        "",
        "Answer here, without a log-in: say that you have it in hand, that it is gone, or that we are wrong:",
        envelope.link,
        "The link is for you alone and ends after 30 days. The same address with .json at its end is for programs.",
        "",
        f"The attached {XARF_NAME} (XARF 4.2, content/csam) says the same for machines and holds the exact address.",
        "There is no picture or video in this mail, and none will ever be.",
        "",
        f"{envelope.house.name}, {envelope.house.mail}",
        "",
    ]
    return "\n".join(lines)
