"""The worker hands events over: signed here, sent by a process of its own, tried again for three days.

At least once: a worker killed between the receiver's yes and our commit sends the event again, under the same id. No
transaction is open while a stranger's server thinks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from tipline.domain.actor import system
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record
from tipline.platform.config import settings
from tipline.platform.vault.fields import open_field
from tipline.programs.telling import letters
from tipline.programs.telling.asking import Answer, Ask, sender
from tipline.programs.telling.hooks import SEALED_AS
from tipline.programs.telling.models import Event, Hook, Secret, Try
from tipline.programs.telling.rules import pauses
from tipline.programs.telling.rules.signing import Told, body_of, headers_of

BY = system("telling")
DELIVER = "telling.deliver"
MOST_AT_ONCE = 50
LONGEST_TURN = timedelta(minutes=1)  # then another company has its turn
KEPT_FOR = timedelta(days=90)


Clock = Callable[[], datetime]
Opened = Callable[[], AbstractContextManager[Ask]]


def begin_delivering(*, now: datetime) -> int:
    """This function will begin a job for each webhook that has something due, and return how many.

    One job a webhook at a time, in a lane of their own: a slow receiver holds nobody else up.
    """
    if not settings().webhooks:
        return 0
    return sum(_begin(hook_id) for hook_id in _due_hooks(now))


def _begin(hook_id: int) -> bool:
    lock = f"telling.deliver:{hook_id}"
    return jobs.defer(DELIVER, hook_id=hook_id, queueing_lock=lock, lock=lock, queue="outside")


def _due_hooks(now: datetime) -> list[int]:
    ready = Q(hook__ended_at=None, hook__set_aside_at=None)
    ready &= Q(hook__quiet_until=None) | Q(hook__quiet_until__lte=now)
    rows = Event.objects.filter(ready, state="WAITING", try_at__lte=now)
    return list(rows.order_by().values_list("hook_id", flat=True).distinct()[:200])


def deliver(*, hook_id: int, clock: Clock, opened: Opened = sender) -> int:
    """This function will hand over what is due at one webhook, oldest first, and return how many were taken.

    Stops at the first that is not taken: whoever does not answer now is not asked for the next one either.
    """
    began, taken = clock(), 0
    due = _due_events(hook_id, began)
    if not due:
        return 0
    with opened() as ask:
        for event_id in due:
            if not _deliver(event_id, clock, ask):
                break
            taken += 1
            if clock() - began > LONGEST_TURN:
                break
    return taken


def _due_events(hook_id: int, now: datetime) -> list[int]:
    if not settings().webhooks:
        return []
    hook = Hook.objects.filter(pk=hook_id, ended_at=None, set_aside_at=None).first()
    if hook is None or (hook.quiet_until is not None and hook.quiet_until > now):
        return []
    rows = Event.objects.filter(hook_id=hook_id, state="WAITING", try_at__lte=now).order_by("id")
    return list(rows.values_list("id", flat=True)[:MOST_AT_ONCE])


def _deliver(event_id: int, clock: Clock, ask: Ask) -> bool:
    event = Event.objects.select_related("hook").get(pk=event_id)
    now = clock()
    told = Told(event.ident, event.kind, event.at, event.environment, event.report_number)
    body = body_of(told)
    answer = ask(event.hook.url, headers_of(event.ident, body, _secrets(event.hook_id), now), body)
    return _note(event, answer, now)


def _secrets(hook_id: int) -> list[bytes]:
    """The newest first: most receivers have it already, and compare one signature after the other."""
    rows = Secret.objects.filter(hook_id=hook_id, ended_at=None).order_by("-id")
    return [open_field(bytes(row.sealed), SEALED_AS.format(hook_id)) for row in rows]


@transaction.atomic
def _note(seen: Event, answer: Answer, began: datetime) -> bool:
    """Keeps how a try went. The webhook's row first, as everywhere, so that no two locks cross."""
    hook = Hook.objects.select_for_update().get(pk=seen.hook_id)
    event = Event.objects.select_for_update().get(pk=seen.id)
    Try.objects.create(
        event=event, esp_id=event.esp_id, at=began, status=answer.status, trouble=answer.trouble,
        milliseconds=answer.milliseconds,
    )  # fmt: skip
    event.tries, event.first_try_at = event.tries + 1, event.first_try_at or began
    taken = pauses.is_taken(answer.status)
    if taken:
        _taken(hook, event, began)
    else:
        _not_taken(hook, event, answer, began)
    event.save(update_fields=["state", "tries", "first_try_at", "try_at"])
    hook.save(update_fields=["failing_since", "quiet_until", "set_aside_at"])
    return taken


def _taken(hook: Hook, event: Event, now: datetime) -> None:
    event.state, event.try_at = "TAKEN", None
    hook.failing_since = hook.quiet_until = None
    details: dict[str, str | int] = {"hook": hook.id, "environment": hook.environment, "kind": event.kind}
    details |= {"event": event.id} | ({"report": event.report_number} if event.report_number else {})
    record(Act(now, BY, "esp.hook_told", "esp", str(hook.esp_id), details=details))


def _not_taken(hook: Hook, event: Event, answer: Answer, began: datetime) -> None:
    assert event.first_try_at is not None
    hook.failing_since = hook.failing_since or began
    pause = pauses.pause_after(event.tries)
    event.try_at = began + pause
    hook.quiet_until = began + min(pause, pauses.LONGEST_QUIET)
    is_over = pauses.is_over(event.first_try_at, began, event.tries)
    if answer.status == pauses.GONE or (is_over and hook.failing_since <= event.first_try_at):
        _set_aside(hook, event, "gone" if answer.status == pauses.GONE else "no_answer", began)
    elif is_over:  # others were taken meanwhile: this one alone is given up
        event.state, event.try_at = "FAILED", None


def _set_aside(hook: Hook, event: Event, reason: str, now: datetime) -> None:
    """What waits goes on waiting, and is sent when somebody at the company switches the webhook on again."""
    hook.set_aside_at, hook.quiet_until, event.try_at = now, None, None
    details: dict[str, str | int] = {"hook": hook.id, "environment": hook.environment, "reason": reason}
    record(Act(now, BY, "esp.hook_set_aside", "esp", str(hook.esp_id), details=details))
    letters.write_set_aside(hook, now)


@transaction.atomic
def forget_old(*, now: datetime, most: int = 10_000) -> int:
    """This function will delete events of long ago with their tries, and the dead secrets of ended webhooks."""
    old = Event.objects.filter(at__lt=now - KEPT_FOR).order_by("id").values("id")[:most]
    removed, _ = Event.objects.filter(id__in=old).delete()
    Secret.objects.filter(ended_at__lt=now - KEPT_FOR).delete()
    return removed
