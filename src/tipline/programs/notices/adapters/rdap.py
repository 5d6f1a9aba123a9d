"""Who runs a name: the registrar and the abuse contacts that RDAP names. Off unless an operator gives a server.

How the server is asked and its cards are read: `platform.rdap`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tipline.platform import rdap
from tipline.platform.outside import PLAIN_WAY, NoAnswer, NotAllowed, Way

_MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Found:
    """One contact: REGISTRAR of a name, or HOST of a network address."""

    kind: str
    name: str
    email: str


def find_contacts(base: str, host: str, way: Way = PLAIN_WAY) -> tuple[Found, ...]:
    """This function will ask an RDAP server about a host's name, or its address. An unknown host has no contacts.

    Raises OSError where the server cannot be reached or may not be spoken to.
    """
    kind, paths = _queries(host)
    for path in paths:
        answer = _answer(base, path, way)
        if answer is not None:
            return tuple(dict.fromkeys(_contacts(answer, kind, 0)))
    return ()


def _answer(base: str, path: str, way: Way) -> Any:
    try:
        return rdap.ask(base, path, way)
    except (NoAnswer, NotAllowed, ValueError) as error:
        raise OSError("the RDAP server cannot be asked, or its answer cannot be read") from error


def _queries(host: str) -> tuple[str, tuple[str, ...]]:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # Registries know the registered name and not what stands before it: two labels, or three as in co.uk.
        labels = host.split(".")
        names = dict.fromkeys(".".join(labels[-many:]) for many in (2, 3))
        return "REGISTRAR", tuple(f"domain/{quote(name)}" for name in names)
    return "HOST", (f"ip/{quote(host, safe='')}",)


def _contacts(part: Any, kind: str, depth: int) -> Iterator[Found]:
    """Walks the entities: an abuse contact stands inside its registrar, and takes its name where it has none."""
    if depth > _DEEPEST:
        return
    for entity in rdap.entities_of(part):
        card = rdap.card_of(entity)
        name, mail = rdap.text_of(card, "fn"), rdap.text_of(card, "email")
        if rdap.has_role(entity, "abuse", "registrar") and _MAIL.fullmatch(mail):
            outer = rdap.text_of(rdap.card_of(part), "fn")
            yield Found(kind, (outer or name or mail)[:200], mail)
        yield from _contacts(entity, kind, depth + 1)
