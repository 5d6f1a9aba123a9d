"""Short ways for tests of notices: a case in any state, a notice that went out, the link in its mail."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tipline.domain.actor import Actor, ActorKind
from tipline.programs.notices import queries, sending, service
from tipline.programs.notices.models import Case, Notice
from tipline.programs.notices.sending import Recipient
from tipline.programs.notices.values import NewEntry, Verification

ANALYST = Actor(ActorKind.USER, "analyst-1", role="ANALYST")
URL = "https://photos.example/p/1001"
SITE = Recipient("SITE", "Example Photos", "abuse@photos.example")
HOST = Recipient("HOST", "Example Hosting", "abuse@hosting.example")
FOUND = Verification("A2", "manual_review", "image", "An analyst looked at the digest and the report")


def entered(now: datetime, url: str = URL) -> int:
    return service.enter(new=NewEntry(url, note="Seen by a caller"), by=ANALYST, now=now).number


def verified(now: datetime, url: str = URL) -> int:
    number = entered(now, url)
    service.verify(number=number, found=FOUND, by=ANALYST, now=now)
    return number


def prepared(now: datetime, to: Recipient = SITE, url: str = URL) -> tuple[int, int]:
    number = verified(now, url)
    return number, service.prepare(number=number, to=to, by=ANALYST, now=now)


def sent(now: datetime, to: Recipient = SITE, url: str = URL) -> tuple[int, int, str]:
    """The case's number, the notice's key and the token of its link."""
    number, notice_id = prepared(now, to, url)
    token = token_of(notice_id)
    service.record_sent(number=number, notice_id=notice_id, at=now, by=ANALYST, now=now)
    return number, notice_id, token


def mail_of(notice_id: int) -> EmailMessage:
    found = message_from_bytes(sending.open_mail(Notice.objects.get(pk=notice_id)), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def token_of(notice_id: int) -> str:
    found = re.search(r"/n/([\w-]+)", words_of(mail_of(notice_id)))
    assert found
    return found.group(1)


def state_of(number: int) -> str:
    return str(Case.objects.get(number=number).state)


def codes_of(number: int, now: datetime) -> list[str]:
    found = queries.load_case(number, now=now + timedelta(days=999))
    assert found is not None
    return [line.text for line in found.journal]
