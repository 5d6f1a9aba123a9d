"""kill -9 of every process, in small size; `./tipline faults kill --full` is the large one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import stack
from tests.faults import kill


@pytest.mark.slow
def test_no_acknowledged_report_is_lost_when_every_process_is_killed_in_turn(tmp_path: Path) -> None:
    with stack.start(tmp_path) as house:
        outcome = kill.strike(house, reports=40, kills=5)
        assert outcome.verdict.ok, (outcome.verdict, house.logs())
        assert (outcome.acknowledged, outcome.strays, outcome.kills.total()) == (40, 0, 5)
        assert {victim for victim, _ in outcome.kills} == set(kill.VICTIMS)
        # The negative control: a report that was never sent is missed, so the check can miss something.
        never_sent = 1
        assert kill.check(house, [(never_sent, 0)]).lost == [never_sent]
        audit = house.ask(kill.AUDIT)
        assert audit[0], audit
        assert audit[1] > 40
    assert house.process.returncode == 0


@pytest.mark.slow
def test_a_house_that_does_not_await_its_commits_is_seen_to_lose_reports(tmp_path: Path) -> None:
    with stack.start(tmp_path, kill.UNSAFE) as house:
        assert kill.lose(house).ours >= 1
