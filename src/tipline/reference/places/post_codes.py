"""US post codes from the `zipcodes` package, indexed once: by code, by town, and by nearness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy
import zipcodes
from numpy.typing import NDArray

from tipline.reference.places.tables import edition_of

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class PostCode:
    """One post code as the package lists it. `county_name` is in the package's own spelling."""

    code: str
    city: str
    other_cities: tuple[str, ...]
    state: str
    county_name: str
    country: str
    area_codes: tuple[str, ...]
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """The post code nearest to a point, and how far."""

    row: PostCode
    distance_km: float


def data_date() -> str:
    """This function will name the edition of the data: the package states no date."""
    return edition_of("zipcodes")


@cache
def by_code() -> dict[str, PostCode]:
    """This function will give every post code by its five digits (about half a second, once)."""
    # Without a filter all of them; `list_all` gives the same and keeps its own rows for good, 35 MB of each process.
    return {
        row["zip_code"]: PostCode(
            row["zip_code"],
            row["city"],
            tuple(row["acceptable_cities"]),
            row["state"],
            row["county"],
            row["country"],
            tuple(row["area_codes"]),
            float(row["lat"]),
            float(row["long"]),
        )
        for row in zipcodes.filter_by()  # type: ignore[no-untyped-call]
    }


@cache
def by_town() -> dict[tuple[str, str], tuple[PostCode, ...]]:
    """This function will give the post codes of a town, by (state code, town in lower case)."""
    found: dict[tuple[str, str], list[PostCode]] = {}
    for row in by_code().values():
        for city in (row.city, *row.other_cities):
            found.setdefault((row.state, city.casefold()), []).append(row)
    return {key: tuple(each) for key, each in found.items()}


def of_town(state: str, city: str) -> tuple[PostCode, ...]:
    """This function will give the post codes of a town, however its name is written in large and small letters."""
    return by_town().get((state, city.strip().casefold()), ())


@cache
def states_by_area_code() -> dict[str, tuple[str, ...]]:
    """This function will give the states of a telephone area code, most post codes first."""
    counted: dict[str, dict[str, int]] = {}
    for row in by_code().values():
        for area in row.area_codes:
            states = counted.setdefault(area, {})
            states[row.state] = states.get(row.state, 0) + 1
    return {area: tuple(sorted(states, key=lambda code: (-states[code], code))) for area, states in counted.items()}


def _on_sphere(lat: NDArray[numpy.float64], lon: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
    lat, lon = numpy.radians(lat), numpy.radians(lon)
    return numpy.stack([numpy.cos(lat) * numpy.cos(lon), numpy.cos(lat) * numpy.sin(lon), numpy.sin(lat)], axis=-1)


@cache
def _points(state: str) -> tuple[tuple[PostCode, ...], NDArray[numpy.float64]]:
    """Rows with a county, of one state or (empty text) of all, beside their places on the unit sphere."""
    rows = tuple(row for row in by_code().values() if row.county_name and state in ("", row.state))
    lat = numpy.array([row.lat for row in rows], dtype=numpy.float64)
    lon = numpy.array([row.lon for row in rows], dtype=numpy.float64)
    return rows, _on_sphere(lat, lon)


def nearest(lat: float, lon: float, *, state: str = "") -> Nearest | None:
    """This function will find the nearest post code that has a county, inside a state if one is given.

    Degrees in, kilometres out. None where the state has no post code.
    """
    rows, points = _points(state)
    if not rows:
        return None
    cosines = numpy.dot(points, _on_sphere(numpy.array(lat), numpy.array(lon)))
    best = int(cosines.argmax())
    angle = float(numpy.arccos(min(1.0, max(-1.0, float(cosines[best])))))
    return Nearest(rows[best], angle * EARTH_RADIUS_KM)
