"""What analysts find by hand: kept, sealed, weighed with the rest, taken back, destroyed with the report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import ProgrammingError, connection
from django.test import Client
from tests.integration.desk_world import log_in, make_person
from tests.integration.test_enrichment_and_routing import ANALYST, bodies, document, enrich, open_in_state

from tipline.domain.errors import Refusal
from tipline.domain.findings import BestPlace, PlaceFound
from tipline.domain.report import ReportHead
from tipline.domain.states import ReportState
from tipline.platform import clock, jobs
from tipline.platform.accounts.roles import Role
from tipline.stages.enrichment import queries, research
from tipline.stages.enrichment import service as enrichment
from tipline.stages.enrichment.models import EnrichmentResearch
from tipline.stages.enrichment.research import Entry, Hint, TakenBack

pytestmark = pytest.mark.django_db
SIGN = Hint("sign", "file 2, at 0:14", "a bus stop with a town's name", "VICTIM", "us", "AZ", "Tucson")


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(jobs, "defer", lambda name, **_: found.append(name))
    return found


@pytest.fixture
def head(db: None, fixed_now: datetime) -> ReportHead:
    made = open_in_state(document("198.51.100.7"), ReportState.SECURED, fixed_now)
    enrich(made, fixed_now)
    return made


def best(head: ReportHead) -> dict[str, str]:
    return {each.role: each.state for each in bodies(head.id, BestPlace) if each.country}


def test_a_clue_joins_the_ranked_places_and_leaves_them_when_it_is_taken_back(
    head: ReportHead, fixed_now: datetime, deferred: list[str], as_role: Callable[..., Any]
) -> None:
    assert best(head) == {"SUSPECT": "FL"}
    with as_role("desk"):
        number = research.note_clue(report_id=head.id, hint=SIGN, by=ANALYST, now=fixed_now)
    assert deferred == [research.WEIGH]
    with as_role("worker"):
        enrichment.renew(report_id=head.id, now=fixed_now)
        assert enrichment.renew(report_id=head.id, now=fixed_now) == 0
    assert best(head) == {"SUSPECT": "FL", "VICTIM": "AZ"}
    child = next(each for each in bodies(head.id, BestPlace) if each.role == "VICTIM")
    assert (child.confidence, child.why) == ("unsure", "AZ, US by an analyst's clue.")
    with as_role("desk"):
        back = TakenBack("clue", number, "it is another town's")
        research.withdraw(report_id=head.id, back=back, by=ANALYST, now=fixed_now)
    with as_role("worker"):
        enrichment.renew(report_id=head.id, now=fixed_now)
        assert enrichment.renew(report_id=head.id, now=fixed_now) == 0
    assert best(head) == {"SUSPECT": "FL"}
    assert [each.country for each in bodies(head.id, PlaceFound) if each.evidence == "clue"] == [""]
    (line,) = queries.list_clues(head.id)
    assert (line.withdrawn_by, line.withdrawn_why) == ("user:analyst-1", "it is another town's")


def test_a_capture_is_sealed_has_its_digest_and_goes_with_the_purge(head: ReportHead, fixed_now: datetime) -> None:
    capture = b"a page as it was seen"
    entry = Entry("harbor_fox", "a search", "nothing of use", "https://search.example/", capture)
    number = research.note_entry(report_id=head.id, entry=entry, by=ANALYST, now=fixed_now)
    (line,) = queries.list_research(head.id)
    assert line.capture_sha256 == hashlib.sha256(capture).hexdigest()
    kept = EnrichmentResearch.objects.get(pk=number).capture
    assert kept is not None
    assert capture not in bytes(kept)
    assert research.open_capture(report_id=head.id, number=number) == capture
    with pytest.raises(Refusal, match="not_there"):
        research.open_capture(report_id=head.id + 1, number=number)
    enrichment.forget(report_id=head.id)
    assert queries.list_research(head.id) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"query": " "}, "entry_missing"),
        ({"result": ""}, "entry_missing"),
        ({"capture": b"x" * (research.MOST_CAPTURE + 1)}, "capture_size"),
    ],
)
def test_an_entry_that_says_too_little_or_too_much_is_refused(
    head: ReportHead, fixed_now: datetime, change: dict[str, Any], code: str
) -> None:
    asked = {"query": "q", "source": "s", "result": "r", **change}
    with pytest.raises(Refusal, match=code):
        research.note_entry(report_id=head.id, entry=Entry(**asked), by=ANALYST, now=fixed_now)


@pytest.mark.parametrize(
    ("country", "state", "field"),
    [("ZZ", "", "country"), ("U1", "AZ", "country"), ("EU", "", "country"), ("us", "Ontario", "state")],
)
def test_a_clue_to_a_place_that_is_none_is_refused_and_the_field_named(
    head: ReportHead, fixed_now: datetime, country: str, state: str, field: str
) -> None:
    hint = replace(SIGN, country=country, state=state)
    with pytest.raises(Refusal, match="clue_place") as refused:
        research.note_clue(report_id=head.id, hint=hint, by=ANALYST, now=fixed_now)
    assert refused.value.field == field
    assert queries.list_clues(head.id) == ()


@pytest.mark.parametrize(
    ("country", "state"), [("", ""), ("us", "arizona"), ("US", "PR"), ("ca", "Ontario"), ("", "AZ"), ("gb", "")]
)
def test_a_clue_to_a_place_that_is_one_is_kept(
    head: ReportHead, fixed_now: datetime, deferred: list[str], country: str, state: str
) -> None:
    hint = replace(SIGN, country=country, state=state)
    research.note_clue(report_id=head.id, hint=hint, by=ANALYST, now=fixed_now)
    (line,) = queries.list_clues(head.id)
    assert (line.country, line.state) == (country.upper(), state)


def test_nothing_is_taken_back_twice_or_of_another_report(head: ReportHead, fixed_now: datetime) -> None:
    number = research.note_entry(report_id=head.id, entry=Entry("q", "s", "r"), by=ANALYST, now=fixed_now)
    other = open_in_state(document("198.51.100.8"), ReportState.SECURED, fixed_now)
    with pytest.raises(Refusal, match="not_there"):
        research.withdraw(report_id=other.id, back=TakenBack("entry", number, "x"), by=ANALYST, now=fixed_now)
    research.withdraw(report_id=head.id, back=TakenBack("entry", number, "x"), by=ANALYST, now=fixed_now)
    with pytest.raises(Refusal, match="not_there"):
        research.withdraw(report_id=head.id, back=TakenBack("entry", number, "x"), by=ANALYST, now=fixed_now)


def test_nobody_changes_what_was_written_down(head: ReportHead, as_role: Callable[..., Any]) -> None:
    for role, act in (("desk", "UPDATE enrichment_enrichmentclue SET says = ''"),
                      ("desk", "DELETE FROM enrichment_enrichmentresearch"),
                      ("portal", "SELECT * FROM enrichment_enrichmentclue")):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
            connection.cursor().execute(act)


@pytest.mark.urls("tipline.interfaces.desk.urls")
def test_the_page_keeps_a_clue_and_a_look_up_shows_both_and_hands_the_capture_out(
    fixed_now: datetime, db: None, deferred: list[str], client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    made = {
        **document("198.51.100.7"),
        "additionalInfo": "write to someone@mailinator.com or see hxxp://photos[.]example/p",
    }
    head = open_in_state(made, ReportState.SECURED, fixed_now)
    log_in(client, make_person("analyst-1", Role.ANALYST, fixed_now), fixed_now)
    page = f"/reports/{head.number}/research/"
    shown = client.get(page).content.decode()
    assert "disposable mail" in shown
    assert "photos[.]example/p" in shown
    said = {"kind": "plug", "seen_in": "file 1", "says": "three flat pins", "role": "VICTIM", "country": "gb"}
    assert client.post(page, {"clue": "1", **said}).status_code == 302
    refused = client.post(page, {"clue": "1", **said, "country": "ZZ"})
    assert set(refused.context["clue_form"].errors) == {"country"}
    asked = {"query": "harbor_fox", "source": "a search", "result": "nothing", "capture": ContentFile(b"seen", "x.png")}
    assert client.post(page, asked).status_code == 302
    assert client.post(page, {"query": "x"}).status_code == 422
    shown = client.get(page).content.decode()
    assert "three flat pins" in shown
    (entry,) = queries.list_research(head.id)
    assert client.post(f"{page}{entry.id}/capture/").content == b"seen"
    assert client.post(f"{page}{entry.id + 1}/capture/").status_code == 404
    back = {"what": "entry", "number": entry.id, "why": "of somebody else"}
    assert client.post(f"{page}withdraw/", back).status_code == 302
    assert client.post(f"{page}withdraw/", back).status_code == 422
    assert "of somebody else" in client.get(page).content.decode()
