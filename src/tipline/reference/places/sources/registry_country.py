"""Country of an address by the registries' allocations (geo-whois-asn-country). CC0, NRO's files inside."""

from __future__ import annotations

from pathlib import Path

from tipline.reference.places.addresses import Address
from tipline.reference.places.country_file import country_of
from tipline.reference.places.values import Answer

SOURCE = "registry allocations"
PACKAGE = "geo-whois-asn-country-mmdb"


def look_up(address: Address, root: Path) -> Answer:
    """This function will say to which country a registry gave an address."""
    return country_of(address, root, source=SOURCE, family="registry", package=PACKAGE)
