"""What a place source answers: a place, or in one word why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# CC-BY 4.0 asks for a link where results are shown.
DBIP_ATTRIBUTION = "IP geolocation by DB-IP"
DBIP_LINK = "https://db-ip.com"
TOWNS_ATTRIBUTION = "Towns by GeoNames"
TOWNS_LINK = "https://www.geonames.org"


class Caution(StrEnum):
    """Why a place may be wrong. The sentences stand in CAUTION_SENTENCES."""

    POSSIBLE_PROXY = "possible_proxy"
    HOSTING = "hosting"
    RELAY = "relay"
    VPN = "vpn"
    MOBILE = "mobile"
    TOR = "tor"
    ANYCAST = "anycast"
    NUMBER_AREA = "number_area"
    NAMED_IN_TEXT = "named_in_text"
    SEVERAL_COUNTIES = "several_counties"
    DEMO = "demo"


CAUTION_SENTENCES: Mapping[str, str] = {
    Caution.POSSIBLE_PROXY: "The company says this address may be a proxy.",
    Caution.HOSTING: "The name of the network or the address is that of a server, not of a home.",
    Caution.RELAY: "The network carries traffic for others: the user may be somewhere else.",
    Caution.VPN: "The name of the network or the address is that of a VPN: the user may be anywhere.",
    Caution.MOBILE: "A mobile network: the place is that of its gateway, and many users share one address.",
    Caution.TOR: "The name of the network or the address is that of an exit of Tor: the user may be anywhere.",
    Caution.ANYCAST: "This address answers from many places at once: it is a service, not a connection.",
    Caution.NUMBER_AREA: "The area of the number, not of the telephone: numbers move with their owners.",
    Caution.NAMED_IN_TEXT: "Named in a text: it may be where somebody comes from, or was once.",
    Caution.SEVERAL_COUNTIES: "The town lies in several counties; the nearest one is named.",
    Caution.DEMO: "A made-up place of the demo.",
}
# These say that the user is perhaps not where the address is; the confidence falls by one word.
WEAKENING = frozenset(
    {Caution.POSSIBLE_PROXY, Caution.HOSTING, Caution.RELAY, Caution.VPN, Caution.TOR, Caution.ANYCAST}
)


@dataclass(frozen=True, slots=True)
class StatedAddress:
    """The parts of an address that say where it is. `country` is ISO 3166-1 alpha-2 or empty."""

    city: str = ""
    state: str = ""
    post_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """One source's place. `family` names where its data come from: two of one family are one witness.

    `country` is ISO 3166-1 alpha-2, `state` a two-letter US code or a foreign region, `data_date` ISO 8601. `share`
    is less than 1 where a source names several places at once: the countries of a language.
    """

    source: str
    family: str
    data_date: str
    country: str
    state: str = ""
    county_fips: str = ""
    county: str = ""
    city: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_km: float | None = None
    cautions: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """Who announces the network of an address: the party to serve process on, with hints from its name."""

    source: str
    data_date: str
    number: int
    name: str
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """What an address is called by whoever runs it: names of hosts, with hints from their words. It names no place."""

    source: str
    data_date: str
    names: tuple[str, ...]
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistrationAnswer:
    """Who keeps a domain in the registry, a party to serve process on. Days are ISO 8601, empty where not told."""

    source: str
    data_date: str
    name: str
    registrar: str
    registered_on: str = ""
    expires_on: str = ""


class Reason(StrEnum):
    """Why a source has no place."""

    NOT_INSTALLED = "source not installed"
    NOT_IN_DATA = "not in the data"
    RESERVED = "reserved range"
    MALFORMED = "malformed"
    SWITCHED_OFF = "switched off"
    FAILED = "the source failed"


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No place, and why. `detail` names the reserved range or the part that is missing."""

    source: str
    reason: Reason
    detail: str = ""


Answer = PlaceAnswer | ProviderAnswer | NameAnswer | RegistrationAnswer | NoAnswer
