"""Where the downloaded place data of a checkout lie; installed on the spot where they are not there yet."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from pathlib import Path

from tipline.reference.places.files import PACKAGES

ROOT = Path(__file__).parents[2]
CANDIDATES = (ROOT / "data" / "places", ROOT / "build" / "places")
INSTALLER = "tipline.platform.packages"


@cache
def find_place_data() -> Path | None:
    """This function will find the folder of the place packages, or install them into the build folder."""
    found = next((each for each in CANDIDATES if (each / PACKAGES / "dbip-city-mmdb").is_dir()), None)
    if found is None and importlib.util.find_spec(INSTALLER):
        importlib.import_module(INSTALLER).install_places(CANDIDATES[1], print)
        found = CANDIDATES[1]
    return found
