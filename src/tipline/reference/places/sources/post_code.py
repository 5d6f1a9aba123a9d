"""Town and county of a stated US post code or town (`zipcodes`, MIT); abroad, region by post code and town by name."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from tipline.reference.places import post_codes, towns
from tipline.reference.places.counties import find_county
from tipline.reference.places.locate import FoundCounty, county_of_town
from tipline.reference.places.tables import rows, state_code, states
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason, StatedAddress

SOURCE = "post codes"
# The protocol's country list also holds proxies, satellites and groups of countries: nobody's place.
NO_COUNTRY = frozenset({"A1", "A2", "O1", "AP", "EU"})
# Post codes that no other country writes so. Sources: Royal Mail, PAF; Canada Post, addressing guidelines.
_BRITISH = re.compile(r"([A-Z]{1,2})\d[A-Z\d]? ?\d[A-Z]{2}")
_CANADIAN = re.compile(r"([ABCEGHJ-NPRSTVXY])\d[A-Z] ?\d[A-Z]\d")
_AUSTRALIAN = re.compile(r"(\d)\d{3}")


def look_up(stated: StatedAddress) -> Answer:
    """This function will find the place of a stated address; its post code is asked before its town."""
    abroad = _abroad(stated)
    if abroad:
        return _as_stated(abroad)
    row = post_codes.by_code().get(stated.post_code.strip()[:5])
    if row and row.state in states():
        return _pointed(_answer("US", row.state, row.city, _county(row)), row.lat, row.lon)
    state = state_code(stated.state)
    if not state:
        return _as_stated(stated)
    answer = _answer("US", state, stated.city.strip(), county_of_town(state, stated.city))
    listed = post_codes.of_town(state, stated.city)
    middle = listed[len(listed) // 2] if listed else None
    return _pointed(answer, middle.lat, middle.lon) if middle else answer


def _abroad(stated: StatedAddress) -> StatedAddress | None:
    """What a post code abroad tells, or the address as it is where its country is not ours; None where it may be."""
    code = stated.post_code.strip().upper()
    for country, form in (("GB", _BRITISH), ("CA", _CANADIAN)):
        found = form.fullmatch(code)
        if found and stated.country in ("", country) and (country, found.group(1)) in _regions():
            return replace(stated, country=country, state=_regions()[country, found.group(1)])
    found = _AUSTRALIAN.fullmatch(code)
    if found and stated.country == "AU":
        return replace(stated, state=_regions().get(("AU", found.group(1)), stated.state))
    return None if stated.country in ("", "US") else stated


@cache
def _regions() -> dict[tuple[str, str], str]:
    return {(row["country"], row["prefix"]): row["state"] for row in rows("post_prefixes.csv")}


def _county(row: post_codes.PostCode) -> FoundCounty | None:
    found = find_county(row.state, row.county_name)
    return FoundCounty(found.fips, found.name, found.state) if found else None


def _as_stated(stated: StatedAddress) -> Answer:
    if not stated.country or stated.country in NO_COUNTRY:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    city, state = stated.city.strip(), stated.state.strip()
    town = towns.find_town(city, country=stated.country) if city else None
    answer = _answer(stated.country, state or (town.state if town else ""), city, None)
    return _pointed(answer, town.lat, town.lon) if town else answer


def _pointed(answer: PlaceAnswer, lat: float, lon: float) -> PlaceAnswer:
    return replace(answer, lat=round(lat, 2), lon=round(lon, 2))


def _answer(country: str, state: str, city: str, county: FoundCounty | None) -> PlaceAnswer:
    place = PlaceAnswer(SOURCE, "post codes", post_codes.data_date(), country, state, city=city)
    if county is None:
        return place
    return replace(place, county_fips=county.fips, county=county.name, cautions=county.cautions)
