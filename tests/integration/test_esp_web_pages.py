"""The company's pages: its own reports, what came of each, and nothing of anybody's case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.integration import referral_world
from tests.integration.desk_world import PASSWORD, SECRET, log_in
from tests.integration.referral_world import FLORIDA, World, officer

from tipline.domain.actor import system
from tipline.platform import clock
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.platform.vault.store import configured_store
from tipline.stages.feedback import service as feedback
from tipline.stages.feedback.models import EspNews
from tipline.stages.feedback.rules import OutcomeAnswer
from tipline.stages.referral import queries as referrals

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.esp_web.urls")]
OWN, OTHER = 5, 6
NOT_USEFUL = OutcomeAnswer("ongoing", useful="no", not_useful_reason="stale", note="Case 12, our words.")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)


@pytest.fixture
def world(fixed_now: datetime) -> Iterator[World]:
    yield referral_world.referred(fixed_now)
    store = configured_store()
    for folder in ("incoming", "blobs"):
        for name in list(store.names(folder)):
            store.delete(name)


def user_of(esp_id: int, now: datetime) -> Client:
    person = accounts.NewUser(
        username=f"company-{esp_id}",
        full_name="Robin Example",
        role=Role.ESP_USER,
        password=PASSWORD,
        esp_id=esp_id,
        totp_secret=SECRET,
    )
    accounts.create_user(new=person, by=system("test"), now=now)
    client = Client()
    log_in(client, person.username, now)
    return client


def answer(world: World, said: OutcomeAnswer, now: datetime) -> None:
    line = referrals.find_referral(agency=FLORIDA, number=world.number)
    assert line is not None
    outcome_id = feedback.record_outcome(referral=line.ref, answer=said, by=officer(FLORIDA), now=now)
    feedback.take_outcome(outcome_id=outcome_id, now=now)


def text(got: Any) -> str:
    return " ".join(str(got.content.decode()).split())


def test_the_report_page_says_what_came_when_it_was_and_how_long_it_must_be_kept(
    world: World, fixed_now: datetime
) -> None:
    page = text(user_of(OWN, fixed_now).get(f"/reports/{world.number}/"))
    assert "Made available to law enforcement" in page
    assert "Files as received, 2" in page
    assert "18 U.S.C. 2258A(h)" in page or "18 USC 2258A(h)" in page
    assert "No answer from law enforcement yet." in page


def test_the_company_reads_the_outcome_and_why_it_was_not_useful_but_nothing_of_the_case(
    world: World, fixed_now: datetime
) -> None:
    answer(world, NOT_USEFUL, fixed_now)
    client = user_of(OWN, fixed_now)
    for page in (text(client.get("/")), text(client.get(f"/reports/{world.number}/"))):
        assert "Under investigation" in page
        assert "stale" in page.lower()
        for closed in ("Case 12", FLORIDA, "North Florida", "officer-", "nightowl_77", "Duval"):
            assert closed not in page, closed


def test_an_old_reports_outcome_is_shown_however_many_came_since(world: World, fixed_now: datetime) -> None:
    answer(world, NOT_USEFUL, fixed_now)
    later = [
        EspNews(outcome_id=10**6 + n, esp_id=OWN, report_number=10**9 + n, case_status="ongoing", at=fixed_now)
        for n in range(600)
    ]
    EspNews.objects.bulk_create(later)
    client = user_of(OWN, fixed_now)
    assert "Under investigation" in text(client.get("/"))
    assert "Under investigation" in text(client.get(f"/reports/{world.number}/"))


def test_of_several_answers_the_list_shows_the_newest_and_the_page_all(world: World, fixed_now: datetime) -> None:
    answer(world, NOT_USEFUL, fixed_now)
    answer(world, OutcomeAnswer("arrest", useful="yes"), fixed_now)
    client = user_of(OWN, fixed_now)
    shown = text(client.get("/"))
    assert "Led to an arrest" in shown
    assert "Under investigation" not in shown
    page = text(client.get(f"/reports/{world.number}/"))
    assert page.index("Led to an arrest") < page.index("Under investigation")


def test_a_foreign_and_an_unknown_report_answer_and_are_audited_alike(world: World, fixed_now: datetime) -> None:
    client = user_of(OTHER, fixed_now)
    assert f"/reports/{world.number}/" not in text(client.get("/"))
    answers = [client.get(f"/reports/{number}/") for number in (world.number, 1234567890, 10**40)]
    assert [one.status_code for one in answers] == [404, 404, 404]
    bodies = {re.sub(r'value="[^"]*"|content="[^"]*"', "", text(one)) for one in answers}
    assert len(bodies) == 1
    refused = [entry for entry in list_entries(Wanted(), limit=200) if entry.verb == "report.refused"]
    assert len(refused) == 3
    assert len({(str(one.outcome), one.object_kind, tuple(one.details.items())) for one in refused}) == 1
