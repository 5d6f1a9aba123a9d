"""From a report to agencies on the real database: real place data, none at all, the demo, a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from tests.integration.places_data import ROOT, find_place_data

from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.errors import Refusal
from tipline.domain.findings import BestPlace, Finding, LinkFound, LookupFailed, PlaceFound
from tipline.domain.report import ReportHead, Source
from tipline.domain.states import ReportState
from tipline.reference.directory import service as directory
from tipline.reference.places import lookup
from tipline.reference.places.lookup import Shelf
from tipline.reference.places.sources import reverse_dns, whois, whois_domain
from tipline.reference.places.values import NameAnswer, NoAnswer, PlaceAnswer, Reason, RegistrationAnswer
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.models import Report, Submission
from tipline.reports.values import Opening
from tipline.stages.enrichment import asking
from tipline.stages.enrichment import queries as lookups
from tipline.stages.enrichment import service as enrichment
from tipline.stages.routing import queries as routings
from tipline.stages.routing import service as routing
from tipline.stages.routing.rules import Part

pytestmark = pytest.mark.django_db
BY = system("test")
ANALYST = Actor(ActorKind.USER, "analyst-1", role="ANALYST")


@pytest.fixture
def loaded(db: None, fixed_now: datetime) -> None:
    directory.load_reference(now=fixed_now)


def document(address: str, *, child_city: str = "", child_state: str = "") -> dict[str, Any]:
    suspect = {
        "personOrUserReportedPerson": {},
        "ipCaptureEvent": [{"ipAddress": address, "eventName": "Login"}],
    }
    made: dict[str, Any] = {
        "incidentSummary": {"incidentType": "Online Enticement of Children for Sexual Acts"},
        "reporter": {"reportingPerson": {}},
        "personOrUserReported": [suspect],
    }
    if child_state:
        made["victim"] = [{"victimPerson": {"address": [{"city": child_city, "state": child_state}]}}]
    return made


def open_in_state(made: dict[str, Any], state: ReportState, now: datetime) -> ReportHead:
    opening = Opening(source=Source.ESP_API, raw=b"<report/>", media_type="text/xml", document=made)
    opened = record.open_report(opening=opening, by=BY, now=now)
    Report.objects.filter(pk=opened.id).update(state=state)
    return reports.load_head(opened.id)


def enrich(head: ReportHead, now: datetime) -> None:
    result = enrichment.decide(head, enrichment.gather(head), now)
    enrichment.save(head, result, now)
    assert record.advance(report_id=head.id, result=result, by=BY, now=now, from_state=head.state)


def route(head: ReportHead, now: datetime) -> dict[str, Part]:
    Report.objects.filter(pk=head.id).update(state=ReportState.TRIAGED)
    head = reports.load_head(head.id)
    result = routing.decide(head, routing.gather(head), now)
    routing.save(head, result, now)
    assert record.advance(report_id=head.id, result=result, by=BY, now=now, from_state=head.state)
    return {each.agency: each.part for each in routings.list_recipients(head.id)}


def bodies(report_id: int, kind: type[Any]) -> list[Any]:
    return [each.body for each in reports.current_findings(report_id, kind.kind)]


def use_shelf(monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> None:
    monkeypatch.setattr(enrichment, "shelf_of", lambda _settings: shelf)


@pytest.fixture(scope="module")
def real_data() -> Path:
    found = find_place_data()
    if found is None:
        pytest.skip("the place packages are not installed and npm could not install them")
    return found


def test_with_the_real_data_a_campus_address_is_placed_by_three_sources_and_its_network_is_named(
    loaded: None, fixed_now: datetime, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_shelf(monkeypatch, Shelf(real_data))
    head = open_in_state(document("128.32.1.1"), ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    (place,) = bodies(head.id, PlaceFound)
    assert (place.state, place.county_fips, place.confidence) == ("CA", "06001", "likely")
    assert len(place.sources) == 3
    assert all(", 2026-" in source for source in place.sources)
    assert "agrees on the country" in place.agreement
    assert "California" in place.provider
    assert route(head, fixed_now) == {"icac-ca-sv": Part.PRIMARY}


def test_with_the_real_data_a_disagreement_between_countries_is_kept(
    loaded: None, fixed_now: datetime, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_shelf(monkeypatch, Shelf(real_data))
    # An anycast address: the city set says Canada, both country sets say the United States.
    head = open_in_state(document("2001:4860:4860::8888"), ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    (place,) = bodies(head.id, PlaceFound)
    assert place.country == "US"
    assert "says Montreal, Quebec, CA instead" in place.agreement
    assert "anycast" in place.cautions
    answers = {each.source: each.answer.get("country") for each in lookups.list_lookups(head.id)}
    assert answers["DB-IP city"] == "CA"
    assert answers["registry allocations"] == "US"


def test_with_the_real_data_a_reserved_address_is_refused_before_any_source_is_asked(
    loaded: None, fixed_now: datetime, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_shelf(monkeypatch, Shelf(real_data))
    head = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    assert bodies(head.id, PlaceFound) == []
    (note,) = bodies(head.id, LookupFailed)
    assert note.reason == "reserved range: documentation (TEST-NET-2), RFC 5737"
    assert route(head, fixed_now) == {"fbi": Part.PRIMARY}


def test_with_the_data_removed_each_source_says_so_and_the_report_walks_on(
    loaded: None, fixed_now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_shelf(monkeypatch, Shelf(tmp_path))
    head = open_in_state(document("8.8.8.8", child_city="Phoenix", child_state="AZ"), ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    assert reports.load_head(head.id).state is ReportState.ENRICHED
    notes = bodies(head.id, LookupFailed)
    assert len(notes) == 4
    assert {note.reason for note in notes} == {"source not installed"}
    # The child's place needs no download, so the child's task force still gets the report.
    assert route(head, fixed_now) == {"icac-az": Part.PRIMARY}


EVERYTHING: dict[str, Any] = {
    **document("8.8.8.8", child_city="Phoenix", child_state="AZ"),
    "internetDetails": [
        {"cellPhoneIncident": {"latitude": 33.45, "longitude": -112.07}},
        {"chatImIncident": {"content": "I live in Tucson, AZ with my whole family, on MST. See you there tomorrow."}},
    ],
    "personOrUserReported": [
        {
            "personOrUserReportedPerson": {
                "phone": [{"#": "+49 30 901820"}],
                "email": [{"#": "a@web.de"}],
            },
            "ipCaptureEvent": [{"ipAddress": "8.8.8.8", "dateTime": "2026-01-12T10:00:00-06:00"}],
        }
    ],
}


@pytest.mark.parametrize("how", ["off", "broken"])
@pytest.mark.parametrize("source", lookup.SOURCES, ids=lookup.name_of)
def test_each_source_turned_off_or_broken_is_said_and_the_report_walks_on(
    loaded: None,
    fixed_now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: ModuleType,
    how: str,
) -> None:
    if how == "broken":
        monkeypatch.setattr(source, "look_up", lambda *_: 1 / 0)
        use_shelf(monkeypatch, Shelf(tmp_path))
    else:
        use_shelf(monkeypatch, Shelf(tmp_path, off=frozenset({lookup.name_of(source)})))
    head = open_in_state(EVERYTHING, ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    assert reports.load_head(head.id).state is ReportState.ENRICHED
    said = {note.source: note.reason for note in bodies(head.id, LookupFailed)}
    assert said[source.SOURCE] == ("switched off" if how == "off" else "the source failed: ZeroDivisionError")
    # The others answered: a best place of the child is there without any one of them.
    assert {each.role for each in bodies(head.id, BestPlace)} >= {"VICTIM"}


def test_what_is_asked_live_is_kept_as_dated_evidence_and_stands_in_the_finding(
    loaded: None, fixed_now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = PlaceAnswer(whois.SOURCE, "registry", "2024-02-03", "DE")
    name = NameAnswer(reverse_dns.SOURCE, "", ("vps1.example.de",), ("hosting",))
    kept = RegistrationAnswer(whois_domain.SOURCE, "2024-03-04", "shop-example.com", "Example Registrar", "2015-01-02")
    for source, answer in ((whois, country), (reverse_dns, name), (whois_domain, kept)):
        monkeypatch.setattr(source, "look_up", lambda *_, said=answer: said)
    use_shelf(monkeypatch, Shelf(tmp_path, whois="whois.example", resolver="127.0.0.1"))
    made = document("8.8.8.8")
    made["personOrUserReported"][0]["personOrUserReportedPerson"] = {"email": [{"#": "a@shop-example.com"}]}
    head = open_in_state(made, ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    answers = {each.source: each for each in lookups.list_lookups(head.id) if each.answered}
    assert answers[whois.SOURCE].data_date == "2024-02-03"
    assert answers[reverse_dns.SOURCE].answer["names"] == ["vps1.example.de"]
    assert answers[whois_domain.SOURCE].answer["registrar"] == "Example Registrar"
    placed = {each.evidence: each for each in bodies(head.id, PlaceFound)}
    assert (placed["ip"].country, placed["ip"].cautions) == ("DE", ("hosting",))
    assert "; the address is called vps1.example.de." in placed["ip"].agreement
    assert "registered on 2015-01-02 with Example Registrar" in placed["ending"].agreement
    assert placed["ending"].country == ""


def test_every_source_that_can_be_turned_off_is_named_in_the_guide() -> None:
    guide = (ROOT / "docs/howto/add_a_lookup_source.md").read_text(encoding="utf-8")
    names = map(lookup.name_of, (*lookup.SOURCES, *lookup.LIVE_SOURCES))
    assert [name for name in names if f"`{name}`" not in guide] == []


def test_in_the_demo_the_suspect_is_in_florida_the_child_in_arizona_and_every_place_names_the_demo_source(
    loaded: None, fixed_now: datetime
) -> None:
    made = document("198.51.100.7", child_city="Phoenix", child_state="AZ")
    head = open_in_state(made, ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    best = {each.role: each for each in bodies(head.id, BestPlace)}
    assert (best["SUSPECT"].county, best["VICTIM"].county) == ("Duval County", "Maricopa County")
    by_address = next(each for each in bodies(head.id, PlaceFound) if each.evidence == "ip")
    assert by_address.sources == ("demo place source (made up)",)
    assert route(head, fixed_now) == {"icac-fl-north": Part.PRIMARY, "icac-az": Part.COPY}


def test_a_linked_report_lends_the_suspects_place(loaded: None, fixed_now: datetime) -> None:
    company = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    enrich(company, fixed_now)
    parent = open_in_state(document("10.0.0.1", child_city="Denver", child_state="CO"), ReportState.SECURED, fixed_now)
    enrich(parent, fixed_now)
    link = LinkFound(company.id, company.number, "HANDLE", "harbor_fox", 70, "The same handle")
    record.append_findings(
        report_id=parent.id,
        findings=[Finding("link", link, by=str(BY), tool="test", at=fixed_now)],
        by=BY,
        now=fixed_now,
    )
    assert route(parent, fixed_now) == {"icac-fl-north": Part.PRIMARY, "icac-co": Part.COPY}


def test_look_ups_are_kept_once_as_dated_evidence_and_go_with_the_purge(
    loaded: None, fixed_now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    result = enrichment.decide(head, enrichment.gather(head), fixed_now)
    enrichment.save(head, result, fixed_now)
    enrichment.save(head, result, fixed_now)
    (line,) = lookups.list_lookups(head.id)
    assert (line.source, line.data_date, line.at) == ("demo place source (made up)", "", fixed_now)
    json.dumps(line.answer)
    enrichment.forget(report_id=head.id)
    assert lookups.list_lookups(head.id) == ()


def test_late_facts_are_looked_up_and_only_what_is_new_becomes_a_finding(loaded: None, fixed_now: datetime) -> None:
    head = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    assert enrichment.renew(report_id=head.id, now=fixed_now) == 0
    Submission.objects.filter(report_id=head.id).update(
        document=document("198.51.100.7", child_city="Phoenix", child_state="AZ")
    )
    # the child's address, and the child's best place
    assert enrichment.renew(report_id=head.id, now=fixed_now) == 2
    assert [each.evidence for each in lookups.list_lookups(head.id)] == ["ip", "address"]


@pytest.mark.parametrize(("reason", "stays"), [(Reason.FAILED, True), (Reason.NOT_IN_DATA, False)])
def test_what_a_source_said_before_is_not_taken_back_because_it_is_silent(
    loaded: None, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch, reason: Reason, stays: bool
) -> None:
    head = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    monkeypatch.setattr(asking, "ask", lambda *_: (NoAnswer("registry", reason),))
    enrichment.renew(report_id=head.id, now=fixed_now)
    kept = [found.body for found in reports.current_findings(head.id, BestPlace.kind)]
    assert [bool(isinstance(body, BestPlace) and body.country) for body in kept] == [stays]


def test_a_persons_choice_is_kept_by_the_rules_and_after_routing_becomes_late_news(
    loaded: None, fixed_now: datetime
) -> None:
    head = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    enrich(head, fixed_now)
    first = routing.Choice((("icac-fl-south", Part.COPY), ("icac-ga", Part.PRIMARY)), "Known case in Georgia")
    routing.choose_recipients(report_id=head.id, choice=first, by=ANALYST, now=fixed_now)
    assert route(head, fixed_now) == {"icac-ga": Part.PRIMARY, "icac-fl-south": Part.COPY}
    second = routing.Choice((("icac-fl-north", Part.PRIMARY),), "Georgia says the suspect moved")
    routing.choose_recipients(report_id=head.id, choice=second, by=ANALYST, now=fixed_now)
    found = routings.find_routing(head.id)
    assert found is not None
    assert (found.by, found.by_person) == ("user:analyst-1", True)
    assert [each.agency for each in found.recipients] == ["icac-fl-north"]
    assert len(routings.list_routings(head.id)) == 2
    subjects = {each.subject for each in reports.current_findings(head.id, "recipient_chosen")}
    assert "icac-fl-north" in subjects


@pytest.mark.parametrize(
    ("parts", "reason", "code"),
    [
        ((("icac-az", Part.PRIMARY),), " ", "reason_missing"),
        ((("icac-az", Part.COPY),), "x", "one_primary"),
        ((("icac-az", Part.PRIMARY), ("icac-co", Part.PRIMARY)), "x", "one_primary"),
        ((("icac-az", Part.PRIMARY), ("icac-az", Part.COPY)), "x", "agency_twice"),
        ((("icac-atlantis", Part.PRIMARY),), "x", "no_agency"),
    ],
)
def test_a_choice_that_is_none_is_refused(
    loaded: None, fixed_now: datetime, parts: tuple[tuple[str, Part], ...], reason: str, code: str
) -> None:
    head = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    with pytest.raises(Refusal, match=code):
        routing.choose_recipients(report_id=head.id, choice=routing.Choice(parts, reason), by=ANALYST, now=fixed_now)
    assert routings.list_recipients(head.id) == ()


def test_the_worker_enriches_and_routes_with_its_own_rights_and_nobody_changes_a_decision(
    loaded: None, fixed_now: datetime, as_role: Callable[..., object]
) -> None:
    head = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    with as_role("worker"):  # type: ignore[attr-defined]
        enrich(head, fixed_now)
        assert route(head, fixed_now) == {"icac-fl-north": Part.PRIMARY}
    for role in ("worker", "desk"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):  # type: ignore[attr-defined]
            connection.cursor().execute("UPDATE routing_routedagency SET part = 'COPY'")
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal"):  # type: ignore[attr-defined]
        connection.cursor().execute("SELECT * FROM enrichment_enrichmentlookup")
