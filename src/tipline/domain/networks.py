"""Networks of an address: what one household or one provider's customer holds counts as one caller.

Whoever has an IPv6 line has 2^64 addresses at least, so counting single ones would count nothing.
Source: RFC 6177 (a site gets /48 to /64).
"""

from __future__ import annotations

import ipaddress

_SITE = {4: 32, 6: 64}
_WIDE = {4: 24, 6: 48}


def site_of(address: str) -> str:
    """This function will give the network that counts as one caller: an IPv4 address, or an IPv6 /64."""
    return _network(address, _SITE)


def wide_of(address: str) -> str:
    """This function will give the network around a caller: an IPv4 /24, or an IPv6 /48."""
    return _network(address, _WIDE)


def _network(address: str, lengths: dict[int, int]) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address  # a socket file, or what a proxy made up: a caller of its own
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, lengths[found.version]), strict=False))
