"""Names of countries for codes, and dates as the public pages write them."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import pycountry

_MORE = {"XK": "Kosovo", "": "No place known"}
_SHORT = {
    "US": "United States",
    "GB": "United Kingdom",
    "RU": "Russia",
    "IR": "Iran",
    "VN": "Vietnam",
    "KR": "South Korea",
    "SY": "Syria",
    "VE": "Venezuela",
    "BO": "Bolivia",
    "TZ": "Tanzania",
    "MD": "Moldova",
    "LA": "Laos",
    "CD": "Congo (Kinshasa)",
    "CG": "Congo (Brazzaville)",
    "TW": "Taiwan",
    "PS": "Palestine",
}


@cache
def country(code: str) -> str:
    """This function will name a country by its two letters, as people call it."""
    if code in _SHORT or code in _MORE:
        return _SHORT.get(code) or _MORE[code]
    found = pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", found.name)) if found else code


def day(at: date | datetime | str) -> str:
    """This function will write a day with its year: 25 November 2026."""
    moment = date.fromisoformat(at[:10]) if isinstance(at, str) else at
    return f"{moment.day} {moment:%B %Y}"


def month(text: str) -> str:
    """This function will write a year and month: August 2026."""
    return f"{date.fromisoformat(text + '-01'):%B %Y}"
