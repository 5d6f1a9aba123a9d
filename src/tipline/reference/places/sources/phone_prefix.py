"""Area of a telephone number by Google's numbering tables (`phonenumbers`, Apache 2.0)."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from phonenumbers import PhoneNumber, region_code_for_number

from tipline.reference.places import towns
from tipline.reference.places.tables import edition_of, state_code
from tipline.reference.places.values import Answer, Caution, NoAnswer, PlaceAnswer, Reason

SOURCE = "number tables"


def look_up(number: PhoneNumber) -> Answer:
    """This function will say for which country, state or town a number was given out."""
    country = region_code_for_number(number) or ""
    if not country or country == "001":
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    area = _geocoder().description_for_number(number, "en")
    # "Phoenix, AZ", "Arizona", "London" or the country's own name
    city, _, tail = area.rpartition(", ") if country == "US" else ("", "", "")
    state = state_code(tail or area) if country == "US" else ""
    town = city if state else ("" if country == "US" else _foreign_town(area, number))
    edition = edition_of("phonenumbers")
    place = PlaceAnswer(SOURCE, "number plan", edition, country, state, city=town, cautions=(Caution.NUMBER_AREA,))
    found = towns.find_town(town, country=country, state=state) if town else None
    return replace(place, lat=found.lat, lon=found.lon) if found else place


def _geocoder() -> ModuleType:
    # Its tables are read with the first number alone: a process that asks for no number does without 80 MB.
    from phonenumbers import geocoder

    return geocoder


def _foreign_town(area: str, number: PhoneNumber) -> str:
    return "" if area == _geocoder().country_name_for_number(number, "en") else area
