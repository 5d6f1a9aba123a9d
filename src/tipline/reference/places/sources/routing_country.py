"""Country of an address by the network that announces it (iptoasn). Public domain (PDDL)."""

from __future__ import annotations

from pathlib import Path

from tipline.reference.places.addresses import Address
from tipline.reference.places.country_file import country_of
from tipline.reference.places.values import Answer

SOURCE = "announcing network"
PACKAGE = "iptoasn-country-mmdb"


def look_up(address: Address, root: Path) -> Answer:
    """This function will say in which country the network that announces an address is registered."""
    return country_of(address, root, source=SOURCE, family="routing", package=PACKAGE)
