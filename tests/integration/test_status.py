"""The public status of the reporting API: from real signs, asked of the database once; and the list of its changes."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import OperationalError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.conftest import AsRole

from tipline.interfaces.esp_web import status
from tipline.platform import clock
from tipline.platform.vault import store
from tipline.platform.vault.errors import StoreOutage
from tipline.stages.intake import signs
from tipline.stages.intake.models import Outage, Sign
from tipline.stages.intake.signs import Counts

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.esp_web.urls")]


@pytest.fixture(autouse=True)
def measured_anew(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    status.HELD.forget()


def told() -> dict[str, Any]:
    status.HELD.forget()
    found: dict[str, Any] = json.loads(Client().get("/status.json").content)
    return found


def test_the_doors_sign_and_the_workers_watch_make_the_status(as_role: AsRole, fixed_now: datetime) -> None:
    assert told()["takes_reports"] is False
    with as_role("esp_api"):
        signs.give_sign(process="a", counts=Counts(taken=90, shed=3), now=fixed_now - timedelta(minutes=20))
        signs.give_sign(process="a", counts=Counts(taken=10), now=fixed_now)
    with as_role("worker"):
        assert signs.keep_watch(now=fixed_now) == 1
        assert signs.keep_watch(now=fixed_now) == 0  # an outage is kept once
    with as_role("esp_web"):
        found = told()
    assert (found["state"], found["calls_last_hour"]["taken"], found["calls_last_hour"]["shed"]) == ("takes", 100, 3)
    [outage] = found["outages"]
    assert (outage["kind"], outage["ended_at"]) == ("silent", fixed_now.isoformat(timespec="seconds"))
    page = Client().get("/status/")
    assert page.status_code == 200
    assert "Reports are taken" in page.content.decode()
    assert page.headers["Cache-Control"] == "public, max-age=15"


def test_a_store_that_takes_nothing_is_told(fixed_now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert signs.is_store_open()
    assert not list(store.configured_store().names("incoming/trial"))

    def shut(*_: object) -> None:
        raise StoreOutage

    monkeypatch.setattr(signs, "put", shut)
    signs.give_sign(process="a", counts=Counts(taken=10), now=fixed_now)
    assert (told()["state"], told()["measures"]["evidence_store"]) == ("partly", False)


def test_a_thousand_visitors_ask_the_database_once(fixed_now: datetime) -> None:
    from django.db import connection

    Client().get("/status/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for _ in range(20):
            Client().get("/status/")
            Client().get("/status.json")
    assert len(asked) == 0


def test_without_a_database_the_page_says_no_and_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(signs, "load_standing", gone)
    found = told()
    assert (found["takes_reports"], found["measures"]["database"], found["calls_last_hour"]) == (False, False, None)
    page = Client().get("/status/").content.decode()
    assert "Reports are not taken at present" in page
    assert "does not answer" in page


def test_old_signs_are_removed_and_outages_stay(as_role: AsRole, fixed_now: datetime) -> None:
    Sign.objects.create(at=fixed_now - timedelta(days=3), process="a")
    Outage.objects.create(kind="silent", began_at=fixed_now - timedelta(days=40), ended_at=fixed_now)
    with as_role("worker"):
        signs.keep_watch(now=fixed_now)
    assert list(Sign.objects.values_list("process", flat=True)) == ["worker"]
    assert len(told()["outages"]) == 1


def test_changes_are_listed_newest_first_in_three_forms() -> None:
    rows = json.loads(Client().get("/status/changes.json").content)["changes"]
    days = [date.fromisoformat(one["date"]) for one in rows]
    assert days == sorted(days, reverse=True)
    assert len({one["id"] for one in rows}) == len(rows)
    assert all(one["what"] and one["to_do"] for one in rows)
    feed = ElementTree.fromstring(Client().get("/status/changes.atom").content)
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert [one.findtext("{http://www.w3.org/2005/Atom}title") for one in entries] == [one["title"] for one in rows]
    page = Client().get("/status/changes/").content.decode()
    assert all(f'id="{one["id"]}"' in page for one in rows)
