"""The mails to a company: who is written to, and the outbox. Without a mail server all waits, and says so.

A worker killed between the server's yes and our commit sends the mail again, under the same Message-ID.
"""

from __future__ import annotations

import re
import smtplib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from django.db import transaction

from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.platform import jobs, mail
from tipline.platform.audit.service import Act, record
from tipline.platform.config import settings
from tipline.platform.processes.addresses import addresses_of
from tipline.platform.vault.fields import open_field, seal_field
from tipline.programs.telling.models import Event, Hook, Letter, MailAddress
from tipline.programs.telling.rules import letters as words
from tipline.programs.telling.rules.letters import Envelope
from tipline.reference.directory import queries as directory

BY = system("telling")
SEND = "telling.send_letters"
MOST_ADDRESSES = 5
MOST_TRIES = 12
LONGEST_PAUSE = timedelta(hours=6)
LOOK_AGAIN = timedelta(minutes=1)
_CONTEXT = "telling:letter:{}"
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")

Write = Callable[[Envelope], EmailMessage]


@transaction.atomic
def add_address(*, esp_id: int, address: str, by: Actor, now: datetime) -> None:
    """This function will write to a company at a further address. Raises Refusal `bad_mail`, `twice`, `too_many`."""
    address = address.strip()
    if not _MAIL.fullmatch(address) or len(address) > 254:
        raise Refusal("bad_mail", "Give a mail address, for example safety@example.com.", field="mail")
    live = MailAddress.objects.filter(esp_id=esp_id, ended_at=None)
    if live.filter(mail__iexact=address).exists():
        raise Refusal("twice", "This address is there already.", field="mail")
    if live.count() >= MOST_ADDRESSES:
        raise Refusal("too_many", f"{MOST_ADDRESSES} are enough. Remove one first.", field="mail")
    row = MailAddress.objects.create(esp_id=esp_id, mail=address, made_at=now)
    record(Act(now, by, "esp.mail_added", "esp", str(esp_id), details={"contact": row.id}))


@transaction.atomic
def end_address(*, esp_id: int, address_id: int, by: Actor, now: datetime) -> None:
    """This function will write to one of a company's addresses no more. Raises Refusal `no_mail`."""
    if not MailAddress.objects.filter(pk=address_id, esp_id=esp_id, ended_at=None).update(ended_at=now):
        raise Refusal("no_mail", "There is no such address.")
    record(Act(now, by, "esp.mail_ended", "esp", str(esp_id), details={"contact": address_id}))


def write_set_aside(hook: Hook, now: datetime) -> int:
    """This function will write to a company that its webhook is set aside; joins the caller's transaction."""
    waiting = Event.objects.filter(hook_id=hook.id, state="WAITING").count()
    return put_in(
        hook.esp_id, "set_aside", lambda envelope: words.write_set_aside(envelope, hook.environment, waiting, now), now
    )


def put_in(esp_id: int, kind: str, write: Write, now: datetime) -> int:
    """This function will put a mail to each of a company's addresses into the outbox, and return how many."""
    found = directory.find_esp_contact(esp_id)
    if found is None:
        return 0
    own = MailAddress.objects.filter(esp_id=esp_id, ended_at=None).order_by("id").values_list("mail", flat=True)
    to = list(own) or [found.email.strip()]
    made = [_letter(esp_id, found.esp.name, kind, one, write, now) for one in to if _MAIL.fullmatch(one)]
    return len(Letter.objects.bulk_create(made))


def _letter(esp_id: int, company: str, kind: str, to: str, write: Write, now: datetime) -> Letter:  # noqa: PLR0913
    ident, house = uuid.uuid4(), settings()
    pages = house.company_origin or addresses_of(house).esp_web
    message = write(Envelope(ident, to, house.house_name, house.house_mail, company, pages))
    sealed = seal_field(message.as_bytes(), _CONTEXT.format(ident))
    return Letter(esp_id=esp_id, kind=kind, ident=ident, to_mail=to, sealed=sealed, made_at=now, try_at=now)


def begin_sending(*, now: datetime) -> bool:
    """This function will begin a job that sends what is due, where there is any."""
    due = Letter.objects.filter(state="WAITING", try_at__lte=now)
    return due.exists() and jobs.defer(SEND, queueing_lock=SEND, lock=SEND, queue="outside")


def send_due(*, now: datetime, most: int = 50) -> int:
    """This function will send the mails that are due, each in its own transaction, and return how many went out.

    Stops at the first outage: the server that does not answer now is not asked for the next one either.
    """
    went = 0
    due = Letter.objects.filter(state="WAITING", try_at__lte=now).order_by("try_at", "id")
    for letter_id in due.values_list("id", flat=True)[:most]:
        said = _send(letter_id, now)
        if said == "outage":
            break
        went += said == ""
    return went


@transaction.atomic
def _send(letter_id: int, now: datetime) -> str:
    """Says what was wrong; nothing where the mail went out."""
    row = Letter.objects.select_for_update(skip_locked=True).filter(pk=letter_id, state="WAITING").first()
    if row is None or row.sealed is None:
        return "gone"
    if not settings().smtp_url:
        return _wait(row, "no_server", now + LOOK_AGAIN)
    message = message_from_bytes(open_field(bytes(row.sealed), _CONTEXT.format(row.ident)), policy=SMTP)
    try:
        with mail.connected(settings().smtp_url) as server:
            server.send_message(message, from_addr=settings().house_mail, to_addrs=[row.to_mail])
    except (smtplib.SMTPException, OSError) as error:
        return _failed(row, error, now)
    row.state, row.sent_at, row.try_at, row.sealed, row.trouble = "SENT", now, None, None, ""
    row.save()
    _audit("esp.letter_sent", row, now)
    return ""


def _audit(verb: str, row: Letter, now: datetime, **more: str) -> None:
    details: dict[str, str | int] = {"kind": row.kind, "letter": row.id, **more}
    record(Act(now, BY, verb, "esp", str(row.esp_id), details=details))


def _wait(row: Letter, trouble: str, until: datetime) -> str:
    row.trouble, row.try_at = trouble, until
    row.save(update_fields=["trouble", "try_at"])
    return trouble


def _failed(row: Letter, error: Exception, now: datetime) -> str:
    row.tries += 1
    row.save(update_fields=["tries"])
    refused = mail.is_permanent(error)
    if not refused and row.tries < MOST_TRIES:
        return _wait(row, "outage", now + min(LONGEST_PAUSE, timedelta(minutes=2**row.tries)))
    row.state, row.try_at, row.sealed, row.trouble = "FAILED", None, None, "refused" if refused else "outage"
    row.save()
    _audit("esp.letter_failed", row, now, reason=row.trouble)
    return row.trouble
