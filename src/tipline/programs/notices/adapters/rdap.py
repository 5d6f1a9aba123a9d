"""Who runs a name: the registrar and the abuse contacts that RDAP names. Off unless an operator gives a server.

Source: RFC 9082 (queries), RFC 9083 (answers), RFC 7095 (jCard).
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tipline.platform.outside import PLAIN_WAY, NoAnswer, NotAllowed, Way, fetch_body

MOST_BYTES = 256 * 1024
ACCEPT = "application/rdap+json"
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
        answer = _answer(f"{base.rstrip('/')}/{path}", way)
        if answer is not None:
            return tuple(dict.fromkeys(_contacts(answer, kind, 0)))
    return ()


def _answer(url: str, way: Way) -> Any:
    try:
        status, body = fetch_body(url, ACCEPT, MOST_BYTES, way)
        return json.loads(body) if status == 200 else None
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
    if not isinstance(part, dict) or depth > _DEEPEST:
        return
    entities = part.get("entities")
    for entity in entities if isinstance(entities, list) else []:
        if not isinstance(entity, dict):
            continue
        roles = entity.get("roles")
        wanted = isinstance(roles, list) and ("abuse" in roles or "registrar" in roles)
        name, mail = _card(entity.get("vcardArray"))
        if wanted and mail:
            outer, _ = _card(part.get("vcardArray"))
            yield Found(kind, (outer or name or mail)[:200], mail)
        yield from _contacts(entity, kind, depth + 1)


def _card(card: Any) -> tuple[str, str]:
    """This function will read name and mail of a jCard."""
    lines = card[1] if isinstance(card, list) and len(card) == 2 and isinstance(card[1], list) else []
    read = {
        line[0]: line[3] for line in lines if isinstance(line, list) and len(line) == 4 and isinstance(line[3], str)
    }
    mail = str(read.get("email", "")).strip()
    return " ".join(str(read.get("fn", "")).split()), mail if _MAIL.fullmatch(mail) else ""
