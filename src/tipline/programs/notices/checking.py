"""Is it still up? A person looks and writes it down, or the fetcher asks: a process of its own, off unless set on.

The fetcher gets an empty environment and no descriptor of ours, reads one address, and says one word. It is the only
part of the house that ever asks at a reported address.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Max, Q

import tipline
from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.platform import jobs
from tipline.platform.config import settings
from tipline.programs.notices import answers, cases, journal
from tipline.programs.notices.journal import Step
from tipline.programs.notices.models import Case, Check, Hold
from tipline.programs.notices.rules.moves import (
    CONFIRM_AFTER,
    OUT,
    RECHECK_EVERY,
    SEEN_WORDS,
    TWO_CHECKS_APART,
    NoticeState,
    Seen,
    Sight,
    gone_since,
)

CHECK = "notices.check"
BY = system("fetcher")
SECONDS = 30.0
ONE_MINUTE = timedelta(minutes=1)
_FOLDER = Path(tipline.__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: a word and, where a server answered, the class of its status."""

    seen: Seen
    status_class: str = ""
    note: str = ""


@transaction.atomic
def record_check(*, number: int, look: Look, at: datetime, by: Actor, now: datetime) -> None:
    """This function will keep what a person saw, and when; it may end the case or send it on. Raises Refusal."""
    if at > now:
        raise Refusal("bad_time", "Give a time that is not in the future.", field="at")
    case = journal.lock(number)
    if now - at < ONE_MINUTE:  # forms know minutes: "this minute" is now
        at = now
    if at < case.entered_at:
        raise Refusal("bad_time", "Give a time after the address was entered.", field="at")
    _keep(case, look, at, by, now)


def _keep(case: Case, look: Look, at: datetime, by: Actor, now: datetime) -> None:
    by_person = by.kind != BY.kind
    Check.objects.create(
        case=case,
        at=at,
        seen=look.seen,
        status_class=look.status_class,
        by_person=by_person,
        by=str(by)[:160],
        note=look.note.strip()[:500],
    )
    journal.write(case, Step("checked", note=SEEN_WORDS[look.seen]), by, now)
    details = {"seen": look.seen.lower(), "how": "person" if by_person else "fetcher"}
    journal.audit("notice.checked", case, by, now, details)
    _conclude(case, by, now)


def _conclude(case: Case, by: Actor, now: datetime) -> None:
    """What the checks of this episode say together: gone moves the case, and a second look closes it."""
    state = NoticeState(case.state)
    since = gone_since(_sights(case))
    if since is None:
        return
    if state in OUT or state is NoticeState.DISPUTED:
        journal.write(case, Step("removed", NoticeState.REMOVED, "Checks show that it is gone"), by, now)
        answers.mark_removed(case, since)
        journal.plan(case, now + CONFIRM_AFTER, "confirm")
    elif state is NoticeState.REMOVED:
        cases.end(case, "confirmed", by, now)
    elif state is NoticeState.VERIFIED:
        cases.end(case, "gone_before", by, now)


def _sights(case: Case) -> list[Sight]:
    """The checks that count for this state: after a removal was told, only what was seen since then."""
    rows = Check.objects.filter(case=case).order_by("at", "id")
    since = case.moved_at if case.state == NoticeState.REMOVED else case.verified_at or case.entered_at
    return [Sight(row.at, Seen(row.seen), row.by_person) for row in rows.filter(at__gte=since)]


def begin_checking(*, now: datetime) -> bool:
    """This function will begin a job that checks what is due, where the fetcher is switched on; True where it did."""
    return bool(settings().fetcher and due_numbers(now)) and jobs.defer(CHECK, queueing_lock=CHECK, lock=CHECK)


def check_due(*, now: datetime, most: int = 10) -> int:
    """This function will ask the fetcher about the cases that are due, where it is switched on; returns how many."""
    if not settings().fetcher:
        return 0
    numbers = due_numbers(now)[:most]
    for number in numbers:
        _ask(number, now)
    return len(numbers)


def due_numbers(now: datetime, among: Sequence[int] | None = None) -> list[int]:
    """This function will list the cases at which somebody should look again, the longest unseen first.

    `among`: only of these numbers.

    A page that was just seen gone is looked at a second time after an hour, others after half a day.
    """
    states = [*OUT, NoticeState.REMOVED]
    held = Hold.objects.filter(lifted_at=None, until__gt=now).values("case_id")
    wanted = (
        Case.objects.filter(state__in=states)
        if among is None
        else Case.objects.filter(state__in=states, number__in=among)
    )
    rows = wanted.exclude(id__in=held).annotate(seen_at=Max("checks__at"))
    gone = rows.filter(checks__seen=Seen.GONE, checks__at__gte=now - RECHECK_EVERY).values("id")
    soon = Q(id__in=gone, seen_at__lte=now - TWO_CHECKS_APART)
    late = Q(seen_at__lte=now - RECHECK_EVERY) | Q(seen_at=None, moved_at__lte=now - RECHECK_EVERY)
    return list(rows.filter(soon | late).order_by("seen_at", "id").values_list("number", flat=True)[:200])


def _ask(number: int, now: datetime) -> None:
    url = Case.objects.values_list("url", flat=True).get(number=number)
    look = ask_fetcher(url)  # before the transaction: nothing is locked while a stranger's server thinks
    with transaction.atomic():
        case = journal.lock(number)
        if NoticeState(case.state) in (*OUT, NoticeState.REMOVED):
            _keep(case, look, now, BY, now)


def ask_fetcher(url: str) -> Look:
    """This function will start the fetcher for one address and return what it saw; a silent one saw nothing."""
    command = [sys.executable, "-E", "-s", "-m", "tipline.programs.notices.fetcher"]
    try:
        done = subprocess.run(
            command, input=json.dumps({"url": url}), env={}, cwd=_FOLDER, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, timeout=SECONDS, check=False, close_fds=True, start_new_session=True,
        )  # fmt: skip
        said = json.loads(done.stdout)
        return Look(Seen(said["seen"]), str(said["status_class"])[:3])
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return Look(Seen.UNREACHABLE)
