"""What many share at once: viral events, and files that pass from hand to hand for years."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tipline.simulation.world.chance import Draw, chance_of

EVERY = 400  # reports from the beginning of one viral event to the next
LOOKED_BACK = 40
TRADED = 4_000  # files that are traded, the first of them most
COPIED_ANEW = 0.3  # of viral copies are encoded anew: another digest, nearly the same picture


@dataclass(frozen=True, slots=True)
class Event:
    """One viral event: a file that many pass on within days. `lasts` is in reports."""

    index: int
    begins: int
    lasts: int
    weight: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A file's content by its digest and its perceptual hash, 64 hex digits each; `entry` on a hash list, 0 if none."""

    sha256: str
    pdq: str
    entry: int = 0


@lru_cache(maxsize=256)
def event(seed: int, index: int) -> Event:
    """This function will make one event; some are a hundred times as large as others."""
    chance = chance_of(seed, Draw.EVENT, index)
    weight = min(60.0, (1.0 - chance.random()) ** -0.8)
    return Event(index, index * EVERY, chance.randrange(800, EVERY * LOOKED_BACK), weight)


def running(seed: int, position: int) -> Iterator[Event]:
    """This function will give the events that run at a position of the stream; at least one."""
    newest = position // EVERY
    for index in range(max(0, newest - LOOKED_BACK), newest + 1):
        one = event(seed, index)
        if index == newest or one.begins + one.lasts > position:
            yield one


def drawn_event(chance: random.Random, seed: int, position: int) -> Event:
    """This function will draw the event that somebody takes part in: the large and the fresh rather."""
    listed = list(running(seed, position))
    weights = [one.weight * (1.2 - min(1.0, (position - one.begins) / one.lasts)) for one in listed]
    return chance.choices(listed, weights)[0]


def viral_picture(chance: random.Random, seed: int, one: Event, position: int) -> Picture:
    """This function will give a copy of an event's file; lists hold it once the event has run a while."""
    master = _picture(seed, Draw.EVENT, one.index)
    entry = int(master.pdq[:12], 16) if position - one.begins > one.lasts // 6 else 0
    if chance.random() >= COPIED_ANEW:
        return Picture(master.sha256, master.pdq, entry)
    return Picture(_digest(chance), _near(chance, master.pdq), entry)


def traded_picture(chance: random.Random, seed: int) -> Picture:
    """This function will draw a file that people who do not know each other have in common."""
    place = int(TRADED ** chance.random()) * 25 + chance.randrange(25)
    found = _picture(seed, Draw.FILE, place)
    return Picture(found.sha256, found.pdq, int(found.pdq[:12], 16) if place % 20 else 0)


def own_picture(seed: int, person: int, place: int) -> Picture:
    """This function will give a file that one person made or first passed on."""
    return _picture(seed, Draw.FILE, 1_000_000 + person, place)


def _picture(seed: int, draw: Draw, *which: int) -> Picture:
    chance = chance_of(seed, draw, *which, 1)
    return Picture(_digest(chance), f"{chance.getrandbits(256):064x}")


def _digest(chance: random.Random) -> str:
    return hashlib.sha256(chance.getrandbits(256).to_bytes(32, "big")).hexdigest()


def _near(chance: random.Random, pdq: str) -> str:
    changed = int(pdq, 16)
    for _ in range(chance.randrange(2, 20)):
        changed ^= 1 << chance.randrange(256)
    return f"{changed:064x}"
