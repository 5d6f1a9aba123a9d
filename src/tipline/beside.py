"""Beside the corridor: what the clock and the queue start for the programmes, and what statistics count.

The programmes know neither a stage nor each other; here they are put together, as `pipeline` does with the stages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.facts import Fact
from tipline.platform import clock
from tipline.programs.identification import later, rosters
from tipline.programs.identification import queries as identification_queries
from tipline.programs.identification import reading as identification_reading
from tipline.programs.identification import service as identification
from tipline.programs.identification.formats.list_rows import rows_of
from tipline.programs.notices import queries as notice_queries
from tipline.programs.notices import service as notices
from tipline.programs.statistics import service as statistics
from tipline.programs.survivors import queries as survivor_queries
from tipline.programs.survivors import service as survivors
from tipline.programs.telling import service as telling
from tipline.reference.hashlists import imports, self_reported
from tipline.reference.hashlists import queries as hashlists

BY = system("programmes")
RECENT = timedelta(days=35)

ListFacts = Callable[..., Iterator[Fact]]
# What else is counted beside the reports: each tells the facts of one day, `list_facts(day=...)`.
FACTS: tuple[ListFacts, ...] = (
    hashlists.list_facts,
    identification_queries.list_facts,
    notice_queries.list_facts,
    survivor_queries.list_facts,
)


def recount(now: datetime) -> int:
    """This function will count anew the days whose reports have changed, and today and yesterday."""
    return len(statistics.recount_changed(others=FACTS, now=now))


def recount_recent(now: datetime) -> int:
    """This function will count the last weeks anew, so that nothing that came late or crosswise is left out."""
    today = now.date()
    return len(statistics.recount(since=today - RECENT, until=today, others=FACTS, now=now))


def recount_days(*, since: date, until: date, now: datetime) -> dict[date, int]:
    """This function will count some days anew, with what every programme tells, and give the reports of each."""
    return statistics.recount(since=since, until=until, others=FACTS, now=now)


def publish_figures(now: datetime) -> int:
    """This function will publish the figures of the month that ended, where no person has."""
    return int(statistics.publish_due(now=now, by=BY) is not None)


def note_survivors_news(now: datetime) -> int:
    """This function will mark the hand-overs of survivors who want to know when a picture was found."""
    return survivors.note_news(now=now)


def forget_withdrawn(now: datetime) -> int:
    """This function will delete the hashes that survivors withdrew so long ago that every platform was told."""
    return self_reported.forget_withdrawn(now=now)


def send_notices(now: datetime) -> int:
    """This function will begin to send the notices that wait in the outbox."""
    return int(notices.begin_sending(now=now))


def climb_notices(now: datetime) -> int:
    """This function will write due reminders, escalate what nobody removed, and end holds at their time."""
    return notices.climb(now=now)


def check_notices(now: datetime) -> int:
    """This function will begin to look whether noticed pages are still up, where the fetcher is switched on."""
    return int(notices.begin_checking(now=now))


def deliver_events(now: datetime) -> int:
    """This function will begin to tell companies' programs what waits, where webhooks are switched on."""
    return telling.begin_delivering(now=now)


def send_letters(now: datetime) -> int:
    """This function will begin to send the mails to companies that wait."""
    return int(telling.begin_sending(now=now))


def forget_told(now: datetime) -> int:
    """This function will delete what companies were told so long ago that nobody asks any more."""
    return telling.forget_old(now=now)


def wake_collections(now: datetime) -> int:
    """This function will send on the seized collections, and the files for hash lists, whose reading stands still."""
    return identification.wake_waiting(now=now) + imports.wake_waiting(now=now)


def search_rosters(now: datetime) -> int:
    """This function will compare rosters with what came in since they were last compared."""
    return rosters.search_again(before=now - timedelta(hours=6), now=now)


Timer = Callable[[datetime], int]
# What the clock starts: a cron line (with seconds last) and the function, which tells how many things it did.
TIMERS: Mapping[str, tuple[str, Timer]] = {
    "send_notices": ("* * * * * */15", send_notices),
    "climb_notices": ("* * * * *", climb_notices),
    "check_notices": ("*/5 * * * *", check_notices),
    "deliver_events": ("* * * * * */5", deliver_events),
    "send_letters": ("* * * * * */30", send_letters),
    "forget_told": ("37 3 * * *", forget_told),
    "note_survivors_news": ("*/10 * * * *", note_survivors_news),
    "recount": ("*/10 * * * *", recount),
    "recount_recent": ("11 2 * * *", recount_recent),
    "publish_figures": ("31 6 1 * *", publish_figures),
    "forget_withdrawn": ("53 3 * * *", forget_withdrawn),
    "wake_collections": ("* * * * *", wake_collections),
    "search_rosters": ("*/20 * * * *", search_rosters),
}


def take_submitted_hashes(list_slug: str, partner_id: int, hashes: list[list[str]]) -> None:
    """This function will put hashes that a platform handed in on a list, as that member's entries."""
    by = Actor(ActorKind.PARTNER, str(partner_id), role="hash_sharing")
    pairs = tuple((kind, value) for kind, value in hashes)
    self_reported.take_submitted(list_slug=list_slug, partner_id=partner_id, hashes=pairs, by=by, now=clock.now())


def read_collection(collection_id: int) -> None:
    """This function will read and compare a seized collection."""
    identification_reading.read_collection(collection_id=collection_id, clock=clock.now)


def bring_in_list(import_id: int) -> None:
    """This function will bring a file of entries onto a hash list."""
    imports.read(import_id=import_id, rows_of=rows_of, clock=clock.now)


def look_again(series_id: int) -> None:
    """This function will look for a series in the collections that were read before."""
    later.look_again(series_id=series_id, now=clock.now())


def search_roster(roster_id: int) -> None:
    """This function will compare a roster with all reports."""
    rosters.search_roster(roster_id=roster_id, now=clock.now())


def take_answer(answer_id: int) -> None:
    """This function will move a case because of what the recipient of a notice said."""
    notices.take(answer_id=answer_id, now=clock.now())


def send_due_notices() -> None:
    """This function will send what is due in the outbox."""
    notices.send_due(now=clock.now())


def check_due_notices() -> None:
    """This function will ask the fetcher about the pages that are due."""
    notices.check_due(now=clock.now())


def deliver_due_events(hook_id: int) -> None:
    """This function will hand over what is due at one company's webhook."""
    telling.deliver(hook_id=hook_id, clock=clock.now)


def send_due_letters() -> None:
    """This function will send the mails to companies that are due."""
    telling.send_due(now=clock.now())


def look_up_contacts(number: int) -> None:
    """This function will look up who runs a noticed host."""
    notices.look_up(number=number, now=clock.now())


# The jobs by name, as the queue knows them.
JOBS: Mapping[str, Callable[..., None]] = {
    self_reported.SUBMITTED: take_submitted_hashes,
    identification.READ: read_collection,
    later.LOOK: look_again,
    imports.JOB: bring_in_list,
    rosters.SEARCH: search_roster,
    notices.TAKE: take_answer,
    notices.LOOK_UP: look_up_contacts,
    notices.SEND: send_due_notices,
    notices.CHECK: check_due_notices,
    telling.DELIVER: deliver_due_events,
    telling.SEND: send_due_letters,
}
