"""Databases that know the country of an address and no more."""

from __future__ import annotations

from pathlib import Path

from tipline.reference.places import files
from tipline.reference.places.addresses import Address
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason


def country_of(address: Address, root: Path, *, source: str, family: str, package: str) -> Answer:
    """This function will read the country of an address from a package's database `<name>.mmdb`."""
    reader = files.open_database(root, package, f"{package.removesuffix('-mmdb')}.mmdb")
    if reader is None:
        return NoAnswer(source, Reason.NOT_INSTALLED)
    row = reader.get(address)
    if not isinstance(row, dict) or not row.get("country_code"):
        return NoAnswer(source, Reason.NOT_IN_DATA)
    return PlaceAnswer(source, family, files.data_date_of(reader), str(row["country_code"]).upper())
