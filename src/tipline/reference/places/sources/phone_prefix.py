"""Area of a telephone number by Google's numbering tables (`phonenumbers`, Apache 2.0)."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

from phonenumbers import PhoneNumber, geocoder, region_code_for_number

from tipline.reference.places import towns
from tipline.reference.places.tables import state_code
from tipline.reference.places.values import Answer, Caution, NoAnswer, PlaceAnswer, Reason

SOURCE = "number tables"


def look_up(number: PhoneNumber) -> Answer:
    """This function will say for which country, state or town a number was given out."""
    country = region_code_for_number(number) or ""
    if not country or country == "001":
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    area = geocoder.description_for_number(number, "en")
    # "Phoenix, AZ", "Arizona", "London" or the country's own name
    city, _, tail = area.rpartition(", ") if country == "US" else ("", "", "")
    state = state_code(tail or area) if country == "US" else ""
    town = city if state else ("" if country == "US" else _foreign_town(area, number))
    edition = f"phonenumbers {version('phonenumbers')}"
    place = PlaceAnswer(SOURCE, "number plan", edition, country, state, city=town, cautions=(Caution.NUMBER_AREA,))
    found = towns.find_town(town, country=country, state=state) if town else None
    return replace(place, lat=found.lat, lon=found.lon) if found else place


def _foreign_town(area: str, number: PhoneNumber) -> str:
    return "" if area == geocoder.country_name_for_number(number, "en") else area
