"""What happened before one report: who, where, how bad, and what was seen. Truth; the writers tell part of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tipline.simulation.world.atlas import Block, address_in
from tipline.simulation.world.events import Event, Picture
from tipline.simulation.world.people import Child, Person
from tipline.simulation.world.values import TruePlace
from tipline.simulation.world.words import LANGUAGES

ORDINARY, VIRAL, FLOOD = "ordinary", "viral", "flood"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one actor of the world will do: of which kind, how often, and whether a child is in danger through it."""

    index: int
    kind: str
    style: str
    reports: int
    children: int
    situation: str


@dataclass(slots=True)
class Scene:
    """One report's story. `shown` and `told` grow while it is written: what the document shows of the offender's place,
    and in which ways an urgent one says that it is.
    """

    number: int
    at: datetime
    plan: Plan
    person: Person
    esp: str  # the company that sends it, or for a public report the one it is about
    child: Child | None
    urgent: bool
    has_place: bool
    event: Event | None
    pictures: tuple[Picture, ...]
    priors: tuple[int, ...]
    chance: random.Random
    turn: int  # which of the actor's reports it is, from 0
    children: tuple[int, ...] = ()
    shown: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def odds(self, share: float) -> bool:
        """This function will tell whether something that happens in a share of cases happens here."""
        return self.chance.random() < share

    @property
    def situation(self) -> str:
        """What puts the child in danger now; empty where nothing does."""
        return self.plan.situation if self.urgent else ""

    def last_seen(self) -> datetime:
        """This function will draw when the last thing told of happened: hours ago where it is urgent, else days."""
        hours = self.chance.expovariate(1 / 5 if self.urgent else 1 / 90)
        return self.at - timedelta(hours=min(hours, 5_000), minutes=3)


def stamp(scene: Scene, at: datetime) -> str:
    """This function will write a time as this sender does: in UTC, in the company's zone or the user's; clocks err."""
    shown = at + timedelta(minutes=scene.person.clock)
    hours = _zone_hours(scene)
    if hours is None:
        return shown.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (shown + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S") + f"{hours:+03d}:00"


def _zone_hours(scene: Scene) -> int | None:
    way = len(scene.esp) % 10
    if way < 7:
        return None
    lon = scene.person.home.lon
    return -7 if way < 9 or lon is None else round(lon / 15)


def placeholders(chance: random.Random, language: str, count: int) -> str:
    """This function will write neutral words of a language."""
    return " ".join(chance.choice(LANGUAGES[language].split()) for _ in range(count)) + "."


def true_place(block: Block | None) -> TruePlace:
    """This function will give where somebody lives, as truth keeps it."""
    return TruePlace(block.country, block.state, block.lat, block.lon) if block else TruePlace()


def seen_from(scene: Scene) -> tuple[str, str]:
    """This function will draw the address of one event and say whose place it is: home, carrier, exit, abroad."""
    person = scene.person
    if person.exit and scene.odds(0.7):
        return person.exit, "exit"
    if person.abroad is not None and scene.odds(0.5):
        return address_in(scene.chance, person.abroad), "abroad"
    return (person.carrier, "carrier") if scene.odds(0.35) else (scene.chance.choice(person.lines), "home")
