"""What a registry says today about an address (RDAP): its network, its country. Off unless an operator turns it on.

The registry learns which addresses are asked about. The server is spoken to by the egress policy alone: resolved once,
private ranges refused, nothing followed (`platform.outside`). Source: RFC 9082 section 3.1.1, RFC 9083 section 5.4.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from tipline.platform import rdap
from tipline.platform.outside import PLAIN_WAY, Way
from tipline.reference.places.addresses import Address
from tipline.reference.places.tables import country_code
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "registry, asked today"


def look_up(address: Address, server: str, until: float = math.inf, way: Way = PLAIN_WAY) -> Answer:
    """This function will ask an RDAP server for the network of an address. Raises where it cannot be asked."""
    found: Any = rdap.ask(server, f"ip/{quote(str(address), safe=':')}", replace(way, until=until))
    country = country_code(found.get("country")) if isinstance(found, dict) else ""
    if not country:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    # Of the family of the registries' files: the same voice, heard a second time.
    return PlaceAnswer(SOURCE, "registry", rdap.day_of(found, "last changed"), country)
