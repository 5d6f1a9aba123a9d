"""Which network addresses the house may speak to when it asks the outside: public ones alone. Pure.

The name is resolved once, every answer is looked at, and the connection goes to that very address, so that a name
cannot show one address to the check and another to the connection.
Source: IANA special-purpose address registries (RFC 6890); RFC 6052, 3056 and 4380 for addresses inside addresses.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.ip_network("::/96")
# Python's own table differs from version to version, so what it may lack stands here. Of IPv6 only 2000::/3 is in use.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(one)
    for one in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20", "fec0::/10"),
    )
)
_IN_USE = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True, slots=True)
class Policy:
    """The ports that may be spoken to. `let_through` is for tests: networks that pass whatever they are."""

    ports: tuple[int, ...] = (80, 443)
    let_through: tuple[str, ...] = ()


PUBLIC = Policy()
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


def read_endpoint(text: str, port: int) -> tuple[str, int]:
    """This function will read `host`, `host:port` or `[address]:port`; `port` stands for none. Raises ValueError."""
    found = urlsplit(f"//{text}")
    if found.netloc != text or "@" in text or not _HOST.fullmatch(found.hostname or ""):
        raise ValueError("is no host or host:port")
    return str(found.hostname), port if found.port is None else found.port


def reason_against(address: str, policy: Policy = PUBLIC) -> str:
    """This function will say why an address may not be spoken to; an empty text lets it pass."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "no_address"
    if any(found in ipaddress.ip_network(one) for one in policy.let_through):
        return ""
    return _reason(found)


def _reason(found: Ip) -> str:
    if isinstance(found, ipaddress.IPv6Address):
        inside = _inside(found)
        if inside:
            return inside
    checks = (
        ("unspecified", found.is_unspecified),
        ("loopback", found.is_loopback),
        ("link_local", found.is_link_local),
        ("multicast", found.is_multicast),
        ("private", found.is_private),
        ("reserved", found.is_reserved),
        ("not_public", not found.is_global or any(found in network for network in _NOT_PUBLIC)),
        ("not_in_use", found.version == 6 and found not in _IN_USE),
    )
    return next((name for name, is_so in checks if is_so), "")


def _inside(found: ipaddress.IPv6Address) -> str:
    """Addresses that carry another one are refused whatever it is: nothing honest resolves to them."""
    if found.ipv4_mapped is not None:
        return "mapped"
    if found.sixtofour is not None or found.teredo is not None:
        return "tunnel"
    if any(found in network for network in _NAT64):
        return "translated"
    return "compatible" if found in _COMPATIBLE and int(found) > 1 else ""


def choose(addresses: Sequence[str], port: int, policy: Policy = PUBLIC) -> tuple[str, str]:
    """This function will choose the address to connect to, or say why none may be: (address, reason).

    One bad answer among several refuses the name: an honest public name has no private address beside it.
    """
    if port not in policy.ports:
        return "", "port"
    if not addresses:
        return "", "no_name"
    reasons = [reason_against(one, policy) for one in addresses]
    bad = next((one for one in reasons if one), "")
    return ("", bad) if bad else (addresses[0], "")
