"""A registry that is asked live: through the egress policy, against a server on loopback, and broken in every way."""

from __future__ import annotations

import math
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.unit.test_notice_egress import http, serving, way

from tipline.platform import outside
from tipline.platform.config import Settings
from tipline.reference.places import lookup
from tipline.reference.places.lookup import Shelf, places_of_address, shelf_of
from tipline.reference.places.sources import rdap
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

ADDRESS = ip_address("128.32.1.1")
NETWORK = (
    b'{"objectClassName": "ip network", "country": "us", "events": '
    b'[{"eventAction": "registration", "eventDate": "1987-05-19T00:00:00Z"}, '
    b'{"eventAction": "last changed", "eventDate": "2025-02-03T10:00:00Z"}]}'
)


def asked(body: bytes, status: str = "200 OK") -> Answer:
    with serving(http(body, status)) as server:
        found = rdap.look_up(ADDRESS, f"http://127.0.0.1:{server.port}/rdap", math.inf, way(server))
        assert server.asked[0].startswith("GET /rdap/ip/128.32.1.1 HTTP/1.1")
        return found


def test_a_registry_names_the_country_and_the_day_of_its_entry() -> None:
    assert asked(NETWORK) == PlaceAnswer(rdap.SOURCE, "registry", "2025-02-03", "US")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"country": "Utopia"}', b'{"country": "EU"}', b'{"country": 7}'])
def test_an_entry_without_a_country_places_nothing(body: bytes) -> None:
    assert asked(body) == NoAnswer(rdap.SOURCE, Reason.NOT_IN_DATA)


def test_an_unknown_address_places_nothing() -> None:
    assert asked(b"{}", "404 Not Found") == NoAnswer(rdap.SOURCE, Reason.NOT_IN_DATA)


def test_a_registry_on_a_private_network_is_refused_and_said_to_have_failed() -> None:
    with pytest.raises(outside.NotAllowed):
        rdap.look_up(ADDRESS, "http://127.0.0.1")
    found = places_of_address(str(ADDRESS), Shelf(Path("nowhere"), registry="http://127.0.0.1"))
    assert found[-1] == NoAnswer(rdap.SOURCE, Reason.FAILED, "NotAllowed")


def test_it_is_off_unless_it_is_turned_on_and_a_reserved_address_is_never_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rdap, "look_up", lambda *_: pytest.fail("it was asked"))
    assert shelf_of(Settings(rdap_url="https://rdap.example")).registry == ""
    assert shelf_of(Settings(rdap_url="https://rdap.example", live_places=True)).registry == "https://rdap.example"
    on = Shelf(Path("nowhere"), registry="https://rdap.example")
    for address in ("10.0.0.1", "100.64.0.1", "192.0.2.1"):
        places_of_address(address, on)
    places_of_address(str(ADDRESS), Shelf(Path("nowhere"), off=frozenset({"rdap"}), registry="https://rdap.example"))
    places_of_address(str(ADDRESS), Shelf(Path("nowhere")))
    assert lookup.name_of(rdap) == "rdap"
