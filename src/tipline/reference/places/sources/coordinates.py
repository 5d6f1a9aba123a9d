"""Town of a point in degrees, and in the United States its county. Near a border it can be wrong."""

from __future__ import annotations

from tipline.reference.places import post_codes, towns
from tipline.reference.places.locate import county_of_point
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "coordinates"
MOST_DISTANT_KM = 150.0


def look_up(lat: float, lon: float) -> Answer:
    """This function will name the place of a point given in degrees; a point at 0, 0 is a device without a fix."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        return NoAnswer(SOURCE, Reason.MALFORMED)
    town, km = towns.nearest_town(lat, lon)
    county = county_of_point(lat, lon) if town.country == "US" or km > MOST_DISTANT_KM else None
    if county:
        edition = post_codes.data_date()
        return PlaceAnswer(SOURCE, "point", edition, "US", county.state, county.fips, county.name, lat=lat, lon=lon)
    if km > MOST_DISTANT_KM:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA, "no town near")
    return PlaceAnswer(SOURCE, "point", towns.EDITION, town.country, town.state, city=town.name, lat=lat, lon=lon)
