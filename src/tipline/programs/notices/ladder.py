"""What the clock does: reminders by the ladder, escalation at its end, holds that end at their time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tipline.domain.actor import system
from tipline.programs.notices import cases, journal, sending
from tipline.programs.notices.journal import Step
from tipline.programs.notices.models import Case, Hold, Notice
from tipline.programs.notices.rules.moves import OUT, NoticeState

BY = system("notices")


def climb(*, now: datetime, most: int = 100) -> int:
    """This function will end holds whose time is over and do what is due by the ladder; returns how many steps."""
    ended = Hold.objects.filter(lifted_at=None, until__lte=now).values_list("case__number", flat=True)
    for number in list(ended[:most]):
        cases.lift_hold(number=number, by=BY, now=now, code="hold_ended")
    held = Hold.objects.filter(lifted_at=None, until__gt=now).values("case_id")
    due = Case.objects.filter(next_at__lte=now, next_act__in=("again", "escalate")).exclude(id__in=held)
    return sum(_step(number, now) for number in list(due.order_by("next_at").values_list("number", flat=True)[:most]))


@transaction.atomic
def _step(number: int, now: datetime) -> bool:
    case = journal.lock(number)
    if case.next_at is None or case.next_at > now or NoticeState(case.state) not in OUT:
        return False
    if case.next_act == "escalate":
        escalate(case, now)
        return True
    last = Notice.objects.filter(case=case, episode=case.episode).exclude(sent_at=None).order_by("-sent_at").first()
    if last is None or Notice.objects.filter(course=last.course, delivery="WAITING").exists():
        return False
    sending.write(case, sending.recipient_again(last), BY, now)
    journal.plan(case, None)  # set anew when it has gone out
    return True


def escalate(case: Case, now: datetime) -> None:
    """This function will say that somebody further up is to be asked; a person chooses whom."""
    journal.write(case, Step("escalated", NoticeState.ESCALATED), BY, now)
    journal.plan(case, None)
    journal.audit("notice.escalated", case, BY, now)
