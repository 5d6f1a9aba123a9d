"""Made-up places of the documentation ranges, so that the demo's story has a map. Asked in the demo alone."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_network

from tipline.reference.places.addresses import Address
from tipline.reference.places.tables import Network, rows
from tipline.reference.places.values import Answer, Caution, NoAnswer, PlaceAnswer, Reason

SOURCE = "demo place source (made up)"


@cache
def _places() -> tuple[tuple[Network, PlaceAnswer], ...]:
    return tuple((ip_network(row["network"]), _answer(row)) for row in rows("demo_places.csv"))


def _answer(row: dict[str, str]) -> PlaceAnswer:
    return PlaceAnswer(
        SOURCE,
        "demo",
        "",
        row["country"],
        row["state"],
        row["county_fips"],
        row["county"],
        row["city"],
        float(row["lat"]),
        float(row["lon"]),
        cautions=(Caution.DEMO,),
    )


def look_up(address: Address) -> Answer:
    """This function will give the demo's place for a documentation address."""
    for network, answer in _places():
        if address.version == network.version and address in network:
            return answer
    return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
