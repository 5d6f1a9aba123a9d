"""From clues to places: suspect and child apart, disagreement said, silent sources noted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tipline.domain.findings import BestPlace, LookupFailed, PlaceFound
from tipline.domain.report import PersonRole
from tipline.reference.places.combine import Confidence
from tipline.reference.places.lookup import Shelf, places_of_address, places_of_number, places_of_stated
from tipline.reference.places.values import NoAnswer, PlaceAnswer, ProviderAnswer, Reason
from tipline.stages.enrichment.clues import INCIDENT, Clue, clues_of
from tipline.stages.enrichment.rules import LookedUp, best_place, decide, failures, place_found

NOW = datetime(2026, 1, 13, 15, 0, tzinfo=UTC)
DEMO = Shelf(Path("nowhere"), demo=True)

DOCUMENT: dict[str, Any] = {
    "internetDetails": [{"locationIncident": {"incidentAddress": [{"city": "Tampa", "state": "FL"}]}}],
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
    found = []
    for clue in clues_of([document]):
        if clue.evidence == "ip":
            answers = places_of_address(clue.value, DEMO)
        elif clue.evidence == "phone":
            answers = places_of_number(clue.value, DEMO)
        else:
            answers = places_of_stated(clue.stated)
        found.append(LookedUp(clue, answers))
    return found


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
    with_houston = next(each for each in bodies(DOCUMENT) if isinstance(each, BestPlace) and each.role == "SUSPECT")
    assert with_houston.confidence == "possible"
    assert "TX, US by an IP address" in with_houston.disagreement
    document = {
        **DOCUMENT,
        "personOrUserReported": [{**DOCUMENT["personOrUserReported"][0], "ipCaptureEvent": []}],
    }
    alone = next(each for each in bodies(document) if isinstance(each, BestPlace) and each.role == "SUSPECT")
    assert (alone.confidence, alone.disagreement) == ("likely", "")


def test_a_proxy_is_a_caution_on_the_place() -> None:
    found = next(each for each in bodies(DOCUMENT) if isinstance(each, PlaceFound) and each.value == "203.0.113.70")
    assert "possible_proxy" in found.cautions
    assert found.confidence == "unsure"
    assert found.sources == ("demo place source (made up)",)


def test_a_telephone_number_is_never_more_than_possible() -> None:
    found = next(each for each in bodies(DOCUMENT) if isinstance(each, PlaceFound) and each.evidence == "phone")
    assert (found.state, found.confidence) == ("FL", "possible")


def test_the_place_of_an_incident_counts_for_the_child_where_nothing_else_does() -> None:
    incident = PlaceFound(INCIDENT, "address", "Tampa, FL", "US", "FL", confidence="possible")
    home = PlaceFound("VICTIM", "address", "Phoenix, AZ", "US", "AZ", confidence="possible")
    only_incident, with_home = (
        best_place(PersonRole.VICTIM, [incident]),
        best_place(PersonRole.VICTIM, [incident, home]),
    )
    assert only_incident is not None
    assert with_home is not None
    assert (only_incident.state, with_home.state) == ("FL", "AZ")
    assert best_place(PersonRole.SUSPECT, [incident, home]) is None


def test_two_places_of_the_same_weight_are_unsure() -> None:
    one = PlaceFound("SUSPECT", "ip", "x", "US", "AZ", confidence="likely")
    other = PlaceFound("SUSPECT", "ip", "y", "US", "FL", confidence="likely")
    best = best_place(PersonRole.SUSPECT, [one, other])
    assert best is not None
    assert best.confidence == "unsure"
    assert best == best_place(PersonRole.SUSPECT, [other, one])


def test_counties_that_weigh_the_same_are_not_chosen_between() -> None:
    one = PlaceFound("SUSPECT", "ip", "x", "US", "FL", "12031", "Duval County", confidence="likely")
    other = PlaceFound("SUSPECT", "ip", "y", "US", "FL", "12086", "Miami-Dade County", confidence="likely")
    best = best_place(PersonRole.SUSPECT, [one, other])
    assert best is not None
    assert (best.state, best.county_fips) == ("FL", "")
    assert "disagree" in best.disagreement


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


def test_a_report_without_clues_walks_on_without_findings() -> None:
    result = decide(None, [], NOW)  # type: ignore[arg-type]
    assert (result.to_state, result.findings) == ("ENRICHED", ())


def test_every_finding_has_a_subject_of_its_own() -> None:
    found = decide(None, looked_up(DOCUMENT), NOW).findings  # type: ignore[arg-type]
    assert len({(each.kind, each.subject) for each in found}) == len(found)
