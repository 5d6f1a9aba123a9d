"""Who does a thing: written into every journal entry, audit entry and finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of party acts."""

    USER = "user"
    ESP = "esp"
    PARTNER = "partner"
    PUBLIC = "public"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting party.

    `ident` is an account name, the id of an ESP or of a partner, or the name of a part of the system; never that of a
    person.
    `session` and `origin` (a network address) tell from where; they go into the audit alone, never into logs.
    """

    kind: ActorKind
    ident: str
    role: str = ""
    agency: str = ""
    session: str = ""
    origin: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.ident}"


def system(part: str) -> Actor:
    """This function will name a part of the house as the acting party."""
    return Actor(ActorKind.SYSTEM, part)


ANONYMOUS_PUBLIC = Actor(ActorKind.PUBLIC, "reporter")
