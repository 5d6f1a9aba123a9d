"""The desk's own words for what the house found."""

from __future__ import annotations

from tipline.domain.findings import BestPlace
from tipline.interfaces.desk.words import circle_words


def test_a_circle_is_written_with_its_thousands_apart_and_the_towns_own_comma_kept() -> None:
    place = BestPlace(role="SUSPECT", country="US", city="Washington, D.C.", lat=38.9, lon=-77.04, radius_km=1250.0)
    said = circle_words(place)
    assert "about 1\N{NARROW NO-BREAK SPACE}250 km of Washington, D.C." in said
