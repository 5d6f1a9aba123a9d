"""Country of a domain by its ending (`tldextract`, BSD, with the public suffix list in the package)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import idna

from tipline.reference.places.tables import edition_of, rows
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

if TYPE_CHECKING:
    from tldextract import TLDExtract

SOURCE = "domain endings"
_OTHERWISE = {"uk": "GB"}
_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def look_up(domain: str) -> Answer:
    """This function will name the country of a domain's ending; endings sold to everybody name none."""
    found = extract()(domain.casefold())
    ending = found.suffix.rsplit(".", 1)[-1]
    if len(ending) != 2 or not ending.isascii() or ending in _sold() or not found.domain:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    country = _OTHERWISE.get(ending, ending.upper())
    return PlaceAnswer(SOURCE, "ending", edition_of("tldextract"), country)


def registered_name(domain: str) -> str:
    """This function will give the name that a registry knows: shop.co.uk of mail.shop.co.uk; empty where there is none.

    Ending and all in ASCII. Names kept for tests and documentation have no ending of the public list, and so none.
    """
    name = extract()(domain.casefold().strip(".")).top_domain_under_public_suffix
    try:
        written = idna.encode(name, uts46=True).decode("ascii") if name else ""
    except (idna.IDNAError, UnicodeError):
        return ""
    return written if _NAME.fullmatch(written) else ""


@cache
def _sold() -> frozenset[str]:
    """Endings of countries that are sold to everybody for how they sound."""
    return frozenset(row["ending"] for row in rows("sold_endings.csv"))


@cache
def extract() -> TLDExtract:
    """This function will give the reader of domains, with the list of its package: it asks no network."""
    # It brings a whole client of the web along: a process that asks for no ending does without it.
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
