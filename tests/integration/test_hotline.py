"""The telephone desk: written while listening, no word lost, the same record as from every other door."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.integration.desk_world import log_in, make_person

from tipline.domain.cybertip import reading
from tipline.domain.report import PersonRole, Source
from tipline.interfaces.hotline.models import Draft
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.reports import queries as reports
from tipline.reports.models import Report, Submission
from tipline.stages.intake.models import Receipt

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.desk.urls")]
CALL = "/hotline/calls/" + "a1" * 16 + "/"
SAID = {
    "words": "Somebody threatens my daughter online.",
    "handles": "harbor_fox\nharbor_fox2",
    "app": "Example Chat",
    "emails": "harbor.fox@example.com",
    "child_age": "14",
    "child_city": "Phoenix",
    "child_state": "AZ",
    "ongoing": "today",
    "harms": ["pictures_threat"],
    "danger": "no",
    "reporter_is": "parent",
    "caller_name": "Dana Example",
    "caller_phone": "+1 602 555 0142",
}


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def sign_in(role: Role, name: str) -> Client:
    client, now = Client(), clock.now()
    log_in(client, make_person(name, role, now), now)
    return client


@pytest.fixture
def taker() -> Client:
    return sign_in(Role.CALL_TAKER, "calltaker")


def finish(client: Client, **changes: object) -> str:
    return client.post(CALL, {**SAID, "go": "finish", **changes}, follow=True).content.decode()


def test_a_finished_call_has_a_number_and_a_code(taker: Client) -> None:
    page = finish(taker)
    report = Report.objects.get()
    assert report.source == Source.HOTLINE
    assert str(report.number)[-3:] in page
    assert re.search(r'data-copy-text="[^"]+"', page)


def test_the_record_is_the_one_of_every_door(taker: Client) -> None:
    finish(taker)
    report_id = Report.objects.get().id
    document = reports.load_document(report_id)
    suspects = {one.value for one in reading.identifiers(document) if one.role is PersonRole.SUSPECT}
    assert {"harbor_fox", "harbor_fox2", "harbor.fox@example.com"} <= suspects
    assert reports.load_answers(report_id).ongoing == "today"


def test_the_caller_stands_nowhere_in_the_clear(taker: Client) -> None:
    finish(taker)
    row = Submission.objects.get()
    assert "Dana" not in str(row.document)
    assert b"Dana" not in bytes(row.raw_sealed) + bytes(row.reporter_sealed or b"")
    assert "Dana" in str(reports.load_reporter(Report.objects.get().id))


def test_a_draft_survives_a_crash_and_is_sealed(taker: Client) -> None:
    taker.post(CALL, {**SAID, "go": "keep"})
    assert b"threatens" not in bytes(Draft.objects.get().sealed)
    page = taker.get(CALL).content.decode()
    assert "Somebody threatens my daughter online." in page
    assert "harbor_fox2" in page
    assert "Somebody threatens" in taker.get("/hotline/").content.decode()


def test_what_is_typed_during_a_pause_is_kept_at_once(taker: Client) -> None:
    answer = taker.post(CALL, {"words": "half a sent", "go": "keep"}, headers={"HX-Request": "true"})
    assert "Saved" in answer.content.decode()
    assert Draft.objects.count() == 1


def test_finishing_removes_the_draft(taker: Client) -> None:
    taker.post(CALL, {**SAID, "go": "keep"})
    finish(taker)
    assert not Draft.objects.exists()


def test_finishing_twice_is_one_report_with_the_same_number_and_code(taker: Client) -> None:
    pages = [finish(taker), finish(taker), taker.get(f"{CALL}done/").content.decode()]
    assert Report.objects.count() == 1
    assert len({re.search(r'data-copy-text="([^"]+)"', page)[1] for page in pages}) == 1  # type: ignore[index]
    assert not Draft.objects.exists()


def test_a_pause_saved_after_the_end_makes_no_draft_and_leads_to_the_number(taker: Client) -> None:
    finish(taker)
    answer = taker.post(CALL, {**SAID, "go": "keep"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"{CALL}done/"
    assert not Draft.objects.exists()


def test_the_code_is_not_shown_any_more_after_half_an_hour(taker: Client) -> None:
    finish(taker)
    Receipt.objects.update(given_at=clock.now() - timedelta(minutes=31))
    page = taker.get(f"{CALL}done/").content.decode()
    assert "data-copy-text" not in page
    assert "not shown any more" in page


def test_a_finished_call_is_its_call_takers_alone(taker: Client) -> None:
    finish(taker)
    assert sign_in(Role.CALL_TAKER, "othertaker").get(f"{CALL}done/").status_code == 404


def test_a_draft_is_thrown_away_only_after_a_question(taker: Client) -> None:
    taker.post(CALL, {**SAID, "go": "keep"})
    assert f'href="{CALL}discard/"' in taker.get("/hotline/").content.decode()
    assert "Throw the draft away?" in taker.get(f"{CALL}discard/").content.decode()
    assert Draft.objects.exists()
    taker.post(f"{CALL}discard/")
    assert not Draft.objects.exists()


def test_words_come_first_and_have_the_focus(taker: Client) -> None:
    page = taker.get(CALL).content.decode()
    assert page.index('name="words"') < page.index('name="danger"')
    assert "autofocus" in page


def test_a_zip_code_of_four_digits_is_asked_again(taker: Client) -> None:
    page = finish(taker, child_zip="8030")
    assert "A ZIP code has five digits" in page
    assert 'value="8030"' in page
    assert not Report.objects.exists()


def test_a_draft_is_its_call_takers_alone(taker: Client) -> None:
    taker.post(CALL, {**SAID, "go": "keep"})
    other = sign_in(Role.CALL_TAKER, "othertaker")
    assert "threatens my daughter" not in other.get(CALL).content.decode()
    other.post(CALL, {"words": "mine now", "go": "keep"})
    assert "Somebody threatens" in taker.get(CALL).content.decode()


def test_a_wrong_address_is_named_and_nothing_is_lost(taker: Client) -> None:
    page = finish(taker, emails="harbor.fox@example.com\nnot an address")
    assert "This is not an e-mail address: not an address" in page
    assert "Somebody threatens my daughter online." in page
    assert not Report.objects.exists()
    assert Draft.objects.exists()


def test_an_empty_sheet_is_no_report(taker: Client) -> None:
    assert "Write down some words" in taker.post(CALL, {"go": "finish"}).content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "ticked",
    [{"harms": ["live"]}, {"harms": ["self_harm"]}, {"danger": "yes", "ongoing": "today"}, {"incidents": ["csam"]}],
)
def test_a_danger_that_was_only_ticked_is_a_report(taker: Client, ticked: dict[str, Any]) -> None:
    taker.post(CALL, {**ticked, "go": "finish"})
    told = reports.load_answers(Report.objects.get().id)
    assert told.danger_now == ("danger" in ticked)
    assert told.harms == tuple(ticked.get("harms", ()))


def test_that_contact_goes_on_is_no_report_by_itself(taker: Client) -> None:
    assert "tick what happens" in taker.post(CALL, {"ongoing": "today", "go": "finish"}).content.decode()
    assert not Report.objects.exists()


def test_the_desk_shows_no_time_of_an_incident_whose_time_nobody_told(taker: Client) -> None:
    finish(taker)
    head = Report.objects.get()
    page = sign_in(Role.ANALYST, "analyst").get(f"/reports/{head.number}/").content.decode()
    found = re.search(r"<li><span>Time not told</span> <strong>Incident</strong> (.*?)</li>", page)
    assert found
    assert "<time" not in found[1]
    assert "report made" in found[1]
    assert "Incident: " not in page


def test_nobody_comes_in_without_a_log_in() -> None:
    assert Client().get("/hotline/").status_code == 302
