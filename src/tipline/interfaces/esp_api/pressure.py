"""Under pressure: who is let in when more comes than can be served at once. ADR 16.

A place is held from the moment a body has been read until its answer: while a document is parsed and committed, which
is what takes the core. Reading a body holds none, so that slow senders keep nobody out. Whoever finds no place is told
so before anything was done, and nobody who is let in waits long. New reports take turns, a few at once: what the loop
and the writer have before them is what an urgent one waits for.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from enum import IntEnum
from math import ceil
from time import monotonic

from tipline.stages.intake.rules import Overloaded

URGENT_MARKS = tuple("escalateToHighPriority".encode(written) for written in ("utf-8", "utf-16-le", "utf-16-be"))
# A refusal is told a second late, and later where more than so many a second are to be told: what each costs is taken
# from those who are inside, and nearly every client tries again at once.
TURNED_AWAY_SECONDS = 1.0
TOLD_A_SECOND = 200.0
MOST_SECONDS = 8.0


class Kind(IntEnum):
    """What a call is for; the higher, the longer it is let in."""

    BEGINS = 0  # a new report
    GOES_ON = 1  # the next call of a report that was begun: work that was paid for already
    URGENT = 2  # a new report whose sender says that a child is in danger


@dataclass(frozen=True, slots=True)
class Limits:
    """How many places a process has. A call is let in while fewer than those of its kind are taken.

    reserve: so many places each company may take up to the limit of the kind above, whatever others take.
    at_once: so many new reports are worked on at a time; the others that were let in wait for their turn.
    """

    places: tuple[int, int, int] = (128, 160, 224)
    reserve: int = 8
    at_once: int = 32


class Pace:
    """When each refusal of a process is told."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._told = 0.0  # when the last one will be

    def wait(self) -> float:
        """This function will give the seconds that the next refusal waits."""
        now = self._now()
        at = max(now + TURNED_AWAY_SECONDS, self._told + 1 / TOLD_A_SECOND)
        self._told = min(at, now + MOST_SECONDS)
        return self._told - now


class Places:
    """The places of one process, and the pace at which it turns away."""

    def __init__(self, limits: Limits = Limits(), pace: Pace | None = None) -> None:
        self._limits = limits
        self._pace = pace or Pace()
        self._taken = 0
        self._of: Counter[int] = Counter()
        self._turns = asyncio.Semaphore(limits.at_once)

    @contextmanager
    def place(self, esp: int, kind: Kind) -> Iterator[Callable[[Kind], None]]:
        """This function will hold a place for the block. Raises Overloaded where there is none.

        Gives a function that tells what the call turned out to be, which may raise Overloaded, too.
        """
        self._require(esp, kind)
        self._taken += 1
        self._of[esp] += 1
        try:
            yield lambda known: self._require(esp, known, own=1)
        finally:
            self._taken -= 1
            self._of[esp] -= 1
            if not self._of[esp]:
                del self._of[esp]

    def turn(self, kind: Kind) -> AbstractAsyncContextManager[None]:
        """This function will give what waits until a new report may be worked on; others never wait."""
        return self._turns if kind is Kind.BEGINS else nullcontext()

    @property
    def are_short(self) -> bool:
        """Whether somebody may be turned away."""
        return self._taken >= self._limits.places[Kind.BEGINS]

    async def hold_back(self) -> None:
        """This function will wait before a caller is told that there is no place."""
        await asyncio.sleep(self._pace.wait())

    def has(self, esp: int, kind: Kind, *, own: int = 0) -> bool:
        """This function will tell whether a company finds a place; `own` are those that this call holds already."""
        others = self._taken - own
        if others < self._limits.places[kind]:
            return True
        above = self._limits.places[min(kind + 1, Kind.URGENT)]
        return self._of[esp] - own < self._limits.reserve and others < above

    def _require(self, esp: int, kind: Kind, *, own: int = 0) -> None:
        if not self.has(esp, kind, own=own):
            raise Overloaded


def kind_of(raw: bytes | bytearray) -> Kind:
    """This function will guess from the bytes of a report whether it is urgent: a hint, the parsed value decides."""
    return Kind.URGENT if any(mark in raw for mark in URGENT_MARKS) else Kind.BEGINS


class OverQuota(Exception):
    """A company sends more than was agreed. Nothing was done; `seconds` tells when it may come back."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Quotas:
    """How many calls a minute each company may make: a bucket for each, that holds ten seconds' worth."""

    HELD_SECONDS = 10.0

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._left: dict[int, tuple[float, float]] = {}

    def spend(self, esp: int, a_minute: int) -> None:
        """This function will count one call of a company. Raises OverQuota; 0 calls a minute means without end."""
        if not a_minute:
            return
        rate, now = a_minute / 60, self._now()
        most = max(1.0, rate * self.HELD_SECONDS)
        left, at = self._left.get(esp, (most, now))
        left = min(most, left + (now - at) * rate)
        if left < 1:
            self._left[esp] = (left, now)
            raise OverQuota(ceil((1 - left) / rate))
        self._left[esp] = (left - 1, now)
