"""What a registry and a registrar say today about a domain (WHOIS): who keeps it, the holder's country. Off unless set.

The registry and the registrar learn which domains are asked about. The registrar's own country says nothing of the
holder and is not read. What the registry said stands where the registrar cannot be asked.
"""

from __future__ import annotations

import math
from dataclasses import replace

from tipline.platform.outside import NoAnswer as Silence
from tipline.platform.outside import NotAllowed, Way
from tipline.reference.places import whois
from tipline.reference.places.registrations import Registration, answers_of
from tipline.reference.places.values import Answer, NoAnswer, Reason

SOURCE = "registry of domains, by WHOIS"
_CREATED = ("creation date", "created", "registered on")
_EXPIRES = ("registry expiry date", "registrar registration expiration date", "expiry date")
_CHANGED = ("updated date", "last updated", "changed")
_HOLDER = ("registrant name", "registrant organization")


def look_up(name: str, server: str, until: float = math.inf, way: Way = whois.WAY) -> tuple[Answer, ...]:
    """This function will ask a WHOIS server, and those it refers to, about a registered name. May raise."""
    heard: list[whois.Fields] = []
    try:
        for reply in whois.replies(name, server, replace(way, until=until)):
            heard += [fields for fields in whois.objects_of(reply.text) if _is_of(fields, name)]
    except (Silence, NotAllowed, ValueError):
        if not heard:
            raise
    if not heard:
        return (NoAnswer(SOURCE, Reason.NOT_IN_DATA),)
    return answers_of(SOURCE, _read(name, heard))


def _is_of(fields: whois.Fields, name: str) -> bool:
    told = (*fields.get("domain name", ()), *fields.get("domain", ()))
    return any(each.casefold().rstrip(".") == name for each in told)


def _read(name: str, heard: list[whois.Fields]) -> Registration:
    """The registrar's word before the registry's: it alone knows the holder."""
    all_of: whois.Fields = {}
    for fields in reversed(heard):
        for key, values in fields.items():
            all_of.setdefault(key, values)
    return Registration(
        name,
        registrar=next(iter(all_of.get("registrar", ())), ""),
        registered_on=whois.day_of(all_of, *_CREATED),
        expires_on=whois.day_of(all_of, *_EXPIRES),
        changed_on=whois.day_of(all_of, *_CHANGED),
        holder=" ".join(text for key in _HOLDER for text in all_of.get(key, ())),
        country=next(iter(all_of.get("registrant country", ())), ""),
    )
