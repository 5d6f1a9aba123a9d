"""The rule by which evidence is weighed: witnesses, repeats, cautions, age, the circle."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.reference.places import towns, weigh
from tipline.reference.places.values import PlaceAnswer
from tipline.reference.places.weigh import Ranked, Witness, kinds

PHOENIX, MIAMI = ("AZ", "Phoenix", 33.45, -112.07), ("FL", "Miami", 25.77, -80.19)


def says(place: tuple[str, str, float, float], family: str = "dbip") -> PlaceAnswer:
    state, city, lat, lon = place
    return PlaceAnswer("source", family, "", "US", state, city=city, lat=lat, lon=lon)


def ip(place: tuple[str, str, float, float], *cautions: str, days: float = 0, value: str = "x") -> Witness:
    return Witness("ip", value, (says(place),), cautions, days)


def first(*witnesses: Witness) -> Ranked:
    return weigh.weigh(witnesses)[0]


def test_one_witness_is_believed_as_far_as_its_kind_is_trusted() -> None:
    kind = kinds()["ip"]
    country, state = kind.country + (1 - kind.country) / 60, kind.state + (1 - kind.state) / 40
    assert first(ip(PHOENIX)).probability == pytest.approx(country * state)


def test_nobody_says_anything_and_a_weak_witness_alone_name_no_place() -> None:
    assert weigh.weigh(()) == ()
    assert weigh.weigh((Witness("language", "free text", (PlaceAnswer("x", "language", "", "MX"),)),)) == ()


def test_independent_kinds_add_and_repeats_of_one_kind_add_less_and_less() -> None:
    alone, phone = first(ip(PHOENIX)), Witness("phone", "p", (says(PHOENIX, "plan"),))
    gains = [first(*(ip(PHOENIX, value=str(at)) for at in range(many))).probability for many in (1, 2, 3)]
    assert gains[0] < gains[1] < gains[2]
    assert gains[1] - gains[0] > gains[2] - gains[1]
    assert first(ip(PHOENIX), phone).probability > alone.probability


@pytest.mark.parametrize("caution", ["vpn", "tor", "hosting", "relay", "anycast", "possible_proxy"])
def test_a_caution_weakens_a_witness_and_widens_its_circle(caution: str) -> None:
    plain, weak = first(ip(PHOENIX)), first(ip(PHOENIX, caution))
    assert weak.probability < plain.probability
    assert weak.radius_km > plain.radius_km


def test_a_mobile_network_is_trusted_for_the_country_and_less_for_the_town() -> None:
    plain, mobile = first(ip(PHOENIX)), first(ip(PHOENIX, "mobile"))
    assert 0.5 < mobile.probability < plain.probability
    assert mobile.radius_km > plain.radius_km


def test_what_was_seen_long_ago_weighs_less() -> None:
    ranked = weigh.weigh((ip(PHOENIX, days=1500), ip(MIAMI)))
    assert [each.state for each in ranked] == ["FL", "AZ"]


def test_nothing_is_averaged_the_point_is_one_that_a_witness_named() -> None:
    best = first(ip(PHOENIX), ip(MIAMI), Witness("phone", "p", (says(MIAMI, "plan"),)))
    assert (best.state, best.lat, best.lon) == ("FL", 25.77, -80.19)


def test_a_surer_kind_has_the_smaller_circle() -> None:
    gps = first(Witness("gps", "g", (says(PHOENIX, "point"),)))
    assert gps.radius_km < first(ip(PHOENIX)).radius_km < first(Witness("phone", "p", (says(PHOENIX),))).radius_km


def test_a_country_alone_has_the_circle_of_its_people() -> None:
    """Eight of ten people of the country live inside, and the middle is one of its towns."""
    best = first(Witness("address", "DE", (PlaceAnswer("s", "stated", "", "DE"),)))
    share = towns.spread(best.lat, best.lon, "DE").within(best.radius_km)
    trust = best.probability
    assert share * trust == pytest.approx(0.8, abs=0.03)
    assert towns.nearest_town(best.lat, best.lon)[0].country == "DE"


def test_two_spellings_of_a_region_abroad_are_one_where_their_points_are_near() -> None:
    bayern = PlaceAnswer("a", "stated", "", "DE", "Bayern", city="Munich", lat=48.14, lon=11.58)
    bavaria = PlaceAnswer("b", "dbip", "", "DE", "Bavaria", city="Munich", lat=48.14, lon=11.57)
    (best,) = weigh.weigh((Witness("address", "x", (bayern,)), Witness("ip", "y", (bavaria,))))
    assert len(best.witnesses) == 2


_KIND = st.sampled_from([kind for kind in sorted(kinds()) if kind not in weigh.NEVER_ALONE])
_WITNESS = st.builds(
    lambda kind, place, caution, days: Witness(kind, "v", (says(place),), (caution,) if caution else (), days),
    _KIND,
    st.sampled_from([PHOENIX, MIAMI]),
    st.sampled_from(["", "vpn", "mobile", "tor"]),
    st.floats(0, 4000),
)


@given(st.lists(_WITNESS, max_size=6))
def test_probabilities_are_probabilities_and_the_order_of_witnesses_changes_nothing(found: list[Witness]) -> None:
    ranked = weigh.weigh(found)
    assert sum(each.probability for each in ranked) <= 1 + 1e-9
    assert all(0 <= each.probability <= 1 and math.isfinite(each.lat) for each in ranked)
    assert all(0 < each.radius_km <= weigh.WIDEST_KM for each in ranked[:1])
    again = weigh.weigh(found[::-1])
    assert [(each.state, round(each.probability, 9)) for each in again] == [
        (each.state, round(each.probability, 9)) for each in ranked
    ]


@given(_WITNESS, st.lists(_WITNESS, max_size=4))
def test_one_more_witness_for_a_place_never_makes_it_less_probable(one: Witness, others: list[Witness]) -> None:
    place = one.answers[0].state

    def probability(found: list[Witness]) -> float:
        return next((each.probability for each in weigh.weigh(found) if each.state == place), 0.0)

    assert probability([*others, one]) >= probability(others) - 1e-9
