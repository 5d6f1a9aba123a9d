"""Under pressure: a new report is turned away before anything is made of it, and an urgent one still comes in."""

from __future__ import annotations

import pytest
from tests.conftest import AsRole
from tests.integration.wire import Wire, in_pieces, register
from tests.unit.cybertip_samples import report

from tipline.interfaces.esp_api import door, pressure, turnstile
from tipline.interfaces.esp_api.pressure import Limits, Places
from tipline.reports import queries as reports
from tipline.reports.models import Report

FULL = Limits(places=(0, 0, 8), reserve=0)
URGENT = report(extra="<escalateToHighPriority>made up</escalateToHighPriority>")


@pytest.fixture
def pressed(db: None, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A company whose new reports find no place."""
    monkeypatch.setattr(pressure, "TURNED_AWAY_SECONDS", 0)
    user, secret, _ = register("Example")
    return Wire(user, secret, places=Places(FULL))


def test_the_turnstile_says_what_the_door_says_and_the_door_is_not_asked(
    pressed: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_door = pressed.post("/submit", report())  # nobody knows this caller yet
    monkeypatch.delattr(door.Door, "_answer")
    by_turnstile = pressed.post("/submit", report())
    assert by_turnstile.status == by_door.status == 503
    assert by_turnstile.body == by_door.body
    assert dict(by_turnstile.headers) | {"request-id": ""} == dict(by_door.headers) | {"request-id": ""}
    assert len(by_turnstile.headers["request-id"]) == 32
    assert by_turnstile.headers["request-id"] != by_door.headers["request-id"]


@pytest.mark.parametrize("pieces", [1, 7])
def test_an_urgent_report_comes_in_whole(pressed: Wire, as_role: AsRole, pieces: int) -> None:
    with as_role("esp_api"):
        pressed.post("/submit", report())
        got = pressed.post("/submit", in_pieces(URGENT, -(-len(URGENT) // pieces)))
        assert got.code == (200, 0)
    row = Report.objects.get(number=int(got.reportId))
    assert reports.load_raw(row.id) == URGENT


def test_a_wrong_secret_is_told_so_and_other_calls_are_heard(pressed: Wire) -> None:
    pressed.post("/submit", report())
    assert pressed.get("/status").code == (200, 0)
    pressed.headers = {"authorization": "Basic ZXhhbXBsZS1wcm9kdWN0aW9uOndyb25n"}
    assert pressed.post("/submit", report()).status == 401


def test_a_body_too_big_to_be_looked_through_is_answered_by_the_door(pressed: Wire) -> None:
    pressed.post("/submit", report())
    assert pressed.post("/submit", b"x" * (turnstile.MAX_XML_BYTES + 1)).status == 413
