"""Made-up entries for tests of hash lists: random hex, no picture behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from tipline.domain.actor import Actor, ActorKind, system
from tipline.reference.hashlists import queries, service
from tipline.reference.hashlists.rules import Standing
from tipline.reference.hashlists.values import OUR_MEMBER, SURVIVORS_MEMBER, NewEntry, Print
from tipline.reference.partners import queries as partners
from tipline.reference.partners import service as registry

BY = system("test")
PROPOSER = Actor(ActorKind.USER, "analyst-0", role="ANALYST")
JUDGES = tuple(Actor(ActorKind.USER, f"analyst-{number}", role="ANALYST") for number in range(1, 6))


def digest(seed: object, kind: str = "sha256") -> str:
    """This function will make up a digest."""
    return hashlib.new(kind, str(seed).encode(), usedforsecurity=False).hexdigest()


def pdq(seed: object, flipped: int = 0) -> str:
    """This function will make up a PDQ; with some bits flipped it is that far from the same without."""
    bits = int(digest(f"pdq {seed}"), 16) ^ ((1 << flipped) - 1)
    return f"{bits:064x}"


def prints(seed: object, *, quality: int = 90) -> tuple[Print, ...]:
    """This function will make up all common fingerprints of one picture."""
    return (
        Print("MD5", digest(seed, "md5")),
        Print("SHA1", digest(seed, "sha1")),
        Print("SHA256", digest(seed)),
        Print("PDQ", pdq(seed), quality),
    )


def member(slug: str) -> int:
    """This function will find one of our own members."""
    found = partners.find_partner_by_slug(slug)
    assert found is not None
    return found.id


def partner(name: str, now: datetime, kind: str = "COMPANY") -> int:
    """This function will enter a made-up partner."""
    return registry.create_partner(new=registry.NewPartner(name=name, kind=kind), by=BY, now=now)


def ours(seed: object, *, list_slug: str = "industry", **more: object) -> NewEntry:
    """This function will make up an entry that we propose."""
    return NewEntry(list_slug, member(OUR_MEMBER), "image", prints(seed), **more)  # type: ignore[arg-type]


def survivors(seed: object, *, list_slug: str = "npo", **more: object) -> NewEntry:
    """This function will make up an entry that a survivor asked for."""
    made = {"source": "survivor", **more}
    return NewEntry(list_slug, member(SURVIVORS_MEMBER), "image", prints(seed), **made)  # type: ignore[arg-type]


def agree(entry: int, now: datetime, verdicts: Sequence[str] = ("A1", "A1", "A1")) -> Standing:
    """This function will let people judge, one verdict each."""
    standing = Standing("WAITING")
    for by, verdict in zip(JUDGES, verdicts, strict=False):
        standing = service.judge(entry=entry, verdict=verdict, note="", by=by, now=now)
    return standing


def listed(seed: object, now: datetime, *, list_slug: str = "industry") -> int:
    """This function will bring an entry onto a list by three people."""
    key = service.propose(new=ours(seed, list_slug=list_slug), by=PROPOSER, now=now)
    agree(key, now)
    found = queries.load_entry(key)
    assert found is not None
    assert found.state == "ACTIVE"
    return key
