"""The packaged facts: complete, of known certainty, consistent with the county table."""

from __future__ import annotations

from tipline.platform.program_secrets import fast_form, hash_secret, is_fast, make_secret, matches
from tipline.reference.directory import facts
from tipline.reference.places.counties import counties


def test_there_are_61_task_forces_and_every_state_and_the_district_has_one() -> None:
    forces = facts.task_forces()
    assert len({each.id for each in forces}) == 61
    covered = {state for each in forces for state in each.states}
    territories = {"PR", "GU", "VI", "AS", "MP", "UM"}
    assert covered == {each.state for each in counties().values()} - territories


def test_every_county_of_the_split_states_is_assigned_or_left_to_the_rest_of_the_state() -> None:
    given = facts.county_task_forces()
    forces = {each.id: each for each in facts.task_forces()}
    split = {state for each in forces.values() if not each.statewide for state in each.states}
    rest = {state for each in forces.values() if each.rest_of_state for state in each.states}
    for fips, county in counties().items():
        if county.state in split - rest:
            assert fips in given, f"{county.name}, {county.state}"
    for fips, (agency, certainty) in given.items():
        assert counties()[fips].state in forces[agency].states
        assert certainty in facts.CERTAINTIES


def test_a_row_is_as_sure_as_its_weakest_part() -> None:
    by_id = {each.id: each for each in facts.task_forces()}
    assert by_id["icac-tn"].certainty == "low"
    assert by_id["icac-fl-central"].certainty == "medium"
    assert facts.weakest("medium (member by list)", "high") == "medium"


def test_every_country_has_a_recipient_and_a_bureau_nobody_checked_is_of_low_certainty() -> None:
    agencies, countries = facts.foreign()
    known = {each.id: each for each in (*agencies, *facts.channels())}
    assert len(countries) >= 245
    for each in countries:
        assert each.agency in known
        assert known[each.agency].certainty in facts.CERTAINTIES
        if each.agency.startswith("interpol-"):
            assert each.certainty == "low"
    receives = {each.country: each.agency for each in countries}
    assert (receives["GB"], receives["PL"], receives["KE"]) == ("national-gb", "europol", "interpol-ke")
    assert "US" not in receives


def test_companies_are_loaded_without_the_printed_total() -> None:
    names = facts.companies()
    assert len(names) > 240
    assert not any(name.startswith("TOTAL") for name in names)
    assert all(facts.slug_of(name) for name in names)


def test_task_forces_of_a_split_state_are_ordered_by_the_people_they_cover() -> None:
    people = facts.populations(
        [(each.fips, each.state, each.city_population) for each in counties().values()], facts.task_forces()
    )
    assert people["icac-il-cook"] > 0
    assert people["icac-ca-la"] == max(people[key] for key in people if key.startswith("icac-ca"))
    assert set(people) >= {each.id for each in facts.task_forces()}


def test_a_secret_matches_its_own_hash_alone() -> None:
    secret = make_secret()
    kept = hash_secret(secret)
    assert secret not in kept
    assert kept.startswith("$argon2id$")
    assert matches(kept, secret)
    assert not matches(kept, make_secret())
    assert not matches(None, secret)
    assert not matches("no hash at all", secret)


def test_a_secret_of_our_own_making_has_a_form_that_is_compared_fast() -> None:
    secret = make_secret()
    kept = fast_form(secret)
    assert secret not in kept
    assert is_fast(kept)
    assert not is_fast(hash_secret("1234"))
    assert matches(kept, secret)
    assert not matches(kept, make_secret())


def test_every_hotline_has_a_name_and_one_of_the_three_certainties() -> None:
    found = facts.hotlines()
    assert len(found) > 20
    assert {certainty for _, _, _, certainty in found} <= set(facts.CERTAINTIES)
