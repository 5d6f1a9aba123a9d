"""From signs of life to the standing of the intake and to the outages that are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tipline.stages.intake.outages import WORKER, Found, Kind, Minute, State, outages_in, standing_of

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def door(minute: float, **more: object) -> Minute:
    return Minute(at(minute), "door-a", **{"taken": 100, **more})  # type: ignore[arg-type]


def test_a_house_that_gives_signs_takes_reports_and_one_that_gives_none_does_not() -> None:
    minutes = [door(n) for n in range(5)]
    assert standing_of(minutes, at(5)).state is State.TAKES
    assert standing_of(minutes, at(8)).state is State.NOT
    assert standing_of([], at(5)).state is State.NOT
    assert standing_of([Minute(at(4), WORKER)], at(5)).state is State.NOT


def test_a_closed_store_and_shedding_are_told_while_they_last() -> None:
    assert standing_of([door(3), door(4, store_ok=False)], at(5)).state is State.PARTLY
    assert standing_of([door(0, store_ok=False), door(4)], at(5)).state is State.TAKES
    assert standing_of([door(4, shed=30)], at(5)).state is State.PARTLY
    assert standing_of([door(4, shed=19)], at(5)).state is State.TAKES  # so few that nobody felt it
    assert standing_of([door(4, taken=1000, shed=30)], at(5)).state is State.TAKES


def test_the_counts_are_of_the_last_hour_and_of_all_processes() -> None:
    other = Minute(at(70), "door-b", taken=7, shed=1, failed=2, over_quota=3)
    found = standing_of([door(0), door(70), other, Minute(at(70), WORKER, waiting=400)], at(71))
    assert (found.taken, found.shed, found.failed, found.over_quota) == (107, 1, 2, 3)
    assert not found.is_prompt
    assert standing_of([door(70), Minute(at(70), WORKER, waiting=20)], at(71)).is_prompt


def test_a_gap_is_an_outage_with_both_its_ends_and_the_first_start_is_none() -> None:
    minutes = [door(0), door(1), door(9), door(10)]
    assert outages_in(minutes, at(11)) == (Found(Kind.SILENT, at(1), at(9)),)
    assert outages_in(minutes[:2], at(9)) == (Found(Kind.SILENT, at(1), None),)
    assert outages_in([], at(9)) == ()


def test_minutes_of_trouble_are_one_outage_and_another_process_good_word_does_not_end_it() -> None:
    shut = [door(n, store_ok=n not in (3, 4, 5)) for n in range(10)]
    beside = [Minute(at(n) + timedelta(seconds=20), "door-b") for n in range(10)]
    assert outages_in(shut, at(10)) == (Found(Kind.STORE, at(3), at(7)),)
    [found] = outages_in([*shut, *beside], at(10))
    assert (found.kind, found.began_at) == (Kind.STORE, at(3))
    [lasting] = outages_in(shut[:6], at(6))
    assert lasting.ended_at is None
