"""The pages on which a company says where it is told and reminded, and sees how that went."""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.conftest import AsRole
from tests.integration import telling_world as world
from tests.integration.test_esp_console import graded, person, text

from tipline.domain.actor import system
from tipline.interfaces.esp_web import webhooks
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.accounts.scope import agency_scope
from tipline.programs.telling import service
from tipline.programs.telling.asking import Answer
from tipline.programs.telling.models import Event, Hook, MailAddress, Reminder, Secret
from tipline.programs.telling.rules.kinds import CHOSEN
from tipline.reference.directory import service as directory
from tipline.reference.directory.service import NewEsp

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.esp_web.urls")]
BY = system("test")
URL = "https://hooks.example.com/tipline"


@pytest.fixture(autouse=True)
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> None:
    """Argon2 is slow on purpose; the clock stands; the house sends webhooks."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    world.switch(monkeypatch, webhooks=True)


@pytest.fixture
def company(fixed_now: datetime) -> int:
    return directory.create_esp(new=NewEsp("Example"), by=BY, now=fixed_now)


@pytest.fixture
def client(company: int, fixed_now: datetime) -> Client:
    return person(company, fixed_now, Role.ESP_ADMIN, "admin")


def entered(client: Client, url: str = URL, environment: str = "production") -> Any:
    kinds = [str(kind) for kind in CHOSEN]
    return client.post(
        f"/webhooks/{environment}/", {f"{environment}-url": url, f"{environment}-kinds": kinds}, follow=True
    )


def test_an_administrator_enters_an_address_and_sees_the_secret_once(client: Client, as_role: AsRole) -> None:
    first = text(entered(client))
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", first)
    assert len(secret) > 40
    page = text(client.get("/webhooks/"))
    assert URL in page
    assert secret not in page
    assert "whsec_" not in text(entered(client, f"{URL}/two"))  # another address keeps the secret
    assert Secret.objects.count() == 1


def test_an_address_that_will_not_do_is_told_at_its_field_and_nothing_is_kept(client: Client) -> None:
    page = text(entered(client, "https://10.0.0.1/"))
    assert "Give a public address" in page
    assert 'value="https://10.0.0.1/"' in page
    assert Hook.objects.count() == 0


def test_how_each_try_went_is_listed_and_an_event_is_sent_again(
    client: Client, company: int, fixed_now: datetime
) -> None:
    entered(client)
    hook = Hook.objects.get()
    client.post(f"/webhooks/{hook.id}/act/test/")
    assert "An earlier test waits" in text(client.post(f"/webhooks/{hook.id}/act/test/"))
    said = iter((Answer(0, "timeout", 812), Answer(204, "", 42)))
    for later in (timedelta(0), timedelta(seconds=5)):
        service.deliver(
            hook_id=hook.id, clock=lambda at=fixed_now + later: at, opened=lambda: nullcontext(lambda *_: next(said))
        )
    page = text(client.get("/webhooks/"))
    assert "The address did not answer in time. 812 ms" in page
    assert "Taken (204). 42 ms" in page
    client.post(f"/webhooks/events/{Event.objects.get().id}/again/")
    assert Event.objects.get().state == "WAITING"


def test_a_webhook_that_was_set_aside_is_seen_on_the_first_page_and_switched_on_again(
    client: Client, fixed_now: datetime, company: int
) -> None:
    entered(client)
    hook = Hook.objects.get()
    Hook.objects.update(set_aside_at=fixed_now)
    assert "A webhook of yours is not answered" in text(client.get("/"))
    assert "Switch on again" in text(client.get("/webhooks/"))
    client.post(f"/webhooks/{hook.id}/act/resume/")
    assert "A webhook of yours is not answered" not in text(client.get("/"))


def test_nobody_but_the_administrator_reaches_it_and_nobody_another_company_s(
    client: Client, company: int, fixed_now: datetime
) -> None:
    entered(client)
    hook = Hook.objects.get()
    reader = person(company, fixed_now)
    assert "/webhooks/" not in text(reader.get("/"))
    other = directory.create_esp(new=NewEsp("Other"), by=BY, now=fixed_now)
    stranger = person(other, fixed_now, Role.ESP_ADMIN, "stranger")
    for who, wanted in ((reader, 403), (stranger, 400)):
        for path in (f"/webhooks/{hook.id}/act/end/", f"/webhooks/{hook.id}/secret/"):
            assert who.post(path).status_code == wanted
    assert reader.post("/keep/addresses/", {"mail": "x@example.com"}).status_code == 403
    assert URL not in text(stranger.get("/webhooks/"))
    assert Hook.objects.get().ended_at is None


def test_where_the_house_sends_none_the_page_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "settings", lambda: world.config.settings())
    assert "sends no webhooks at present" in text(client.get("/webhooks/"))


def test_the_keep_page_shows_which_reminders_went_out_and_who_gets_them(
    client: Client, company: int, fixed_now: datetime, as_role: AsRole
) -> None:
    graded(company, fixed_now, 90, preserve_until=fixed_now + timedelta(days=20))
    day = (fixed_now + timedelta(days=20)).date()
    Reminder.objects.create(esp_id=company, ends_on=day, days=60, reports=1, letters=1, at=fixed_now)
    assert "Removed" not in text(client.post("/keep/addresses/", {"mail": "safety@example.com"}, follow=True))
    with as_role("esp_web"), agency_scope(esp=company + 1):
        assert not MailAddress.objects.exists()
    page = text(client.get("/keep/"))
    assert "60 days before" in page
    assert "safety@example.com" in page
    assert "Give a mail address" in text(client.post("/keep/addresses/", {"mail": "nobody@home"}))
    client.post(f"/keep/addresses/{MailAddress.objects.get().id}/remove/")
    assert "No address is entered" in text(client.get("/keep/"))
