"""From a point, a town or a post code of the United States to its county."""

from __future__ import annotations

from dataclasses import dataclass

from tipline.reference.places import post_codes
from tipline.reference.places.counties import County, find_county
from tipline.reference.places.values import Caution

# Farther than this from every post code, a point is at sea, in a desert, or wrong.
MOST_DISTANT_KM = 60.0


@dataclass(frozen=True, slots=True)
class FoundCounty:
    """A county with the cautions of the way it was found."""

    fips: str
    name: str
    state: str
    cautions: tuple[str, ...] = ()


def _found(county: County | None, *cautions: str) -> FoundCounty | None:
    return FoundCounty(county.fips, county.name, county.state, cautions) if county else None


def counties_of_town(state: str, city: str) -> tuple[str, ...]:
    """This function will name the counties in which a town has post codes, most of them first."""
    counted: dict[str, int] = {}
    for row in post_codes.of_town(state, city):
        if row.county_name:
            counted[row.county_name] = counted.get(row.county_name, 0) + 1
    return tuple(sorted(counted, key=lambda name: (-counted[name], name)))


def county_of_point(lat: float, lon: float, *, state: str = "", city: str = "") -> FoundCounty | None:
    """This function will find the county of a point in degrees; a town in one county alone decides."""
    names = counties_of_town(state, city) if state and city else ()
    if len(names) == 1:
        return _found(find_county(state, names[0]))
    found = post_codes.nearest(lat, lon, state=state)
    if found is None or found.distance_km > MOST_DISTANT_KM:
        return None
    cautions = (Caution.SEVERAL_COUNTIES,) if len(names) > 1 else ()
    return _found(find_county(found.row.state, found.row.county_name), *cautions)


def county_of_town(state: str, city: str) -> FoundCounty | None:
    """This function will find the county of a town; of several the one with most post codes."""
    names = counties_of_town(state, city)
    if not names:
        return None
    return _found(find_county(state, names[0]), *((Caution.SEVERAL_COUNTIES,) if len(names) > 1 else ()))
