"""What a registry says today about a domain (RDAP): who keeps it, the holder's country. Off unless an operator sets it.

The registry learns which domains are asked about. The registrar's own country says nothing of the holder and is not
read. Source: RFC 9083 section 5.3; RFC 8605 for the country code of an address.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from tipline.platform import rdap
from tipline.platform.outside import PLAIN_WAY, Way
from tipline.reference.places.registrations import Registration, answers_of
from tipline.reference.places.values import Answer, NoAnswer, Reason

SOURCE = "registry of domains, by RDAP"


def look_up(name: str, server: str, until: float = math.inf, way: Way = PLAIN_WAY) -> tuple[Answer, ...]:
    """This function will ask an RDAP server about a registered name. Raises where it cannot be asked."""
    found: Any = rdap.ask(server, f"domain/{quote(name)}", replace(way, until=until))
    if not isinstance(found, dict) or str(found.get("ldhName", name)).casefold().rstrip(".") != name:
        return (NoAnswer(SOURCE, Reason.NOT_IN_DATA),)
    registrar, holder = _card(found, "registrar"), _card(found, "registrant")
    read = Registration(
        name,
        registrar=rdap.text_of(registrar, "fn"),
        registered_on=rdap.day_of(found, "registration"),
        expires_on=rdap.day_of(found, "expiration"),
        changed_on=rdap.day_of(found, "last changed"),
        holder=f"{rdap.text_of(holder, 'fn')} {rdap.text_of(holder, 'org')}",
        country=_country(holder),
    )
    return answers_of(SOURCE, read)


def _card(found: dict[str, Any], role: str) -> dict[str, list[Any]]:
    return next((rdap.card_of(each) for each in rdap.entities_of(found) if rdap.has_role(each, role)), {})


def _country(card: dict[str, list[Any]]) -> str:
    """The country of a card's address: its code among the parameters, or where the last part is one."""
    if "adr" not in card:
        return ""
    _, parameters, _, parts = card["adr"][:4]
    told = parameters.get("cc") if isinstance(parameters, dict) else None
    last = parts[-1] if isinstance(parts, list) and parts else ""
    return next((each for each in (told, last) if isinstance(each, str) and each), "")
