"""Town and county of a US post code, or of a town and state, as a person or a company stated them (`zipcodes`, MIT)."""

from __future__ import annotations

from dataclasses import dataclass

from tipline.reference.places import post_codes
from tipline.reference.places.counties import find_county
from tipline.reference.places.locate import county_of_town
from tipline.reference.places.tables import state_code, states
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "post codes"
# The protocol's country list also holds proxies, satellites and groups of countries: these are nobody's place.
NO_COUNTRY = frozenset({"A1", "A2", "O1", "AP", "EU"})


@dataclass(frozen=True, slots=True)
class StatedAddress:
    """The parts of an address that say where it is. `country` is ISO 3166-1 alpha-2 or empty."""

    city: str = ""
    state: str = ""
    post_code: str = ""
    country: str = ""


def look_up(stated: StatedAddress) -> Answer:
    """This function will find the county of a stated address; its post code is asked before its town."""
    if stated.country not in ("", "US"):
        return _as_stated(stated)
    row = post_codes.by_code().get(stated.post_code.strip()[:5])
    if row and row.state in states():
        county = find_county(row.state, row.county_name)
        fips, name = (county.fips, county.name) if county else ("", "")
        return _answer("US", row.state, fips, name, row.city)
    state = state_code(stated.state)
    if not state:
        return _as_stated(stated)
    found = county_of_town(state, stated.city)
    if found is None:
        return _answer("US", state, "", "", stated.city.strip())
    return _answer("US", state, found.fips, found.name, stated.city.strip(), found.cautions)


def _as_stated(stated: StatedAddress) -> Answer:
    if not stated.country or stated.country in NO_COUNTRY:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    return _answer(stated.country, stated.state.strip(), "", "", stated.city.strip())


def _answer(
    country: str, state: str, fips: str, county: str, city: str, cautions: tuple[str, ...] = ()
) -> PlaceAnswer:
    return PlaceAnswer(
        SOURCE, "post codes", post_codes.data_date(), country, state, fips, county, city, cautions=cautions
    )
