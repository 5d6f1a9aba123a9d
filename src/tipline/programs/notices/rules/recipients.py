"""Who should get a notice: proposals with their reason and how sure each is; a person chooses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KINDS = ("SITE", "ESP", "HOST", "CDN", "REGISTRAR", "HOTLINE")
KIND_WORDS = {
    "SITE": "The site itself",
    "ESP": "The service provider",
    "HOST": "The hosting provider",
    "CDN": "The network in front (CDN)",
    "REGISTRAR": "The registrar of the name",
    "HOTLINE": "The hotline of the hosting country",
}
# Who is asked after whom; the hotline comes last because it asks others in turn.
ORDER = {kind: place for place, kind in enumerate(KINDS)}
CERTAINTIES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Known:
    """One contact that the house knows: from the directory, the registry, a look-up or a person.

    `source`: esp, partner, hotline, rdap, person. `slug` is the party's short name, empty where it has none.
    """

    source: str
    kind: str
    name: str
    email: str = ""
    url: str = ""
    country: str = ""
    slug: str = ""
    esp_id: int | None = None
    partner_id: int | None = None
    certainty: str = "medium"
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One possible recipient. `key` names it in a form; without a mail address a person carries the notice."""

    key: str
    kind: str
    name: str
    email: str
    url: str
    reason: str
    certainty: str
    slug: str = ""
    esp_id: int | None = None
    partner_id: int | None = None


def propose(host: str, country: str, known: Iterable[Known]) -> tuple[Proposal, ...]:
    """This function will propose recipients for a host: nearest to the content first, then the surest."""
    found = [made for one in known if (made := _proposal(host, country, one)) is not None]
    found.sort(key=lambda one: (ORDER[one.kind], CERTAINTIES.index(one.certainty), one.name))
    return tuple({one.key: one for one in reversed(found)}.values())[::-1]


def _proposal(host: str, country: str, known: Known) -> Proposal | None:
    ground = _ground(host, country, known)
    if ground is None:
        return None
    reason, certainty = ground
    return Proposal(
        key=_key(known),
        kind=known.kind,
        name=known.name,
        email=known.email,
        url=known.url,
        reason=reason,
        certainty=certainty,
        slug=known.slug,
        esp_id=known.esp_id,
        partner_id=known.partner_id,
    )


def _key(known: Known) -> str:
    ident = known.contact_id or known.esp_id or known.partner_id or known.name
    return f"{known.source}:{ident}"


def _ground(host: str, country: str, known: Known) -> tuple[str, str] | None:
    """Why somebody is proposed and how sure that is; None for parties that nothing ties to the host."""
    if known.source == "person":
        return "Written down by a person for this case", known.certainty
    if known.source == "rdap":
        return "Named by the registry of names and addresses (RDAP)", known.certainty
    if known.source == "hotline":
        named = f"Hotline of {country} in the list of hotlines, {known.certainty} certainty"
        return (named, known.certainty) if country and known.country == country else None
    return _by_name(host, known)


def _by_name(host: str, known: Known) -> tuple[str, str] | None:
    domain = known.email.rpartition("@")[2].lower()
    if domain and (host == domain or host.endswith(f".{domain}")):
        return f"The host belongs to the domain of its notices contact, {domain}", "high"
    bare = re.sub(r"[^a-z0-9]", "", known.slug)
    labels: Sequence[str] = [re.sub(r"[^a-z0-9]", "", label) for label in host.split(".")[:-1]]
    if len(bare) >= 4 and bare in labels:
        return "The host's name is like its own; nobody has checked that they belong together", "low"
    return None
