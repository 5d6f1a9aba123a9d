"""Town and county of a stated US post code, or of a town and state (`zipcodes`, MIT)."""

from __future__ import annotations

from dataclasses import replace

from tipline.reference.places import post_codes
from tipline.reference.places.counties import find_county
from tipline.reference.places.locate import FoundCounty, county_of_town
from tipline.reference.places.tables import state_code, states
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason, StatedAddress

SOURCE = "post codes"
# The protocol's country list also holds proxies, satellites and groups of countries: nobody's place.
NO_COUNTRY = frozenset({"A1", "A2", "O1", "AP", "EU"})


def look_up(stated: StatedAddress) -> Answer:
    """This function will find the county of a stated address; its post code is asked before its town."""
    if stated.country not in ("", "US"):
        return _as_stated(stated)
    row = post_codes.by_code().get(stated.post_code.strip()[:5])
    if row and row.state in states():
        return _answer("US", row.state, row.city, _county(row))
    state = state_code(stated.state)
    if not state:
        return _as_stated(stated)
    return _answer("US", state, stated.city.strip(), county_of_town(state, stated.city))


def _county(row: post_codes.PostCode) -> FoundCounty | None:
    found = find_county(row.state, row.county_name)
    return FoundCounty(found.fips, found.name, found.state) if found else None


def _as_stated(stated: StatedAddress) -> Answer:
    if not stated.country or stated.country in NO_COUNTRY:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    return _answer(stated.country, stated.state.strip(), stated.city.strip(), None)


def _answer(country: str, state: str, city: str, county: FoundCounty | None) -> PlaceAnswer:
    place = PlaceAnswer(SOURCE, "post codes", post_codes.data_date(), country, state, city=city)
    if county is None:
        return place
    return replace(place, county_fips=county.fips, county=county.name, cautions=county.cautions)
