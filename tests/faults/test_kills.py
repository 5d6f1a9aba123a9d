"""kill -9 of worker and API, in small size; `./tipline faults kills --full` is the large one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import stack
from tests.faults import kills


@pytest.mark.slow
def test_no_acknowledged_report_is_lost_when_worker_and_api_are_killed(tmp_path: Path) -> None:
    with stack.start(tmp_path) as house:
        outcome = kills.strike(house, reports=40, kills=4)
        assert outcome.verdict.ok, (outcome.verdict, house.logs())
        assert (outcome.acknowledged, outcome.kills) == (40, 4)
        # The negative control: a report that was never sent is missed, so the check can miss something.
        never_sent = 1
        assert kills.check(house, [never_sent]).lost == [never_sent]
        audit = house.ask(
            "from tipline.platform import clock\n"
            "from tipline.platform.audit.keyring import public_key\n"
            "from tipline.platform.audit.notes import split_notes\n"
            "from tipline.platform.audit.verification import verify\n"
            "from tipline.platform.config import settings\n"
            "notes, rest = split_notes(settings().witness.read_bytes())\n"
            "report = verify(notes=notes, public=public_key(), now=clock.now())\n"
            "answer = [report.ok, report.witnessed, [fault.where for fault in report.faults]]"
        )
        assert audit[0], audit
        assert audit[1] > 40
    assert house.process.returncode == 0
