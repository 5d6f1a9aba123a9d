"""The small tables of this folder, read once: states, reserved ranges, hints in network names."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


@cache
def edition_of(package: str) -> str:
    """This function will name the edition of a package's data; packages state no date. Read once: it is a file."""
    return f"{package} {version(package)}"


def rows(name: str) -> list[dict[str, str]]:
    """This function will read one table of the data folder, packed or not; every value is text."""
    read = resources.files("tipline.reference.places").joinpath("data", name).read_bytes()
    text = (gzip.decompress(read) if name.endswith(".gz") else read).decode("utf-8")
    return list(csv.DictReader(text.splitlines()))


@dataclass(frozen=True, slots=True)
class State:
    """A state, the district or a territory of the United States."""

    code: str
    name: str
    kind: str  # state, district, territory


@cache
def states() -> dict[str, State]:
    """This function will give the states by two-letter code."""
    return {row["code"]: State(row["code"], row["name"], row["kind"]) for row in rows("states.csv")}


@cache
def _codes_by_name() -> dict[str, str]:
    names = {state.name.casefold(): state.code for state in states().values()}
    return names | {"washington, d.c.": "DC", "u.s. virgin islands": "VI", "virgin islands": "VI"}


def state_code(text: str) -> str:
    """This function will give the two-letter code for a state's code or English name, or an empty text."""
    wanted = text.strip()
    return wanted.upper() if wanted.upper() in states() else _codes_by_name().get(wanted.casefold(), "")


@cache
def _countries() -> frozenset[str]:
    return frozenset(row["country"] for row in rows("country_names.csv"))


def country_code(text: object) -> str:
    """This function will give a country's two-letter code in capitals; empty for all else, as EU, AP or a comment."""
    code = text.strip().upper() if isinstance(text, str) else ""
    return code if code in _countries() else ""


@dataclass(frozen=True, slots=True)
class NamedRange:
    """A range of addresses that belongs to nobody's connection, with the RFC that says so."""

    network: Network
    name: str
    source: str


@cache
def reserved_ranges() -> tuple[NamedRange, ...]:
    """This function will give the reserved ranges, as IANA's registries list them."""
    return tuple(
        NamedRange(ip_network(row["network"]), row["name"], row["source"]) for row in rows("reserved_ranges.csv")
    )


@cache
def provider_hints() -> tuple[tuple[str, str], ...]:
    """This function will give (word in lower case, caution) for names of networks."""
    return tuple((row["word"], row["caution"]) for row in rows("provider_hints.csv"))


@cache
def anycast_ranges() -> tuple[NamedRange, ...]:
    """This function will give ranges that answer from many places at once, so that no place is theirs."""
    return tuple(NamedRange(ip_network(row["network"]), row["name"], "") for row in rows("anycast_ranges.csv"))
