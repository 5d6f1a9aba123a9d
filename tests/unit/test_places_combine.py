"""From answers to hypotheses: ranked, named, never averaged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tipline.reference.places.combine import Confidence, combine, lower
from tipline.reference.places.values import Caution, PlaceAnswer


def answer(source: str, family: str, country: str, state: str = "", **parts: str) -> PlaceAnswer:
    return PlaceAnswer(source, family, "2026-06-05", country, state, **parts)  # type: ignore[arg-type]


FLORIDA = answer("city set", "a", "US", "FL", county_fips="12031", county="Duval County", city="Jacksonville")
US_BY_REGISTRY = answer("registry", "b", "US")
US_BY_ROUTING = answer("routing", "c", "US")


def test_two_independent_sources_that_agree_are_likely_and_the_finest_place_is_named() -> None:
    (found,) = combine([FLORIDA, US_BY_REGISTRY, US_BY_ROUTING])
    assert (found.state, found.county_fips, found.confidence) == ("FL", "12031", Confidence.LIKELY)
    assert found.supporters == ("city set", "registry", "routing")
    assert "registry (2026-06-05) agrees on the country" in found.agreement


def test_one_source_alone_is_possible_and_says_so() -> None:
    (found,) = combine([FLORIDA])
    assert found.confidence is Confidence.POSSIBLE
    assert found.agreement.endswith("no second source.")


def test_two_sources_of_one_family_are_one_witness() -> None:
    (found,) = combine([FLORIDA, answer("city set, second file", "a", "US", "FL")])
    assert found.confidence is Confidence.POSSIBLE
    assert "the same data" in found.agreement


def test_disagreement_makes_two_hypotheses_and_each_names_the_other() -> None:
    first, second = combine([answer("city set", "a", "CA", "Quebec"), US_BY_REGISTRY, US_BY_ROUTING])
    assert (first.country, first.confidence) == ("US", Confidence.POSSIBLE)
    assert (second.country, second.confidence) == ("CA", Confidence.UNSURE)
    assert "city set (2026-06-05) says Quebec, CA instead" in first.agreement
    assert second.against == ("registry", "routing")


def test_two_states_of_one_country_are_both_unsure() -> None:
    found = combine([FLORIDA, answer("other", "d", "US", "GA"), US_BY_REGISTRY, US_BY_ROUTING])
    assert {each.state for each in found} == {"FL", "GA"}
    assert {each.confidence for each in found} == {Confidence.UNSURE}


def test_a_possible_proxy_lowers_the_word() -> None:
    (found,) = combine([FLORIDA, US_BY_REGISTRY], [Caution.POSSIBLE_PROXY])
    assert found.confidence is Confidence.POSSIBLE
    assert Caution.POSSIBLE_PROXY in found.cautions


def test_no_answers_make_no_hypothesis() -> None:
    assert combine([]) == ()


answers = st.lists(
    st.builds(
        PlaceAnswer,
        source=st.sampled_from(["one", "two", "three"]),
        family=st.sampled_from(["a", "b", "c"]),
        data_date=st.just("2026-06-05"),
        country=st.sampled_from(["US", "CA", "DE"]),
        state=st.sampled_from(["", "FL", "AZ"]),
    ),
    max_size=6,
)


@given(answers)
def test_every_country_named_is_a_hypothesis_and_a_lookup_is_never_certain(
    given_answers: list[PlaceAnswer],
) -> None:
    found = combine(given_answers)
    assert {each.country for each in found} == {each.country for each in given_answers}
    assert all(each.confidence is not Confidence.CERTAIN for each in found)


@given(answers)
def test_a_contradicted_hypothesis_is_never_likely(given_answers: list[PlaceAnswer]) -> None:
    assert all(each.confidence is not Confidence.LIKELY for each in combine(given_answers) if each.against)


@given(answers)
def test_a_weakening_caution_never_raises_the_word(given_answers: list[PlaceAnswer]) -> None:
    plain = {(each.country, each.state): each.confidence for each in combine(given_answers)}
    for each in combine(given_answers, [Caution.VPN]):
        assert each.confidence is lower(plain[each.country, each.state])
