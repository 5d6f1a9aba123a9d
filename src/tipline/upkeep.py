"""Upkeep of the house itself: what the clock starts so that tables have room, the audit is sealed, and nothing is left.

No report moves here; `pipeline` moves them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tipline.domain.actor import system
from tipline.media.index.copy import Copy
from tipline.platform.accounts import service as accounts
from tipline.platform.audit import service as audit
from tipline.platform.config import settings
from tipline.platform.database import partitions
from tipline.programs.identification import service as identification
from tipline.programs.survivors import service as survivors
from tipline.reference.hashlists import adapters as listed_pictures
from tipline.reference.hashlists import film_index as listed_films
from tipline.reference.hashlists import imports
from tipline.reports import adapters as kept
from tipline.reports import retention, securing
from tipline.reports.features import forget_oldest
from tipline.stages.intake import drafts, sandbox, signs

BY = system("upkeep")
Timer = Callable[[datetime], int]


def make_room(_: datetime) -> int:
    """This function will make the partitions that the next reports will fill."""
    return partitions.make_room()


def drop_purged(now: datetime) -> int:
    """This function will give up partitions whose reports are all purged and of which nothing is left."""
    return retention.drop_purged(by=BY, now=now)


def sweep(now: datetime) -> int:
    """This function will remove what killed uploads and rolled-back steps left in the store."""

    def awaited(names: Sequence[str]) -> set[str]:
        return identification.find_awaited(names) | drafts.find_awaited(names) | imports.find_awaited(names)

    return securing.sweep_strays(now=now, also=awaited)


def clear_spent(now: datetime) -> int:
    """This function will delete ended sessions, old failed log-ins, and spent counts of brakes."""
    removed = accounts.clear_spent(now=now) + survivors.clear_tries(now=now)
    return removed + drafts.clear_forgotten(now=now)


def clear_sandbox(now: datetime) -> int:
    """This function will remove what the test side need not show to companies any more."""
    return sandbox.clear_old(now=now)


def keep_watch(now: datetime) -> int:
    """This function will give the worker's sign of life and keep the outages that the door's signs tell of."""
    return signs.keep_watch(now=now)


def follow_indexes(_: datetime) -> int:
    """This function will bring the indexes of fingerprints up to date, so that who searches need not."""
    return sum(not copy.tend() for copy, _ in _indexes())


def check_indexes(_: datetime) -> int:
    """This function will read the indexes through; one that is damaged, or holds what is withdrawn, is made anew."""
    forget_oldest()
    return sum(not copy.check(count()) for copy, count in _indexes())


def _indexes() -> tuple[tuple[Copy, Callable[[], int]], ...]:
    """Each index with what counts how much belongs into it."""
    return (
        (listed_pictures.listed(), listed_pictures.count_listed),
        (listed_films.listed_films(), listed_films.count_frames),
        (listed_pictures.listed_features(), listed_pictures.count_listed_features),
        (kept.received(), kept.count_received),
        (kept.received_features(), kept.count_received_features),
    )


def seal_audit(now: datetime) -> int:
    """This function will chain and sign what was written to the audit since the last time."""
    audit.tend(now=now)
    return audit.hand_out(path=settings().witness)


def seal_whole_audit(now: datetime) -> int:
    """This function will look for entries without a place among all there are."""
    return int(audit.seal(now=now) is not None)


TIMERS: Mapping[str, tuple[str, Timer]] = {
    "seal_audit": ("* * * * * */5", seal_audit),
    "make_room": ("* * * * * 20", make_room),
    "drop_purged": ("47 * * * *", drop_purged),
    "clear_spent": ("29 * * * *", clear_spent),
    "keep_watch": ("* * * * *", keep_watch),
    "clear_sandbox": ("*/10 * * * *", clear_sandbox),
    "follow_indexes": ("* * * * * 40", follow_indexes),
    "check_indexes": ("53 2 * * *", check_indexes),
    "sweep": ("41 3 * * *", sweep),
    "seal_whole_audit": ("23 4 * * *", seal_whole_audit),
}
