"""US counties by FIPS code and by name; the names of different tables are brought to one spelling."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from tipline.reference.places.tables import rows

_KINDS = {
    "county",
    "parish",
    "borough",
    "census",
    "area",
    "municipality",
    "municipio",
    "city",
    "district",
    "island",
}
_FILLERS = {"of", "and", "the"}


@dataclass(frozen=True, slots=True)
class County:
    """One county or its equal. `city_population` orders counties and is no census figure."""

    fips: str
    name: str
    state: str
    city_population: int


def plain(name: str) -> str:
    """This function will bring a county's name to one spelling: no accents or stops, its kind last."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = [word for word in re.sub(r"[^a-z0-9 ]", "", bare.replace("-", " ")).split() if word not in _FILLERS]
    base = [word for word in words if word not in _KINDS]
    return "".join(base) + "|" + " ".join(sorted(word for word in words if word in _KINDS))


@cache
def counties() -> dict[str, County]:
    """This function will give every county by FIPS code."""
    return {
        row["fips"]: County(row["fips"], row["name"], row["state"], int(row["city_population"]))
        for row in rows("counties.csv")
    }


@cache
def _by_name() -> dict[tuple[str, str], str]:
    exact = {(county.state, plain(county.name)): county.fips for county in counties().values()}
    loose: dict[tuple[str, str], list[str]] = {}
    for (state, name), fips in exact.items():
        loose.setdefault((state, name.split("|")[0] + "|"), []).append(fips)
    # "Cook" is enough in Illinois; "Richmond" in Virginia is a city and a county, and stays unknown.
    return {key: found[0] for key, found in loose.items() if len(found) == 1} | exact


def find_county(state: str, name: str) -> County | None:
    """This function will find a county by state code and name, with or without the word County."""
    fips = _by_name().get((state.upper(), plain(name)))
    return counties()[fips] if fips else None
