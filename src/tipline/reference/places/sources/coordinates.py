"""County of a US point by the nearest post code (`zipcodes`, MIT). Near a border it can be wrong."""

from __future__ import annotations

from tipline.reference.places import post_codes
from tipline.reference.places.locate import county_of_point
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "nearest post code"


def look_up(lat: float, lon: float) -> Answer:
    """This function will find the county of a point given in degrees."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return NoAnswer(SOURCE, Reason.MALFORMED)
    found = county_of_point(lat, lon)
    if found is None:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA, "no US post code near")
    edition = post_codes.data_date()
    return PlaceAnswer(SOURCE, "post codes", edition, "US", found.state, found.fips, found.name, lat=lat, lon=lon)
