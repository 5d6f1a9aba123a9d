"""The sources, one line each, and the one way to ask them: reserved ranges are refused first."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from tipline.platform.config import Settings
from tipline.reference.places import mail_kinds
from tipline.reference.places.addresses import read_address, reserved_range_of
from tipline.reference.places.phones import is_fictional, read_number
from tipline.reference.places.sources import (
    area_code,
    coordinates,
    dbip_city,
    demo,
    domain_ending,
    language,
    mail_provider,
    phone_prefix,
    place_name,
    post_code,
    provider,
    rdap,
    rdap_domain,
    registry_country,
    reverse_dns,
    routing_country,
    time_zone,
    whois,
    whois_domain,
)
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason, StatedAddress

# The names by which `TIPLINE_SOURCES_OFF` turns a source off are those of its module.
ADDRESS_SOURCES: tuple[ModuleType, ...] = (dbip_city, registry_country, routing_country, provider)
NUMBER_SOURCES: tuple[ModuleType, ...] = (phone_prefix, area_code)
OTHER_SOURCES: tuple[ModuleType, ...] = (
    coordinates,
    post_code,
    place_name,
    language,
    time_zone,
    mail_provider,
    domain_ending,
)
SOURCES = (*ADDRESS_SOURCES, *NUMBER_SOURCES, *OTHER_SOURCES)
# Asked only where an operator names their server, never about a reserved range, and within the report's time.
LIVE_SOURCES: tuple[ModuleType, ...] = (rdap, whois, reverse_dns, rdap_domain, whois_domain)
LIVE_SECONDS = 20.0


@dataclass(slots=True)
class Live:
    """What is left of the time of one report's live look-ups, and what was heard: nothing is asked twice."""

    left: float = LIVE_SECONDS
    heard: dict[tuple[str, str], tuple[Answer, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the downloaded place data lie, whether this is the demo, and which sources an operator turned off."""

    root: Path
    demo: bool = False
    off: frozenset[str] = frozenset()
    registry: str = ""  # address of an RDAP server that is asked live; empty: none, as for the next two
    whois: str = ""
    resolver: str = ""
    live: Live = field(default_factory=Live, compare=False)


NO_SHELF = Shelf(Path("nowhere"))


def shelf_of(settings: Settings) -> Shelf:
    """This function will name the shelf of this installation, for one report: the time of live look-ups begins."""
    return Shelf(
        settings.places,
        settings.demo,
        frozenset(settings.sources_off.replace(",", " ").split()),
        settings.rdap_url if settings.live_places else "",
        settings.whois_host,
        settings.dns_resolver,
    )


def name_of(source: ModuleType) -> str:
    """This function will give the name by which a source is turned off."""
    return source.__name__.rsplit(".", 1)[-1]


def _ask(source: ModuleType, shelf: Shelf, *asked: Any) -> tuple[Answer, ...]:
    """One source's answer. Whatever goes wrong inside is its own silence: the report walks on."""
    if name_of(source) in shelf.off:
        return (NoAnswer(source.SOURCE, Reason.SWITCHED_OFF),)
    try:
        found = source.look_up(*asked)
    except Exception as error:
        return (NoAnswer(source.SOURCE, Reason.FAILED, type(error).__name__),)
    return found if isinstance(found, tuple) else (found,)


def _ask_all(sources: Iterable[ModuleType], shelf: Shelf, *asked: Any) -> tuple[Answer, ...]:
    return tuple(answer for source in sources for answer in _ask(source, shelf, *asked))


def _ask_live(source: ModuleType, server: str, shelf: Shelf, asked: Any) -> tuple[Answer, ...]:
    """One live source's answer, where its server is named, within the time that the report has left for all of them."""
    if not server:
        return ()
    key = (name_of(source), str(asked))
    if key not in shelf.live.heard:
        if shelf.live.left <= 0 and name_of(source) not in shelf.off:
            return (NoAnswer(source.SOURCE, Reason.FAILED, "no time left"),)
        began = time.monotonic()
        shelf.live.heard[key] = _ask(source, shelf, asked, server, began + shelf.live.left)
        shelf.live.left -= time.monotonic() - began
    return shelf.live.heard[key]


def places_of_address(text: str, shelf: Shelf) -> tuple[Answer, ...]:
    """This function will ask every address source. A reserved range is named and goes to no source."""
    address = read_address(text)
    if address is None:
        return (NoAnswer("address", Reason.MALFORMED),)
    reserved = reserved_range_of(address)
    if reserved is None:
        asked = _ask_all(ADDRESS_SOURCES, shelf, address, shelf.root)
        servers = ((rdap, shelf.registry), (whois, shelf.whois), (reverse_dns, shelf.resolver))
        return _without_names((*asked, *(each for one in servers for each in _ask_live(*one, shelf, address))))
    if shelf.demo and reserved.name.startswith("documentation"):
        return _ask(demo, shelf, address)
    return (NoAnswer("reserved ranges", Reason.RESERVED, f"{reserved.name}, {reserved.source}"),)


def _without_names(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Whoever holds an address writes its name: it places the address only where nobody else does."""
    placed = [each for each in answers if isinstance(each, PlaceAnswer)]
    if all(each.family == reverse_dns.FAMILY for each in placed):
        return answers
    return tuple(each for each in answers if not (isinstance(each, PlaceAnswer) and each.family == reverse_dns.FAMILY))


def places_of_number(text: str, shelf: Shelf, *, country: str = "US") -> tuple[Answer, ...]:
    """This function will ask every telephone source; fictional numbers have places in the demo alone."""
    number = read_number(text, country=country)
    if number is None:
        return (NoAnswer("telephone number", Reason.MALFORMED),)
    if is_fictional(number) and not shelf.demo:
        return (NoAnswer("reserved numbers", Reason.RESERVED, "555-01xx, kept for fiction"),)
    return _ask_all(NUMBER_SOURCES, shelf, number)


def places_of_stated(stated: StatedAddress, shelf: Shelf = NO_SHELF) -> tuple[Answer, ...]:
    """This function will place an address that somebody wrote down."""
    return _ask(post_code, shelf, stated)


def places_of_point(lat: float, lon: float, shelf: Shelf = NO_SHELF) -> tuple[Answer, ...]:
    """This function will place coordinates in degrees."""
    return _ask(coordinates, shelf, lat, lon)


def places_of_text(text: str, shelf: Shelf = NO_SHELF) -> tuple[Answer, ...]:
    """This function will find the towns that a text names."""
    return _ask(place_name, shelf, text)


def places_of_language(text: str, shelf: Shelf = NO_SHELF) -> tuple[Answer, ...]:
    """This function will name the countries of a text's language."""
    return _ask(language, shelf, text)


def places_of_zone(zone: str, at: datetime | None, shelf: Shelf = NO_SHELF) -> tuple[Answer, ...]:
    """This function will name where people live by a time zone."""
    return _ask(time_zone, shelf, zone, at)


def places_of_mail(domain: str, shelf: Shelf = NO_SHELF) -> tuple[Answer, ...]:
    """This function will name the country of a mail provider that serves one alone."""
    return _ask(mail_provider, shelf, domain)


def places_of_ending(domain: str, shelf: Shelf = NO_SHELF) -> tuple[Answer, ...]:
    """This function will name the country of a domain's ending, and where it is asked live, of its holder.

    Of a mail provider's domain the holder is the provider, so nobody is asked.
    """
    found = _ask(domain_ending, shelf, domain)
    if not (shelf.registry or shelf.whois) or mail_kinds.mail_kind(domain) or mail_provider.is_known(domain):
        return found
    name = domain_ending.registered_name(domain)
    servers = ((rdap_domain, shelf.registry), (whois_domain, shelf.whois)) if name else ()
    return (*found, *(each for one in servers for each in _ask_live(*one, shelf, name)))
