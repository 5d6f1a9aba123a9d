"""State of a North American number by the post codes that its area code serves (`zipcodes`, MIT)."""

from __future__ import annotations

from phonenumbers import PhoneNumber, national_significant_number

from tipline.reference.places import post_codes
from tipline.reference.places.tables import states
from tipline.reference.places.values import Answer, Caution, NoAnswer, PlaceAnswer, Reason

SOURCE = "area codes of post codes"


def look_up(number: PhoneNumber) -> Answer:
    """This function will say in which state an area code serves most post codes."""
    if number.country_code != 1:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA, "not a North American number")
    area = national_significant_number(number)[:3]
    found = [code for code in post_codes.states_by_area_code().get(area, ()) if code in states()]
    if not found:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    edition = post_codes.data_date()
    return PlaceAnswer(SOURCE, "post codes", edition, "US", found[0], cautions=(Caution.NUMBER_AREA,))
