"""Who is let in under pressure: urgent last turned away, every company with a reserve, quotas that tell when."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from tipline.interfaces.esp_api.pressure import Kind, Limits, OverQuota, Pace, Places, Quotas, kind_of
from tipline.stages.intake.rules import Overloaded

LIMITS = Limits(places=(4, 6, 8), reserve=2)
BIG, SMALL = 1, 2


def fill(held: ExitStack, places: Places, kind: Kind, esp: int = BIG) -> int:
    """Take places of a kind until there is none; how many."""
    taken = 0
    while True:
        try:
            held.enter_context(places.place(esp, kind))
        except Overloaded:
            return taken
        taken += 1


def test_new_reports_are_turned_away_first_then_calls_that_go_on_and_urgent_ones_last() -> None:
    places = Places(LIMITS)
    with ExitStack() as held:
        assert [fill(held, places, kind) for kind in Kind] == [4, 2, 2]
    with ExitStack() as again:
        assert fill(again, places, Kind.URGENT) == 8


def test_a_flood_of_one_company_leaves_another_its_reserve() -> None:
    places = Places(LIMITS)
    with ExitStack() as held:
        assert fill(held, places, Kind.BEGINS, BIG) == 4
        assert fill(held, places, Kind.BEGINS, SMALL) == 2


def test_a_call_that_only_looked_urgent_is_turned_away_as_what_it_is() -> None:
    places = Places(LIMITS)
    with ExitStack() as held:
        fill(held, places, Kind.BEGINS)
        with pytest.raises(Overloaded), places.place(BIG, Kind.URGENT) as turns_out:
            turns_out(Kind.BEGINS)
        with places.place(BIG, Kind.URGENT) as turns_out:
            turns_out(Kind.URGENT)


def test_the_hint_is_found_in_the_bytes() -> None:
    assert kind_of(b"<report><escalateToHighPriority>made up</escalateToHighPriority></report>") is Kind.URGENT
    assert kind_of(b"<report/>") is Kind.BEGINS


def test_a_quota_lets_ten_seconds_worth_pass_at_once_and_tells_when_to_come_back() -> None:
    moment = [100.0]
    quotas = Quotas(lambda: moment[0])
    for _ in range(10):
        quotas.spend(BIG, 60)
    with pytest.raises(OverQuota) as refused:
        quotas.spend(BIG, 60)
    assert refused.value.seconds == 1
    quotas.spend(SMALL, 60)  # another company's is its own
    moment[0] += 1
    quotas.spend(BIG, 60)
    with pytest.raises(OverQuota):
        quotas.spend(BIG, 60)


def test_no_quota_is_no_quota() -> None:
    quotas = Quotas(lambda: 0.0)
    for _ in range(100_000):
        quotas.spend(BIG, 0)


def test_refusals_are_told_a_second_late_and_not_all_at_once() -> None:
    at = [100.0]
    pace = Pace(lambda: at[0])
    first, second = pace.wait(), pace.wait()
    assert first == pytest.approx(1.0)
    assert second == pytest.approx(1.0 + 1 / 200)
    assert [pace.wait() for _ in range(5000)][-1] == pytest.approx(8.0)
    at[0] += 60
    assert pace.wait() == pytest.approx(1.0)


@pytest.mark.parametrize("written", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_mark_of_urgency_is_seen_however_the_document_is_written(written: str) -> None:
    assert kind_of("<escalateToHighPriority>made up".encode(written)) is Kind.URGENT
    assert kind_of("<report>made up".encode(written)) is Kind.BEGINS


def test_new_reports_take_turns_and_nobody_else_waits_for_one() -> None:
    async def story() -> None:
        places, done, go = Places(Limits(at_once=2)), list[str](), asyncio.Event()

        async def work(name: str, kind: Kind) -> None:
            async with places.turn(kind):
                done.append(name)
                if kind is Kind.BEGINS:
                    await go.wait()

        working = [asyncio.create_task(work(f"new {one}", Kind.BEGINS)) for one in range(5)]
        working += [asyncio.create_task(work(str(kind.name), kind)) for kind in (Kind.GOES_ON, Kind.URGENT)]
        await asyncio.sleep(0.01)
        assert done == ["new 0", "new 1", "GOES_ON", "URGENT"]
        go.set()
        await asyncio.gather(*working)
        assert done[4:] == ["new 2", "new 3", "new 4"]

    asyncio.run(story())


def test_a_turn_that_ends_with_an_error_is_given_back() -> None:
    async def story() -> None:
        places = Places(Limits(at_once=1))
        for _ in range(3):
            with pytest.raises(ValueError, match="made up"):
                async with places.turn(Kind.BEGINS):
                    raise ValueError("made up")
        async with asyncio.timeout(1), places.turn(Kind.BEGINS):
            pass

    asyncio.run(story())
