"""From signs of life to what can be said of the intake: does it take reports now, and when did it not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

WORKER = "worker"
SILENCE = timedelta(seconds=150)  # two minutes' signs that did not come
LONG_WAIT = timedelta(minutes=5)
MANY_SHED, SHARE_SHED = 20, 0.05  # in one minute: so many calls, and such a share, were turned away
HOUR = timedelta(hours=1)


class Kind(StrEnum):
    """What was amiss."""

    SILENT = "silent"
    STORE = "store"
    SHEDDING = "shedding"


KINDS = {
    Kind.SILENT: "The reporting API gave no sign of life, or could not write it down: no report was taken",
    Kind.STORE: "The evidence store took nothing: reports were taken, files were not",
    Kind.SHEDDING: "More came than could be served: some calls were answered with 503 and were to be sent again",
}


@dataclass(frozen=True, slots=True)
class Minute:
    """One sign of life (`models.Sign`)."""

    at: datetime
    process: str
    taken: int = 0
    shed: int = 0
    over_quota: int = 0
    failed: int = 0
    store_ok: bool = True
    waiting: int = 0

    @property
    def is_shedding(self) -> bool:
        """Whether so much was turned away that senders felt it."""
        return self.shed >= MANY_SHED and self.shed >= SHARE_SHED * (self.shed + self.taken)


@dataclass(frozen=True, slots=True)
class Found:
    """An outage; `ended_at` None while it lasts."""

    kind: Kind
    began_at: datetime
    ended_at: datetime | None

    @property
    def words(self) -> str:
        """What was amiss, in words."""
        return KINDS[self.kind]


class State(StrEnum):
    """What can be said now."""

    TAKES = "takes"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the intake takes reports, and the measures behind it. Counts are of the last hour."""

    state: State
    door_at: datetime | None
    store_ok: bool
    worker_at: datetime | None
    waiting: int
    taken: int
    shed: int
    over_quota: int
    failed: int

    @property
    def is_prompt(self) -> bool:
        """Whether what was taken also goes on its way at once."""
        return self.worker_at is not None and self.waiting < LONG_WAIT.total_seconds()


def standing_of(minutes: Sequence[Minute], now: datetime) -> Standing:
    """This function will say how it stands, from the signs of the last hour."""
    recent = [one for one in minutes if now - one.at <= HOUR]
    door = [one for one in recent if one.process != WORKER]
    newest = max((one.at for one in door), default=None)
    worker = [one for one in recent if one.process == WORKER and now - one.at <= SILENCE]
    last = [one for one in door if now - one.at <= SILENCE]
    store_ok = all(one.store_ok for one in last)
    if not last:
        state = State.NOT
    else:
        state = State.TAKES if store_ok and not any(one.is_shedding for one in last) else State.PARTLY
    return Standing(
        state=state,
        door_at=newest,
        store_ok=store_ok,
        worker_at=max((one.at for one in worker), default=None),
        waiting=max((one.waiting for one in worker), default=0),
        taken=sum(one.taken for one in door),
        shed=sum(one.shed for one in door),
        over_quota=sum(one.over_quota for one in door),
        failed=sum(one.failed for one in door),
    )


def outages_in(minutes: Iterable[Minute], now: datetime) -> tuple[Found, ...]:
    """This function will find the outages in the door's signs, oldest first. Signs of before the first say nothing."""
    door = sorted((one for one in minutes if one.process != WORKER), key=lambda one: one.at)
    found = [*_silences(door, now)]
    found += _spans(Kind.STORE, [(one.at, not one.store_ok) for one in door], now)
    found += _spans(Kind.SHEDDING, [(one.at, one.is_shedding) for one in door], now)
    return tuple(sorted(found, key=lambda one: one.began_at))


def _silences(door: Sequence[Minute], now: datetime) -> Iterator[Found]:
    for before, after in pairwise(door):
        if after.at - before.at > SILENCE:
            yield Found(Kind.SILENT, before.at, after.at)
    if door and now - door[-1].at > SILENCE:
        yield Found(Kind.SILENT, door[-1].at, None)


def _spans(kind: Kind, told: Sequence[tuple[datetime, bool]], now: datetime) -> Iterator[Found]:
    began: datetime | None = None
    last: datetime | None = None
    for at, is_amiss in told:
        if is_amiss:
            began, last = began or at, at
        elif began is not None and last is not None and at - last >= timedelta(minutes=2):
            # Two processes tell of one minute: one good word beside a bad one does not end it.
            yield Found(kind, began, at)
            began = None
    if began is not None and last is not None:
        yield Found(kind, began, None if now - last <= SILENCE else last)
