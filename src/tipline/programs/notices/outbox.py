"""The worker's outbox: sends through the mail server, with growing pauses; without one all waits, and says so.

A worker killed between the server's yes and our commit sends the mail again, under the same Message-ID.
"""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

from django.db import transaction
from django.db.models import Q

from tipline.domain.actor import system
from tipline.platform import jobs, mail
from tipline.platform.config import settings
from tipline.programs.notices import journal, sending
from tipline.programs.notices.journal import Step
from tipline.programs.notices.models import Case, Notice
from tipline.programs.notices.rules.moves import MAY_SEND, NoticeState

BY = system("notices")
MOST_TRIES = 12
LONGEST_PAUSE = timedelta(hours=6)
LOOK_AGAIN = timedelta(minutes=1)


SEND = "notices.send"


def begin_sending(*, now: datetime) -> bool:
    """This function will begin a job that sends what is due, where there is any: a slow mail server must not hold the
    clock up.
    """
    due = Q(delivery="WAITING", try_at__lte=now) | Q(withdrawal="WAITING", withdrawal_at__lte=now)
    return Notice.objects.filter(due).exists() and jobs.defer(SEND, queueing_lock=SEND, lock=SEND)


def send_due(*, now: datetime, most: int = 20) -> int:
    """This function will send the notices that are due, each in its own transaction, and return how many went out.

    Stops at the first outage: the server that does not answer now is not asked for the next one either.
    """
    waiting = Notice.objects.filter(delivery="WAITING", try_at__lte=now).order_by("try_at")
    back = Notice.objects.filter(withdrawal="WAITING", withdrawal_at__lte=now).order_by("withdrawal_at")
    due = [(_send, *one) for one in waiting.values_list("id", "case_id")[:most]]
    due += [(_send_withdrawal, *one) for one in back.values_list("id", "case_id")[:most]]
    went = 0
    for send, notice_id, case_id in due:
        if send(notice_id, case_id, now):
            went += 1
        elif Notice.objects.filter(pk=notice_id, trouble="outage").exists():
            break
    return went


@transaction.atomic
def _send(notice_id: int, case_id: int, now: datetime) -> bool:
    # The case first, as everywhere: two locks in one order cannot wait for each other.
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).first()
    row = Notice.objects.select_for_update().filter(pk=notice_id, delivery="WAITING").first() if case else None
    if case is None or row is None:
        return False
    if NoticeState(case.state) not in MAY_SEND:
        journal.stop_waiting(case)
        return False
    stops = _stops(case, row, now)
    if stops:
        return _wait(row, stops, now + LOOK_AGAIN)
    try:
        _hand_over(row)
    except (smtplib.SMTPException, OSError) as error:
        return _failed(case, row, error, now)
    sending.went_out(case, row, "SENT", now, BY, now)
    return True


@transaction.atomic
def _send_withdrawal(notice_id: int, case_id: int, now: datetime) -> bool:
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).first()
    row = Notice.objects.select_for_update().filter(pk=notice_id, withdrawal="WAITING").first() if case else None
    if case is None or row is None:
        return False
    stops = _stops(case, row, now)
    if stops:
        return _wait(row, stops, now + LOOK_AGAIN)
    try:
        _hand_over(row)
    except (smtplib.SMTPException, OSError) as error:
        return _failed(case, row, error, now)
    sending.withdrawal_went_out(case, row, "SENT", BY, now)
    return True


def _stops(case: Case, row: Notice, now: datetime) -> str:
    if journal.live_hold(case, now) is not None:
        return "held"
    if not row.to_mail:
        return "no_mail"
    return "" if settings().smtp_url else "no_server"


def _wait(row: Notice, trouble: str, until: datetime) -> bool:
    due = _due_field(row)
    row.trouble = trouble
    setattr(row, due, until)
    row.save(update_fields=["trouble", due])
    return False


def _due_field(row: Notice) -> str:
    return "withdrawal_at" if row.withdrawal else "try_at"


def _failed(case: Case, row: Notice, error: Exception, now: datetime) -> bool:
    row.tries += 1
    row.save(update_fields=["tries"])
    refused = mail.is_permanent(error)
    if not refused and row.tries < MOST_TRIES:
        return _wait(row, "outage", now + min(LONGEST_PAUSE, timedelta(minutes=2**row.tries)))
    failed, due = ("withdrawal" if row.withdrawal else "delivery"), _due_field(row)
    row.trouble = "refused" if refused else "outage"
    setattr(row, failed, "FAILED")
    setattr(row, due, None)
    row.save(update_fields=[failed, "trouble", due])
    journal.write(case, Step("failed", note=f"To {row.to_name}"), BY, now)
    journal.audit("notice.failed", case, BY, now, {"reason": row.trouble})
    return False


def _hand_over(row: Notice) -> None:
    message = message_from_bytes(sending.open_mail(row), policy=SMTP)
    with mail.connected(settings().smtp_url) as server:
        server.send_message(message, from_addr=settings().house_mail, to_addrs=[row.to_mail])
