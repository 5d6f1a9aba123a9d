"""The people: offenders with their accounts, devices and addresses, and children. Several may share what is theirs."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tipline.simulation.world import words
from tipline.simulation.world.atlas import Atlas, Block, address_in
from tipline.simulation.world.chance import Draw, Weighted, chance_of

COUNTRY_OF_CHILD_IS_THE_SAME = 0.62
# How often people have something in common without having to do with one another.
COMMON_HANDLE, SHARED_DEVICE, SHARED_HOME, USES_EXIT, TRAVELS, WRONG_CLOCK = 0.04, 0.003, 0.004, 0.06, 0.02, 0.02
BEHIND_CARRIER = 0.35
AROUND_TOWN_KM = 6.0
_AGES = Weighted(
    {str(age): weight for age, weight in zip(range(5, 18), (1, 1, 1, 2, 3, 4, 6, 9, 14, 16, 15, 12, 9), strict=True)}
)
_MAIL = Weighted({"example.com": 6, "example.net": 3, "example.org": 2, "mail.example": 1})
_HABITS = ("same", "same", "same", "variant", "variant", "other")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is reported. `lines` are addresses that the home has had, `carrier` the one of the telephone, `exit`
    of a VPN.
    """

    index: int
    home: Block
    language: str
    handle: str
    email: str
    phone: str
    device: str
    lines: tuple[str, ...]
    carrier: str
    exit: str
    abroad: Block | None
    clock: int  # minutes by which the sender's clock is wrong
    habit: str  # how a further account's name is chosen

    @property
    def name(self) -> tuple[str, str]:
        """A made-up name."""
        return words.GIVEN[self.index % len(words.GIVEN)], words.FAMILY[self.index // 7 % len(words.FAMILY)]


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the world: whose age, place and handle may or may not be told."""

    index: int
    age: int
    home: Block
    handle: str
    line: str


class Crowd:
    """Makes people on demand; the same index is the same person."""

    def __init__(self, seed: int, atlas: Atlas, countries: Weighted) -> None:
        self._seed, self._atlas, self._countries = seed, atlas, countries

    def person(self, index: int) -> Person:
        """This function will make one person."""
        chance = chance_of(self._seed, Draw.ACTOR, index)
        home = self._atlas.home(chance, self._countries.pick(chance))
        housemate = chance.random() < SHARED_HOME and index > 0
        shared = chance_of(self._seed, Draw.ACTOR, index - 1) if housemate else chance
        if housemate:
            home = self._atlas.home(shared, self._countries.pick(shared))
            shared.random()
        lines = self._lines(shared, home)
        return Person(
            index=index,
            home=_around(chance, home),
            language=_language(chance, home.country),
            handle=_handle(chance),
            email=_email(chance),
            phone=_phone(chance, home.country),
            device=_device(chance, index),
            lines=lines,
            carrier=self._carrier(chance, home),
            exit=self._exit(chance),
            abroad=self._abroad(chance),
            clock=chance.choice((-720, -480, -60, 60, 330, 525)) if chance.random() < WRONG_CLOCK else 0,
            habit=chance.choice(_HABITS),
        )

    def _lines(self, chance: random.Random, home: Block) -> tuple[str, ...]:
        """A home's line is given another address from time to time, of the networks around its town."""
        moved = min(3, int(chance.expovariate(1.1)))
        blocks = [home, *(self._atlas.near(chance, home) for _ in range(moved))]
        return tuple(address_in(chance, block) for block in blocks)

    def _carrier(self, chance: random.Random, home: Block) -> str:
        """The telephone's address: of few gateways that many share, or one of its own."""
        block = self._atlas.same_region(chance, home)
        if chance.random() >= BEHIND_CARRIER:
            return address_in(chance, block)
        gateway = chance_of(0, Draw.SHARED, block.first >> 8, chance.randrange(4))
        return address_in(gateway, block)

    def _exit(self, chance: random.Random) -> str:
        if chance.random() >= USES_EXIT:
            return ""
        place = min(int(chance.expovariate(0.02)), len(self._atlas.exits) - 1)
        return address_in(chance_of(0, Draw.SHARED, place), self._atlas.exits[place])

    def _abroad(self, chance: random.Random) -> Block | None:
        return self._atlas.home(chance, self._countries.pick(chance)) if chance.random() < TRAVELS else None

    def child(self, index: int, near: Block) -> Child:
        """This function will make one child; most live in the country of whoever wrote to them, few near them."""
        chance = chance_of(self._seed, Draw.CHILD, index)
        is_same = chance.random() < COUNTRY_OF_CHILD_IS_THE_SAME
        home = self._atlas.home(chance, near.country if is_same else self._countries.pick(chance))
        line = address_in(chance, home)
        return Child(index, int(_AGES.pick(chance)), _around(chance, home), _handle(chance), line)


def _around(chance: random.Random, town: Block) -> Block:
    """The home of somebody of a town: not all live in its middle."""
    if town.lat is None or town.lon is None:
        return town
    degrees = chance.expovariate(1 / AROUND_TOWN_KM) / 111.0
    turn = chance.choice(((1.0, 0.0), (0.7, 0.7), (0.0, 1.0), (-0.7, 0.7), (-1.0, 0.0), (0.0, -1.0)))
    lat = max(-89.0, min(89.0, town.lat + degrees * turn[0]))
    lon = (town.lon + degrees * turn[1] + 180.0) % 360.0 - 180.0
    return replace(town, lat=round(lat, 4), lon=round(lon, 4))


def further_handle(person: Person, chance: random.Random) -> str:
    """This function will name a person's account elsewhere: the same name, a writing of it, or quite another."""
    if person.habit == "same":
        return person.handle
    if person.habit == "other":
        return _handle(chance)
    bare = person.handle.replace("_", "").replace(".", "")
    ways = (bare, bare.upper(), person.handle.replace("_", "."), f"{bare}{chance.randrange(10)}", _leet(bare))
    return chance.choice(ways)


def further_email(person: Person, chance: random.Random) -> str:
    """This function will write a person's e-mail as another sender has it: with dots, with a tag, mistyped."""
    local, _, domain = person.email.partition("@")
    way = chance.random()
    if way < 0.80:
        return person.email
    if way < 0.90:
        return f"{local}+{chance.choice(('a', 'news', 'x1'))}@{domain}"
    if way < 0.96:
        return f"{local[:3]}.{local[3:]}@{domain}"
    place = chance.randrange(1, len(local) - 2)
    return f"{local[:place]}{local[place + 1]}{local[place]}{local[place + 2 :]}@{domain}"


def _leet(text: str) -> str:
    return text.translate(str.maketrans("aeio", "4310"))


def _handle(chance: random.Random) -> str:
    if chance.random() < COMMON_HANDLE:
        return chance.choice(words.COMMON_HANDLES)
    mark = chance.choice(("_", ".", "", "_"))
    number = str(chance.randrange(10_000)) if chance.random() < 0.85 else ""
    return f"{chance.choice(words.ADJECTIVES)}{mark}{chance.choice(words.NOUNS)}{number}"


def _email(chance: random.Random) -> str:
    return f"{chance.choice(words.NOUNS)}{chance.choice(words.NOUNS)}{chance.randrange(100_000)}@{_MAIL.pick(chance)}"


def _phone(chance: random.Random, country: str) -> str:
    """A number that is nobody's: kept for fiction in the United States, else of a code that nobody was given."""
    if country == "US" and chance.random() < 0.2:
        return f"+1 {chance.choice((212, 305, 312, 404, 602, 713, 818))} 555 01{chance.randrange(100):02}"
    return f"+999 {chance.randrange(10**9):09}"


def _language(chance: random.Random, country: str) -> str:
    told = words.LANGUAGE_OF.get(country, "en")
    return told if chance.random() < 0.85 else chance.choice(("en", "es", "fr", "ar"))


def _device(chance: random.Random, index: int) -> str:
    """A device's number; few are shared by people who do not know each other, as in a school or a shop."""
    own = chance.getrandbits(60)
    return f"{index // 500:015x}" if chance.random() < SHARED_DEVICE else f"{own:015x}"
