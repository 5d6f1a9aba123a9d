"""The worker's log tells of each step and each timer that did something, in codes and numbers alone."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from tests.integration import referral_world
from tests.integration.kept_files import empty_store

from tipline import worker
from tipline.platform import logs
from tipline.reference.directory import service as directory

LINE = re.compile(r"step number=(\d{10}) state=([A-Z_]+) stage=([a-z]+) code=([a-z_]+) ms=\d+")


@pytest.fixture(autouse=True)
def store_left_empty() -> Iterator[None]:
    yield
    empty_store()


@pytest.mark.django_db
def test_each_step_of_a_report_is_one_line_without_a_word_of_what_was_reported(
    fixed_now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="tipline.notes")
    directory.load_reference(now=fixed_now)
    world = referral_world.queued(fixed_now)
    found = [LINE.fullmatch(line) for line in caplog.messages]
    assert all(found), caplog.messages
    assert [one.groups() for one in found if one] == [
        (str(world.number), "SECURED", "evidence", "secured"),
        (str(world.number), "ENRICHED", "enrichment", "enriched"),
        (str(world.number), "LINKED", "linking", "linked"),
        (str(world.number), "SCORED", "triage", "scored"),
    ]


def test_a_timer_is_written_down_only_where_it_did_something(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="tipline.notes")
    worker.run_timer("rescue", lambda now: 0)
    assert caplog.messages == []
    worker.run_timer("rescue", lambda now: 3)
    assert re.fullmatch(r"timer name=rescue did=3 ms=\d+", caplog.messages[0])


@pytest.mark.parametrize("words", ["I am scared", "a@example.com", "two\nlines", "198.51.100.7 ", "", "x" * 65])
def test_somebodys_words_never_get_into_a_note(words: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="tipline.notes")
    logs.note("hold", number=4071882193, code=words)
    assert caplog.messages == ["hold number=4071882193 code=?"]
