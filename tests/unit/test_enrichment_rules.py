"""From clues to places: suspect and child apart, disagreement said, silent sources noted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tipline.domain.findings import BestPlace, LookupFailed, PlaceFound, decode, encode
from tipline.domain.report import PersonRole
from tipline.reference.places.combine import Confidence
from tipline.reference.places.lookup import Shelf
from tipline.reference.places.values import NoAnswer, PlaceAnswer, ProviderAnswer, Reason
from tipline.stages.enrichment.asking import ask
from tipline.stages.enrichment.clues import INCIDENT, Clue, clues_of
from tipline.stages.enrichment.rules import LookedUp, best_place, decide, failures, place_found

NOW = datetime(2026, 1, 13, 15, 0, tzinfo=UTC)
DEMO = Shelf(Path("nowhere"), demo=True)

DOCUMENT: dict[str, Any] = {
    "internetDetails": [{"nonInternetIncident": {"incidentAddress": [{"city": "Tampa", "state": "FL"}]}}],
    "personOrUserReported": [
        {
            "personOrUserReportedPerson": {"phone": [{"#": "904-555-0123", "@countryCallingCode": "+1"}]},
            "ipCaptureEvent": [
                {"ipAddress": "198.51.100.7", "eventName": "Login", "dateTime": "2026-01-12T10:00:00Z"},
                {"ipAddress": "198.51.100.7", "eventName": "Upload", "dateTime": "2026-01-13T10:00:00Z"},
                {"ipAddress": "203.0.113.70", "possibleProxy": True},
            ],
            "estimatedLocation": {
                "city": "Jacksonville",
                "region": "FL",
                "countryCode": "US",
                "@verified": True,
            },
        }
    ],
    "victim": [{"victimPerson": {"address": [{"city": "Phoenix", "state": "AZ", "zipCode": "85003"}]}}],
}


def looked_up(document: dict[str, Any]) -> list[LookedUp]:
    return [LookedUp(clue, ask(clue, DEMO)) for clue in clues_of([document])]


def placed(role: str, evidence: str, value: str, **place: Any) -> LookedUp:
    """One clue that one source placed."""
    answer = PlaceAnswer("a source", "one", "2026-06-05", "US", **place)
    return LookedUp(Clue(role, evidence, value), (answer,))


def bodies(document: dict[str, Any]) -> list[Any]:
    return [each.body for each in decide(None, looked_up(document), NOW).findings]  # type: ignore[arg-type]


def test_equal_clues_become_one_with_the_latest_time() -> None:
    clues = clues_of([DOCUMENT, DOCUMENT])
    assert len({each.subject for each in clues}) == len(clues)
    login = next(each for each in clues if each.value == "198.51.100.7")
    assert login.seen_at == datetime(2026, 1, 13, 10, 0, tzinfo=UTC)


def test_the_suspect_and_the_child_have_a_best_place_each() -> None:
    best = {each.role: each for each in bodies(DOCUMENT) if isinstance(each, BestPlace)}
    assert (best["SUSPECT"].state, best["SUSPECT"].county_fips) == ("FL", "12031")
    assert (best["VICTIM"].state, best["VICTIM"].county_fips) == ("AZ", "04013")


def test_a_place_elsewhere_is_said_and_lowers_the_word() -> None:
    suspect = DOCUMENT["personOrUserReported"][0]

    def best(events: list[dict[str, Any]]) -> BestPlace:
        document = {**DOCUMENT, "personOrUserReported": [{**suspect, "ipCaptureEvent": events}]}
        return next(each for each in bodies(document) if isinstance(each, BestPlace) and each.role == "SUSPECT")

    alone = best([])
    assert (alone.state, alone.confidence, alone.disagreement) == ("FL", "likely", "")
    houston = [{"ipAddress": f"203.0.113.{last}"} for last in (70, 71, 72)]
    with_houston = best(houston)
    assert (with_houston.state, with_houston.confidence) == ("FL", "possible")
    assert "TX, US by 3 times an IP address." in with_houston.disagreement
    assert [each.state for each in with_houston.ranked] == ["TX"]
    assert with_houston.probability < alone.probability
    # Behind proxies they are said all the same, and take no word away.
    proxied = best([{**event, "possibleProxy": True} for event in houston])
    assert (proxied.confidence, "TX, US" in proxied.disagreement) == ("likely", True)


def test_a_proxy_is_a_caution_on_the_place() -> None:
    found = next(each for each in bodies(DOCUMENT) if isinstance(each, PlaceFound) and each.value == "203.0.113.70")
    assert "possible_proxy" in found.cautions
    assert found.confidence == "unsure"
    assert found.sources == ("demo place source (made up)",)


def test_a_telephone_number_is_never_more_than_possible() -> None:
    found = next(each for each in bodies(DOCUMENT) if isinstance(each, PlaceFound) and each.evidence == "phone")
    assert (found.state, found.confidence) == ("FL", "possible")


def test_the_place_of_an_incident_counts_for_the_child_where_nothing_else_does() -> None:
    incident = placed(INCIDENT, "address", "Tampa, FL", state="FL")
    home = placed("VICTIM", "address", "Phoenix, AZ", state="AZ")
    language = placed("VICTIM", "language", "free text")
    only_incident = best_place(PersonRole.VICTIM, [incident, language])
    with_home = best_place(PersonRole.VICTIM, [incident, home])
    assert only_incident is not None
    assert with_home is not None
    assert (only_incident.state, with_home.state) == ("FL", "AZ")
    assert best_place(PersonRole.SUSPECT, [incident, home]) is None


def test_two_places_of_the_same_weight_are_unsure() -> None:
    one, other = placed("SUSPECT", "ip", "x", state="AZ"), placed("SUSPECT", "ip", "y", state="FL")
    best = best_place(PersonRole.SUSPECT, [one, other])
    assert best is not None
    assert best.confidence == "unsure"
    assert best == best_place(PersonRole.SUSPECT, [other, one])


def test_counties_that_weigh_the_same_are_not_chosen_between() -> None:
    one = placed("SUSPECT", "ip", "x", state="FL", county_fips="12031", county="Duval County")
    other = placed("SUSPECT", "ip", "y", state="FL", county_fips="12086", county="Miami-Dade County")
    best = best_place(PersonRole.SUSPECT, [one, other])
    assert best is not None
    assert (best.state, best.county_fips) == ("FL", "")
    assert "disagree" in best.disagreement


def test_a_language_or_a_zone_names_no_place_and_weighs_what_others_name() -> None:
    spanish = LookedUp(
        Clue("SUSPECT", "language", "free text"), (PlaceAnswer("language", "language", "", "MX", share=0.3),)
    )
    assert best_place(PersonRole.SUSPECT, [spanish]) is None
    (hint,) = [found for each in [spanish] if (found := place_found(each))]
    assert (hint.country, "Fits MX" in hint.agreement) == ("", True)
    torn = [
        LookedUp(Clue("SUSPECT", "ip", "x"), (PlaceAnswer("a", "one", "", "MX"), PlaceAnswer("b", "two", "", "DE"))),
        spanish,
    ]
    best = best_place(PersonRole.SUSPECT, torn)
    assert best is not None
    assert best.country == "MX"


def test_a_picture_of_a_place_and_an_old_address_weigh_what_they_should() -> None:
    document = {
        "incidentSummary": {"incidentDateTime": "2026-01-13T10:00:00Z"},
        "personOrUserReported": [
            {
                "ipCaptureEvent": [
                    {"ipAddress": "203.0.113.70", "dateTime": "2022-01-12T10:00:00Z"},
                    {"ipAddress": "198.51.100.7", "dateTime": "2026-01-12T10:00:00Z"},
                ]
            }
        ],
    }
    old, new = clues_of([document])
    assert (round(old.days), new.days) == (1462, 1.0)
    best = next(each for each in bodies(document) if isinstance(each, BestPlace))
    assert (best.state, [each.state for each in best.ranked]) == ("FL", ["TX"])


def test_the_provider_is_named_and_its_name_warns() -> None:
    clue = Clue("SUSPECT", "ip", "192.0.2.9")
    answers = (
        PlaceAnswer("city set", "a", "2026-06-05", "US", "FL"),
        PlaceAnswer("registry", "b", "2026-06-17", "US"),
        ProviderAnswer("network table", "2026-06-17", 64500, "Example VPN", ("vpn",)),
    )
    found = place_found(LookedUp(clue, answers))
    assert found is not None
    assert (found.provider, found.confidence) == ("Example VPN (AS64500)", Confidence.POSSIBLE)
    assert found.sources == ("city set, 2026-06-05", "registry, 2026-06-17")


def test_missing_sources_are_noted_once_and_refused_values_one_by_one() -> None:
    facts = [
        LookedUp(Clue("SUSPECT", "ip", value), (NoAnswer("city set", Reason.NOT_INSTALLED),)) for value in ("a", "b")
    ]
    facts.append(
        LookedUp(Clue("SUSPECT", "ip", "10.0.0.1"), (NoAnswer("reserved ranges", Reason.RESERVED, "private"),))
    )
    assert failures(facts) == (
        LookupFailed("reserved ranges", "10.0.0.1", "reserved range: private"),
        LookupFailed("city set", "2 look-ups", "source not installed"),
    )
    assert failures(facts[:1]) == (LookupFailed("city set", "1 look-up", "source not installed"),)


def test_a_report_without_clues_walks_on_without_findings() -> None:
    result = decide(None, [], NOW)  # type: ignore[arg-type]
    assert (result.to_state, result.findings) == ("ENRICHED", ())


def test_every_finding_has_a_subject_of_its_own() -> None:
    found = decide(None, looked_up(DOCUMENT), NOW).findings  # type: ignore[arg-type]
    assert len({(each.kind, each.subject) for each in found}) == len(found)


def test_a_best_place_comes_back_from_storage_as_it_was_and_an_older_one_still_does() -> None:
    best = next(each for each in bodies(DOCUMENT) if isinstance(each, BestPlace) and each.role == "SUSPECT")
    assert best.ranked
    assert decode("best_place", json.loads(json.dumps(encode(best)))) == best
    older = decode("best_place", {"role": "SUSPECT", "country": "US", "state": "FL"})
    assert isinstance(older, BestPlace)
    assert (older.ranked, older.radius_km) == ((), None)


def test_what_points_to_a_place_is_found_wherever_the_wire_carries_it() -> None:
    document = {
        "incidentSummary": {"incidentDateTime": "2026-01-12T18:00:00Z"},
        "internetDetails": [
            {"cellPhoneIncident": {"latitude": 33.45, "longitude": -112.07}},
            {"chatImIncident": {"content": "i am on CET. moved here from Leeds, England last year"}},
        ],
        "personOrUserReported": [
            {
                "personOrUserReportedPerson": {"email": [{"#": "someone@web.de"}, {"#": "a@shop.example.co.uk"}]},
                "profileBio": "Welder. I live in Duluth, MN and like fishing.",
                "ipCaptureEvent": [{"ipAddress": "198.51.100.7", "dateTime": "2026-01-12T10:00:00-06:00"}],
            }
        ],
        "victim": [{"victimPerson": {}, "schoolName": "Tucson High School"}],
    }
    found = {
        (each.role, each.evidence): (each.country, each.state, each.city)
        for each in bodies(document)
        if isinstance(each, PlaceFound)
    }
    assert found["INCIDENT", "gps"][:2] == ("US", "AZ")
    assert found["SUSPECT", "place_name"] == ("US", "MN", "Duluth")
    assert found["INCIDENT", "place_name"][0] == "GB"
    assert found["VICTIM", "place_name"] == ("US", "AZ", "Tucson")
    assert found["SUSPECT", "mail"][0] == "DE"
    assert found["SUSPECT", "ending"][0] in ("DE", "GB")
    assert found["SUSPECT", "zone"][0] == ""
    assert ("INCIDENT", "stated_zone") in found
    # Nothing of it names a source as failed: most texts and domains name no place.
    assert not [each for each in bodies(document) if isinstance(each, LookupFailed)]
