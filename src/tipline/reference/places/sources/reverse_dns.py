"""What an address is called by whoever runs its network (DNS, PTR). Off unless an operator names a resolver.

The resolver is the operator's own choice, and may stand on loopback or a private network: it is configuration and not
data of a report, so the egress policy is not asked about it. What the answer names is never connected to, and never
asked about. The resolver and the name servers of the network, at times those of the user, learn of the question.

A name says little, for whoever has the network writes it: words that stand for a server, a VPN, an exit of Tor or a
mobile gateway are cautions, and an ending of one country is that country's with the trust of a domain's ending, where
no other source places the address (`weigh.FAMILY_TRUST`). Codes of airports and towns in names are not read: three
letters are as often a word, and they name a router and no user.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tipline.domain.egress import read_endpoint
from tipline.reference.places.addresses import Address
from tipline.reference.places.sources import domain_ending
from tipline.reference.places.tables import rows
from tipline.reference.places.values import Answer, NameAnswer, NoAnswer, PlaceAnswer, Reason

if TYPE_CHECKING:
    from dns.message import Message, QueryMessage

SOURCE = "names of addresses"
FAMILY = "reverse"
PORT = 53
SECONDS = 3.0
TRIES = 2
MOST_NAMES = 5
_NAME = re.compile(r"(?=.{4,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")


def look_up(address: Address, resolver: str, until: float = math.inf) -> tuple[Answer, ...]:
    """This function will ask a resolver for the names of an address, five at most. Raises where it cannot be asked."""
    names = _names(address, *read_endpoint(resolver, PORT), until)
    if not names:
        return (NoAnswer(SOURCE, Reason.NOT_IN_DATA),)
    cautions = tuple(dict.fromkeys(caution for name in names for caution in cautions_of(name)))
    return (NameAnswer(SOURCE, "", names, cautions), *_places(names))


def _names(address: Address, host: str, port: int, until: float) -> tuple[str, ...]:
    # It brings a client of the web along: a process that asks no resolver does without it.
    import dns.message
    import dns.rcode
    import dns.rdatatype
    import dns.reversename

    asked = dns.message.make_query(dns.reversename.from_address(str(address)), dns.rdatatype.PTR)
    reply = _ask(asked, host, port, until)
    if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise OSError(dns.rcode.to_text(reply.rcode()))
    # A network smaller than 256 addresses has its names behind a CNAME (RFC 2317).
    found = reply.resolve_chaining().answer if reply.rcode() == dns.rcode.NOERROR else None
    told = (each.target.to_text(omit_final_dot=True).casefold() for each in found or ())
    return tuple(sorted({name for name in told if _NAME.fullmatch(name)}))[:MOST_NAMES]


def _ask(asked: Message, host: str, port: int, until: float) -> QueryMessage:
    """By UDP, cut answers once more by TCP. What comes from elsewhere or answers something else is not heard."""
    import dns.exception
    import dns.message
    import dns.query

    for _ in range(TRIES):
        seconds = min(SECONDS, until - time.monotonic())
        if seconds <= 0:
            break
        try:
            reply, _ = dns.query.udp_with_fallback(
                asked, host, seconds, port, ignore_unexpected=True, ignore_errors=True
            )
        except dns.exception.Timeout:
            continue
        if isinstance(reply, dns.message.QueryMessage):
            return reply
    raise TimeoutError


def cautions_of(name: str) -> tuple[str, ...]:
    """This function will tell what a name hints at: its words stand alone in a label, digits aside."""
    labels = ["-{}-".format(re.sub(r"[^a-z]+", "-", label).strip("-")) for label in name.casefold().split(".")]
    return tuple(dict.fromkeys(caution for word, caution in _words() if any(f"-{word}-" in each for each in labels)))


@cache
def _words() -> tuple[tuple[str, str], ...]:
    return tuple((row["word"], row["caution"]) for row in rows("reverse_words.csv"))


def _places(names: Sequence[str]) -> list[PlaceAnswer]:
    found = [each for name in names if isinstance(each := domain_ending.look_up(name), PlaceAnswer)]
    counted = Counter(each.country for each in found)
    editions = {each.country: each for each in found}
    return [
        replace(editions[country], source=SOURCE, family=FAMILY, share=count / len(names))
        for country, count in sorted(counted.items())
    ]
