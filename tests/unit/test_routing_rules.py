"""Recipients by rule: never none, one primary, and no content on a low certainty alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tipline.stages.routing.rules import (
    PARTS,
    Facts,
    Option,
    Part,
    PlaceToRoute,
    Recipient,
    Side,
    Told,
    choose,
    count_primaries,
    sentences,
)

FBI, HSI = Option("fbi", "FBI", "high"), Option("hsi", "HSI", "high")
NORTH = Option("icac-fl-north", "North Florida", "high", "county table, Duval County, FL")
FLORIDA = (
    Option("icac-fl-south", "South Florida", "medium"),
    Option("icac-fl-central", "Central Florida", "medium"),
    Option("icac-fl-north", "North Florida", "high"),
)
HOUSTON = Option("icac-tx-houston", "Houston", "low", "county table, Harris County, TX")
TEXAS = (
    Option("icac-tx-south", "South Texas", "low"),
    HOUSTON,
    Option("icac-tx-north", "North Texas", "low"),
)
ARIZONA = Option("icac-az", "Arizona", "high")
BKA = Option("national-de", "Bundeskriminalamt", "high")
BUREAU = Option("interpol-ke", "Interpol, Kenya", "low")

IN_DUVAL = PlaceToRoute(Side.SUSPECT, "US", "FL", "Duval County", "possible", 0, NORTH, FLORIDA)
CHILD_IN_ARIZONA = PlaceToRoute(Side.CHILD, "US", "AZ", "Maricopa County", "likely", 0, ARIZONA, (ARIZONA,))


def route(*places: PlaceToRoute) -> dict[str, Recipient]:
    return {each.agency: each for each in choose(Facts(places, FBI, HSI))}


def parts(*places: PlaceToRoute) -> dict[str, Part]:
    return {agency: each.part for agency, each in route(*places).items()}


def test_the_county_of_the_suspect_names_one_task_force_and_the_childs_place_gets_a_copy() -> None:
    found = route(IN_DUVAL, CHILD_IN_ARIZONA)
    assert {agency: each.part for agency, each in found.items()} == {
        "icac-fl-north": Part.PRIMARY,
        "icac-az": Part.COPY,
    }
    assert "The reported person is possibly in Duval County, FL" in found["icac-fl-north"].why
    assert found["icac-fl-north"].certainty == "medium"


def test_a_county_of_low_certainty_shows_the_others_of_the_state_only_that_a_report_exists() -> None:
    place = PlaceToRoute(Side.SUSPECT, "US", "TX", "Harris County", "likely", 0, HOUSTON, TEXAS)
    found = route(place)
    assert {agency: each.part for agency, each in found.items()} == {
        "icac-tx-houston": Part.PRIMARY,
        "icac-tx-south": Part.EXISTENCE_ONLY,
        "icac-tx-north": Part.EXISTENCE_ONLY,
    }
    assert found["icac-tx-houston"].certainty == "low"
    assert found["icac-tx-houston"].why.endswith("Not verified.")


def test_a_split_state_without_county_goes_to_the_most_populous_and_the_others_learn_of_it() -> None:
    place = PlaceToRoute(Side.SUSPECT, "US", "FL", "", "likely", 0, None, FLORIDA)
    assert parts(place) == {
        "icac-fl-south": Part.PRIMARY,
        "icac-fl-central": Part.EXISTENCE_ONLY,
        "icac-fl-north": Part.EXISTENCE_ONLY,
    }
    assert route(place)["icac-fl-south"].certainty == "low"


def test_a_whole_state_has_its_one_task_force() -> None:
    place = PlaceToRoute(Side.SUSPECT, "US", "AZ", "", "likely", 0, None, (ARIZONA,))
    assert parts(place) == {"icac-az": Part.PRIMARY}


def test_nothing_known_goes_to_the_federal_recipient() -> None:
    assert parts() == {"fbi": Part.PRIMARY}
    assert parts(PlaceToRoute(Side.SUSPECT, "US", confidence="likely")) == {"fbi": Part.PRIMARY}


def test_a_territory_goes_to_the_federal_recipient_by_state_or_by_country() -> None:
    assert parts(PlaceToRoute(Side.SUSPECT, "US", "PR", confidence="likely")) == {"fbi": Part.PRIMARY}
    assert parts(PlaceToRoute(Side.SUSPECT, "GU", confidence="likely")) == {"fbi": Part.PRIMARY}


def test_a_country_with_a_checked_contact_goes_there() -> None:
    assert parts(PlaceToRoute(Side.SUSPECT, "DE", confidence="likely", by_country=(BKA,))) == {
        "national-de": Part.PRIMARY
    }


def test_an_unchecked_bureau_learns_of_the_report_and_a_federal_agency_holds_the_content() -> None:
    assert parts(PlaceToRoute(Side.SUSPECT, "KE", confidence="likely", by_country=(BUREAU,))) == {
        "hsi": Part.PRIMARY,
        "interpol-ke": Part.EXISTENCE_ONLY,
    }


def test_an_unsure_place_discloses_nothing_to_its_task_force() -> None:
    place = PlaceToRoute(Side.SUSPECT, "US", "AZ", "", "unsure", 0, None, (ARIZONA,))
    assert parts(place) == {"fbi": Part.PRIMARY, "icac-az": Part.EXISTENCE_ONLY}


def test_the_childs_place_is_primary_where_the_suspects_is_unknown_or_unsure() -> None:
    unsure = PlaceToRoute(Side.SUSPECT, "US", "FL", "Duval County", "unsure", 0, NORTH, FLORIDA)
    assert parts(CHILD_IN_ARIZONA) == {"icac-az": Part.PRIMARY}
    assert parts(unsure, CHILD_IN_ARIZONA) == {"icac-az": Part.PRIMARY, "icac-fl-north": Part.EXISTENCE_ONLY}


def test_a_linked_report_lends_its_suspects_place_and_the_reason_says_so() -> None:
    linked = PlaceToRoute(Side.SUSPECT, "US", "FL", "Duval County", "likely", 4711, NORTH, FLORIDA)
    found = route(CHILD_IN_ARIZONA, linked)
    assert found["icac-fl-north"].part is Part.PRIMARY
    assert found["icac-fl-north"].why == "The reported person is likely in Duval County, FL, by linked report 4711."
    assert found["icac-fl-north"].certainty == "medium"
    assert found["icac-az"].part is Part.COPY


def test_many_linked_reports_that_say_the_same_make_one_line_that_names_a_few() -> None:
    linked = [replace(IN_DUVAL, through=2955972970 + number) for number in range(6)]
    (only,) = route(*linked).values()
    assert only.why == (
        "The reported person is possibly in Duval County, FL, "
        "by linked reports 2955 972 970, 2955 972 971, 2955 972 972 and 3 more."
    )


def test_what_the_report_says_itself_is_not_said_again_of_its_links() -> None:
    (only,) = route(IN_DUVAL, replace(IN_DUVAL, through=4711)).values()
    assert only.why == "The reported person is possibly in Duval County, FL (county table, Duval County, FL)."


def test_reasons_past_the_most_are_counted() -> None:
    told = [Told(f"The child is likely in County {number}") for number in range(9)]
    assert sentences(told).splitlines()[-1] == "And 3 more reasons like these."


def test_without_a_place_the_choice_is_not_called_sure() -> None:
    assert route()["fbi"].certainty == "low"


def test_suspect_and_child_in_one_place_make_one_line_with_both_reasons() -> None:
    child = PlaceToRoute(Side.CHILD, "US", "FL", "Duval County", "likely", 0, NORTH, FLORIDA)
    (only,) = route(IN_DUVAL, child).values()
    assert only.part is Part.PRIMARY
    assert "The reported person is possibly in" in only.why
    assert "The child is likely in" in only.why


def test_a_persons_choice_wins_over_the_rules() -> None:
    from datetime import UTC, datetime

    from tipline.stages.routing.rules import decide

    chosen = (Recipient("icac-az", "Arizona", Part.PRIMARY, "Chosen by an analyst: known case", "high"),)
    result = decide(None, Facts((IN_DUVAL,), FBI, HSI, chosen), datetime(2026, 1, 13, tzinfo=UTC))  # type: ignore[arg-type]
    assert result.own == chosen
    assert [each.subject for each in result.findings] == ["icac-az"]


options = st.builds(
    Option,
    agency=st.sampled_from(["a", "b", "c", "d"]),
    name=st.just("An agency"),
    certainty=st.sampled_from(["low", "medium", "high"]),
)
rows = st.lists(options, max_size=3, unique_by=lambda each: each.agency).map(tuple)
places = st.builds(
    PlaceToRoute,
    side=st.sampled_from(Side),
    country=st.sampled_from(["US", "DE", "KE", "PR", ""]),
    state=st.sampled_from(["", "TX", "AZ", "PR"]),
    confidence=st.sampled_from(["unsure", "possible", "likely", "certain"]),
    through=st.sampled_from([0, 0, 7, 8]),
    by_county=st.none() | options,
    by_state=rows,
    by_country=rows,
)
several = st.lists(places, max_size=6)


@given(several)
def test_there_is_always_exactly_one_primary_and_no_agency_twice(given_places: list[PlaceToRoute]) -> None:
    found = choose(Facts(tuple(given_places), FBI, HSI))
    assert count_primaries(found) == 1
    assert len({each.agency for each in found}) == len(found)
    assert all(each.why for each in found)


@given(several, st.randoms())
def test_the_order_in_which_places_are_read_changes_nothing(given_places: list[PlaceToRoute], random: object) -> None:
    shuffled = list(given_places)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = [(each.agency, each.part) for each in choose(Facts(tuple(given_places), FBI, HSI))]
    other = [(each.agency, each.part) for each in choose(Facts(tuple(shuffled), FBI, HSI))]
    if len(set(map(repr, given_places))) == len(given_places) and len(_keys(given_places)) == len(given_places):
        assert one == other


def _keys(given_places: list[PlaceToRoute]) -> set[tuple[object, ...]]:
    return {(p.side, p.country, p.state, p.county, p.confidence, p.through) for p in given_places}


@given(several)
def test_only_federal_agencies_get_content_on_an_unsure_place(given_places: list[PlaceToRoute]) -> None:
    unsure = [place for place in given_places if place.confidence == "unsure"]
    for each in choose(Facts(tuple(unsure), FBI, HSI)):
        assert each.part is Part.EXISTENCE_ONLY or each.agency in {"fbi", "hsi"}


@given(several)
def test_an_unchecked_foreign_contact_never_gets_content(given_places: list[PlaceToRoute]) -> None:
    abroad = [place for place in given_places if place.country in ("DE", "KE")]
    checked = {each.agency for place in abroad for each in place.by_country if each.certainty != "low"}
    for each in choose(Facts(tuple(abroad), FBI, HSI)):
        assert each.part is Part.EXISTENCE_ONLY or each.agency in checked | {"fbi", "hsi"}


@given(places)
def test_of_the_low_rows_of_one_place_at_most_one_gets_content(place: PlaceToRoute) -> None:
    found = choose(Facts((place,), FBI, HSI))
    content = [each for each in found if each.part is not Part.EXISTENCE_ONLY and each.certainty == "low"]
    assert len(content) <= 1
    assert list(found) == sorted(found, key=lambda each: PARTS.index(each.part))
