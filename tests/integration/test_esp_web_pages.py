"""The company's pages: its own reports, what came of each, and nothing of anybody's case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.test import Client
from tests.integration import referral_world
from tests.integration.desk_world import PASSWORD, SECRET, log_in
from tests.integration.kept_files import empty_store
from tests.integration.referral_world import FLORIDA, World, officer

from tipline.domain.actor import system
from tipline.platform import clock
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.reference.directory import service as directory
from tipline.reference.directory.service import NewEsp
from tipline.reports.models import File, Submission
from tipline.stages.feedback import service as feedback
from tipline.stages.feedback.models import EspNews
from tipline.stages.feedback.rules import OutcomeAnswer
from tipline.stages.referral import queries as referrals

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.esp_web.urls")]
BY = system("test")
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
    empty_store()


def account_of(esp_id: int, now: datetime) -> str:
    person = accounts.NewUser(
        username=f"company-{esp_id}",
        full_name="Robin Example",
        role=Role.ESP_USER,
        password=PASSWORD,
        esp_id=esp_id,
        totp_secret=SECRET,
    )
    accounts.create_user(new=person, by=BY, now=now)
    return person.username


def logged_in(username: str, now: datetime) -> Client:
    client = Client()
    log_in(client, username, now)
    return client


def user_of(esp_id: int, now: datetime) -> Client:
    return logged_in(account_of(esp_id, now), now)


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


def test_every_page_works_with_the_companys_own_database_role(
    world: World, fixed_now: datetime, as_role: Callable[..., AbstractContextManager[None]]
) -> None:
    answer(world, NOT_USEFUL, fixed_now)
    own, stranger = account_of(OWN, fixed_now), account_of(OTHER, fixed_now)
    with as_role("esp_web"):
        client = logged_in(own, fixed_now)
        assert "Under investigation" in text(client.get("/"))
        assert "Files as received, 2" in text(client.get(f"/reports/{world.number}/"))
        assert client.get("/credentials/").status_code == 200
        assert logged_in(stranger, fixed_now).get(f"/reports/{world.number}/").status_code == 404


def test_the_page_names_the_digests_and_ids_of_all_that_was_received(world: World, fixed_now: datetime) -> None:
    page = text(user_of(OWN, fixed_now).get(f"/reports/{world.number}/"))
    parts = Submission.objects.filter(report__number=world.number)
    files = File.objects.filter(report__number=world.number)
    assert parts
    assert files
    assert all(one.raw_sha256 in page for one in parts)
    assert all(digest in page for one in files for digest in (one.file_id, one.sha256, one.sha1, one.md5))


def test_credentials_are_listed_with_their_end_and_without_secrets_or_foreign_ones(fixed_now: datetime) -> None:
    own, foreign = (directory.create_esp(new=NewEsp(name), by=BY, now=fixed_now) for name in ("Own", "Foreign"))
    issue = partial(directory.issue_credential, by=BY, now=fixed_now)
    live = issue(esp_id=own, username="live-program", environment="production")
    ended = issue(esp_id=own, username="old-program", environment="test")
    issue(esp_id=foreign, username="foreign-program", environment="test")
    directory.revoke_credential(credential_id=ended.id, by=BY, now=fixed_now)
    page = text(user_of(own, fixed_now).get("/credentials/"))
    assert page.index("old-program") < page.index("Revoked") < page.index("live-program") < page.index("In use")
    for closed in ("foreign-program", "argon2", live.secret, ended.secret):
        assert closed not in page
    assert [e.verb for e in list_entries(Wanted(), limit=200)].count("esp.credentials_listed") == 1
