"""Telephone numbers: read in international form, and refused where the plan keeps them for fiction."""

from __future__ import annotations

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    is_possible_number,
    national_significant_number,
    parse,
)


def read_number(text: str, *, country: str = "US") -> PhoneNumber | None:
    """This function will read a number; without calling code it is of `country`. None if it is none."""
    try:
        number = parse(text, country)
    except NumberParseException:
        return None
    return number if is_possible_number(number) else None


def is_fictional(number: PhoneNumber) -> bool:
    """This function will tell 555-0100 to 555-0199, which the North American plan keeps for fiction."""
    return number.country_code == 1 and national_significant_number(number)[3:8] == "55501"
