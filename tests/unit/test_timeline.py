"""Times of a report: what each means, its zone, and each doubt firing and not firing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tipline.domain.timeline import Doubt, Event, Meaning, events_of

RECEIVED = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)


def captured(*events: tuple[str, str]) -> dict[str, Any]:
    listed = [{"ipAddress": "198.51.100.7", "eventName": name, "dateTime": at} for name, at in events]
    return {"personOrUserReported": [{"ipCaptureEvent": listed}]}


def exif(taken: str, offset: str = "", uploaded: str = "2026-01-13T10:00:00Z") -> dict[str, Any]:
    pairs = [{"name": "DateTimeOriginal", "value": taken}]
    pairs += [{"name": "OffsetTimeOriginal", "value": offset}] if offset else []
    return {"uploadedToEspTimestamp": uploaded, "details": [{"nameValuePair": pairs}]}


def only(events: tuple[Event, ...], meaning: Meaning) -> Event:
    (found,) = [event for event in events if event.meaning is meaning]
    return found


def test_each_time_says_what_it_means_and_in_which_zone_it_was_sent() -> None:
    document = captured(("Registration", "2026-01-01T00:00:00Z"), ("Login", "2026-01-12T10:00:00-05:00"))
    found = events_of([document], [(1, exif("2026:01:12 09:00:00", "-05:00"))], received_at=RECEIVED)
    assert [event.meaning for event in found] == ["Registration", "Picture taken", "Log-in", "Upload"]
    login = only(found, Meaning.LOG_IN)
    assert (login.at, login.zone) == (datetime(2026, 1, 12, 15, 0, tzinfo=UTC), "-05:00")
    assert login.as_sent == "sent with zone -05:00"
    assert all(event.doubts == () for event in found)


def test_each_part_shows_its_own_addresses_and_so_does_a_file() -> None:
    first, second = captured(("Login", "2026-01-12T10:00:00Z")), captured(("Login", "2026-01-12T11:00:00Z"))
    second["personOrUserReported"][0]["ipCaptureEvent"][0]["ipAddress"] = "203.0.113.9"
    upload = {"ipCaptureEvent": {"ipAddress": "192.0.2.4", "eventName": "Upload", "dateTime": "2026-01-12T12:00:00Z"}}
    found = events_of([first, second], [(1, upload)])
    assert [event.address for event in found] == ["198.51.100.7", "203.0.113.9", "192.0.2.4"]
    assert found[0].path == found[1].path


@pytest.mark.parametrize(("at", "doubted"), [("2026-01-14T12:04:00Z", False), ("2026-01-14T12:06:00Z", True)])
def test_what_lies_after_the_receipt_is_doubted(at: str, doubted: bool) -> None:
    event = only(events_of([captured(("Login", at))], received_at=RECEIVED), Meaning.LOG_IN)
    assert (Doubt.FUTURE in event.doubts) is doubted


def test_a_log_in_before_the_registration_is_doubted_for_that_account_alone() -> None:
    first = captured(("Registration", "2026-01-05T00:00:00Z"), ("Login", "2026-01-01T00:00:00Z"))
    other = captured(("Login", "2026-01-01T00:00:00Z"))
    both = {"personOrUserReported": [*first["personOrUserReported"], *other["personOrUserReported"]]}
    doubted = [event.path for event in events_of([both]) if Doubt.UNREGISTERED in event.doubts]
    assert doubted == ["/report/personOrUserReported[1]/ipCaptureEvent[2]/dateTime"]


def test_a_cameras_time_without_zone_is_doubted_and_one_with_zone_is_not() -> None:
    without = only(events_of([], [(1, exif("2026:01:12 09:00:00"))]), Meaning.CAPTURE)
    assert without.doubts == (Doubt.NO_ZONE,)
    assert without.as_sent == "2026:01:12 09:00:00 without a zone"
    assert only(events_of([], [(1, exif("2026:01:12 09:00:00", "+01:00"))]), Meaning.CAPTURE).doubts == ()


def test_a_picture_taken_after_its_upload_shows_a_wrong_clock_where_no_zone_explains_it() -> None:
    def doubts(taken: str, offset: str = "") -> tuple[Doubt, ...]:
        return only(events_of([], [(1, exif(taken, offset))]), Meaning.CAPTURE).doubts

    assert Doubt.AFTER_UPLOAD in doubts("2026:01:13 11:00:00", "+00:00")
    assert Doubt.AFTER_UPLOAD not in doubts("2026:01:13 11:00:00")
    assert Doubt.AFTER_UPLOAD in doubts("2026:01:15 11:00:00")


def test_a_clock_that_was_never_set_is_named() -> None:
    assert Doubt.UNSET in only(events_of([], [(1, exif("1980:01:01 00:00:00"))]), Meaning.CAPTURE).doubts


@pytest.mark.parametrize(
    ("text", "day", "ambiguous"),
    [
        ("on 03/04/2025 at 10:30", (3, 4), True),
        ("on 13/04/2025", (4, 13), False),
        ("on 04/13/2025", (4, 13), False),
        ("am 03.04.2025", (4, 3), False),
        ("on 04/04/2025", (4, 4), False),
    ],
)
def test_a_day_in_a_text_is_read_and_doubted_where_day_and_month_can_change_places(
    text: str, day: tuple[int, int], ambiguous: bool
) -> None:
    event = only(events_of([{"additionalInfo": text}]), Meaning.SAID)
    assert (event.at.month, event.at.day) == day
    assert (Doubt.AMBIGUOUS in event.doubts) is ambiguous
    assert Doubt.NO_ZONE in event.doubts


@pytest.mark.parametrize("text", ["version 1.2.2024.7", "31/31/2025", "call 12-34-567"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert events_of([{"additionalInfo": text}]) == ()
