"""Damaged media files, in small size; `./tipline faults media --full` is the large one."""

from __future__ import annotations

import pytest
from tests.faults import media

from tipline.media import sandbox


@pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine")
def test_every_damaged_file_is_decoded_or_refused_and_the_next_good_one_decoded() -> None:
    outcome = media.strike(200)
    assert not outcome.faults
    assert outcome.decoded + outcome.refused.total() == 200
    assert outcome.decoded > 10
    assert outcome.refused.total() > 50
    assert media.control()
