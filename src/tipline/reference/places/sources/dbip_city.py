"""DB-IP city: town, state and coordinates of an address. CC-BY 4.0: pages that show it link to db-ip.com."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tipline.reference.places import files
from tipline.reference.places.addresses import Address
from tipline.reference.places.locate import FoundCounty, county_of_point
from tipline.reference.places.tables import state_code
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "DB-IP city"
PACKAGE = "dbip-city-mmdb"
RADIUS_KM = 50.0  # the set states no radius; towns of home connections are right to about this distance


def look_up(address: Address, root: Path) -> Answer:
    """This function will say where DB-IP places an address."""
    reader = files.open_database(root, PACKAGE, f"dbip-city-ipv{address.version}.mmdb")
    if reader is None:
        return NoAnswer(SOURCE, Reason.NOT_INSTALLED)
    row = reader.get(address)
    if not isinstance(row, dict) or not row.get("country_code"):
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    return _place(row, files.data_date_of(reader))


def _place(row: dict[str, Any], data_date: str) -> PlaceAnswer:
    country = str(row["country_code"]).upper()
    # "Berkeley (Downtown Berkeley)": the quarter is more than the data can know.
    city = str(row.get("city") or "").split(" (")[0]
    region = str(row.get("state1") or "")
    state = state_code(region) if country == "US" else region
    lat, lon = row.get("latitude"), row.get("longitude")
    county = _county(row, state, city) if country == "US" else None
    return PlaceAnswer(
        SOURCE,
        "dbip",
        data_date,
        country,
        state,
        county.fips if county else "",
        county.name if county else "",
        city,
        lat,
        lon,
        RADIUS_KM,
        county.cautions if county else (),
    )


def _county(row: dict[str, Any], state: str, city: str) -> FoundCounty | None:
    if row.get("latitude") is None or row.get("longitude") is None:
        return None
    return county_of_point(row["latitude"], row["longitude"], state=state, city=city)
