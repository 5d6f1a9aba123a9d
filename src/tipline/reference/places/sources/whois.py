"""What a registry says today about an address (WHOIS): the country of its most specific network. Off unless set.

The registry learns which addresses are asked about, and so does every server that it refers to, of which some are the
network's own and speak for its holder alone. Where a referral to another WHOIS server cannot be followed nothing is
said: a registry that passes an address on writes its own seat into its entry. Source: RFC 3912; the forms of RIPE,
APNIC, AFRINIC, LACNIC and ARIN.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

from tipline.platform.outside import Way
from tipline.reference.places import whois
from tipline.reference.places.addresses import Address
from tipline.reference.places.tables import country_code
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "registry, asked today by WHOIS"
_RANGES = ("inetnum", "inet6num", "netrange")
_OWNERS = ("orgname", "custname")


@dataclass(frozen=True, slots=True)
class _Network:
    size: int
    countries: tuple[str, ...]
    day: str


def look_up(
    address: Address, server: str, until: float = math.inf, way: Way = whois.WAY
) -> Answer | tuple[Answer, ...]:
    """This function will ask a WHOIS server, and those it refers to, for the network of an address. May raise."""
    said = list(whois.replies(str(address), server, replace(way, until=until)))
    for reply in reversed(said):
        found = min(_networks(reply.text, address), key=lambda each: each.size, default=None)
        if found:
            share = 1 / len(found.countries)
            # Of the family of the registries' files: the same voice, heard once more. A network's own server says what
            # its holder says of himself.
            family = "registry" if reply.is_registry else "registrant"
            return tuple(PlaceAnswer(SOURCE, family, found.day, each, share=share) for each in found.countries)
    return NoAnswer(SOURCE, Reason.NOT_IN_DATA)


def _networks(reply: str, address: Address) -> Iterator[_Network]:
    """The networks of a reply that hold the address and name a country; ARIN tells it in the owner's object after."""
    open_size, open_day = 0, ""
    for fields in whois.objects_of(reply):
        told = next((fields[name][0] for name in _RANGES if name in fields), "")
        if told:
            open_size, open_day = _size(told, address), whois.day_of(fields, "last-modified", "changed", "updated")
        elif not any(name in fields for name in _OWNERS):
            continue
        texts = (text.partition("#")[0] for text in fields.get("country", ()))
        countries = tuple(dict.fromkeys(code for text in texts if (code := country_code(text))))
        if open_size and countries:
            yield _Network(open_size, countries, open_day)
        if not told:
            open_size = 0


def _size(told: str, address: Address) -> int:
    """How many addresses a range has; 0 where it cannot be read or does not hold the address."""
    try:
        if "-" in told:
            first, last = (int(ip_address(each.strip())) for each in told.split("-", 1))
        else:
            base, _, bits = told.partition("/")
            # LACNIC leaves zeros out: 200.160/20
            whole = base if ":" in base else ".".join([*base.split("."), "0", "0", "0"][:4])
            network = ip_network(f"{whole}/{bits}", strict=False)
            first, last = int(network[0]), int(network[-1])
    except ValueError:
        return 0
    return last - first + 1 if first <= int(address) <= last and (":" in told) == (address.version == 6) else 0
