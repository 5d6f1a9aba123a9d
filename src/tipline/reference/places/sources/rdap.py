"""What a registry says today about an address (RDAP): its network, its country. Off unless an operator turns it on.

The registry learns which addresses are asked about. The server is spoken to by the egress policy alone: resolved once,
private ranges refused, nothing followed (`platform.outside`). Source: RFC 9082 section 3.1.1, RFC 9083 section 5.4.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tipline.platform.outside import PLAIN_WAY, Way, fetch_body
from tipline.reference.places.addresses import Address
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "registry, asked today"
ACCEPT = "application/rdap+json"
MOST_BYTES = 256 * 1024


def look_up(address: Address, server: str, way: Way = PLAIN_WAY) -> Answer:
    """This function will ask an RDAP server for the network of an address. Raises where it cannot be asked."""
    status, body = fetch_body(f"{server.rstrip('/')}/ip/{quote(str(address), safe=':')}", ACCEPT, MOST_BYTES, way)
    found: Any = json.loads(body) if status == 200 else None
    country = str(found.get("country") or "").strip().upper() if isinstance(found, dict) else ""
    if len(country) != 2 or not country.isalpha() or not country.isascii():
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    # Of the family of the registries' files: the same voice, heard a second time.
    return PlaceAnswer(SOURCE, "registry", _changed(found), country)


def _changed(found: dict[str, Any]) -> str:
    """The day on which the registry last changed its entry, ISO 8601."""
    events = found.get("events")
    days = [
        str(each.get("eventDate", ""))[:10]
        for each in (events if isinstance(events, list) else [])
        if isinstance(each, dict) and each.get("eventAction") == "last changed"
    ]
    return max(days, default="")
