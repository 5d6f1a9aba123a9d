"""Internet addresses: read, unwrapped from IPv4-in-IPv6, refused where they are nobody's connection."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from tipline.reference.places.tables import NamedRange, reserved_ranges

Address = IPv4Address | IPv6Address


def read_address(text: str) -> Address | None:
    """This function will read an address, IPv4 out of mapped IPv6; None where it is none."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def range_of(address: Address, ranges: Iterable[NamedRange]) -> NamedRange | None:
    """This function will give the first of some ranges that holds an address."""
    held = (each for each in ranges if address.version == each.network.version and address in each.network)
    return next(held, None)


def reserved_range_of(address: Address) -> NamedRange | None:
    """This function will name the reserved range that holds an address. Source: IANA's registries."""
    return range_of(address, reserved_ranges())
