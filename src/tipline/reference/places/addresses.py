"""Internet addresses: read, unwrapped from IPv4-in-IPv6, and refused where they belong to nobody's connection."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from tipline.reference.places.tables import NamedRange, reserved_ranges

Address = IPv4Address | IPv6Address


def read_address(text: str) -> Address | None:
    """This function will read an IPv4 or IPv6 address; a mapped one becomes the IPv4 address inside. None if neither."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def reserved_range_of(address: Address) -> NamedRange | None:
    """This function will name the reserved range that holds an address, if one does. Source: IANA's registries."""
    for each in reserved_ranges():
        if address.version == each.network.version and address in each.network:
            return each
    return None
