"""The company's console: quality and its trend, search, the clock, colleagues, log-ins, the form."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.conftest import AsRole
from tests.integration.desk_world import PASSWORD, SECRET, log_in

from tipline.domain.actor import system
from tipline.platform import clock
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.roles import Role
from tipline.platform.accounts.scope import agency_scope
from tipline.reference.directory import service as directory
from tipline.reference.directory.service import NewEsp
from tipline.reports import trend
from tipline.reports.models import Report

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.esp_web.urls")]
BY = system("test")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any, monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> None:
    """Argon2 is slow on purpose; and the clock stands."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: fixed_now)


@pytest.fixture
def company(fixed_now: datetime) -> int:
    """A company in the directory."""
    return directory.create_esp(new=NewEsp("Example"), by=BY, now=fixed_now)


def person(esp_id: int, now: datetime, role: Role = Role.ESP_USER, name: str = "sam") -> Client:
    """Somebody of a company, signed in with both factors."""
    new = accounts.NewUser(name, "Sam Example", role, PASSWORD, esp_id=esp_id, totp_secret=SECRET)
    accounts.create_user(new=new, by=BY, now=now)
    client = Client()
    log_in(client, name, now)
    return client


def graded(esp_id: int, at: datetime, score: int, product: str = "Chat", **more: Any) -> int:
    """A finished report with a score, as a row."""
    made = {
        "source": "ESP_API",
        "state": "SCORED",
        "esp_id": esp_id,
        "esp_name": "Example",
        "product": product,
        "quality": score,
        "lacks": [["ip_port", 0, 0], ["file_details", 1, 3]] if score < 100 else [],
        "opened_at": at,
        "changed_at": at,
        "received_at": at,
        "preserve_until": at + timedelta(days=365),
    }
    number = 4_000_000_000 + Report.objects.count()
    return Report.objects.create(number=number, **(made | more)).number


def text(got: Any) -> str:
    return " ".join(str(got.content.decode()).split())


def test_the_page_of_a_report_says_what_an_officer_would_need(company: int, fixed_now: datetime) -> None:
    number = graded(company, fixed_now, 86)
    page = text(person(company, fixed_now).get(f"/reports/{number}/"))
    assert "86 of 100" in page
    assert "Thousands share an address" in page
    assert "1 of 3 files" in page
    assert "personOrUserReported/ipCaptureEvent/port" in page


def test_the_list_is_searched_by_number_product_state_and_score(company: int, fixed_now: datetime) -> None:
    good, thin = graded(company, fixed_now, 95), graded(company, fixed_now, 40, product="Mail", state="CLOSED")
    client = person(company, fixed_now)
    for query, found in (
        (f"number={thin}", {thin}),
        ("product=chat", {good}),
        ("standing=closed", {thin}),
        ("below=50", {thin}),
        ("environment=test", set()),
        ("number=seven", set()),
        ("", {good, thin}),
    ):
        page = text(client.get(f"/?{query}"))
        assert {one for one in (good, thin) if f"/reports/{one}/" in page} == found, query


def test_the_trend_counts_each_product_by_week_and_only_ones_own(company: int, fixed_now: datetime) -> None:
    for at, score in ((fixed_now, 90), (fixed_now, 70), (fixed_now - timedelta(weeks=2), 40)):
        graded(company, at, score)
    graded(company, fixed_now, 55, product="Mail")
    graded(company, fixed_now - timedelta(weeks=30), 1)
    graded(company, fixed_now, 2, environment="test")
    graded(company + 1, fixed_now, 3)
    weeks = trend.list_weeks(esp_id=company, now=fixed_now)
    assert [(week.product, week.reports, week.mean) for week in weeks] == [
        ("Chat", 1, 40.0),
        ("Chat", 2, 80.0),
        ("Mail", 1, 55.0),
    ]
    often = trend.list_often_missing(esp_id=company, now=fixed_now)
    assert [(one.code, one.reports, one.of_reports) for one in often] == [("file_details", 4, 4), ("ip_port", 4, 4)]
    page = text(person(company, fixed_now).get("/quality/"))
    assert "Chat" in page
    assert "up 40 since the first week" in page


def test_the_page_of_the_trend_works_with_the_rights_of_its_process(
    company: int, fixed_now: datetime, as_role: AsRole
) -> None:
    graded(company, fixed_now, 86)
    graded(company + 1, fixed_now, 86)
    with as_role("esp_web"), agency_scope(esp=company):
        assert [week.reports for week in trend.list_weeks(esp_id=company, now=fixed_now)] == [1]
        assert trend.list_weeks(esp_id=company + 1, now=fixed_now) == ()
