"""Listed films: hashed where their bytes are at hand, found in edited copies that come later or came before."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from tests.films import EDITS, SECONDS, encoded, film
from tests.integration import desk_world
from tests.integration import hashlists_world as lists
from tests.integration.kept_files import empty_store
from tests.integration.test_known_files import jobs
from tests.integration.test_match_pages import known, staff, text

from tipline import pipeline
from tipline.domain.errors import Refusal
from tipline.domain.findings import FileKnown
from tipline.domain.report import FileRef, ReportHead
from tipline.media import sandbox
from tipline.platform import clock
from tipline.reference.directory import service as directory
from tipline.reference.hashlists import brake, film_index, films, service
from tipline.reference.hashlists.models import EntryFrames, EntryHold, NeverCounts
from tipline.reference.hashlists.values import OUR_MEMBER, NewEntry, Print
from tipline.reports import queries as reports
from tipline.reports.custody import list_custody

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tipline.interfaces.desk.urls"),
    pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine"),
]
Brought = Callable[[str], tuple[ReportHead, FileRef]]
AsRole = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def now(db: None, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[datetime]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    directory.load_reference(now=fixed_now)
    service.ensure_lists(now=fixed_now)
    yield fixed_now
    empty_store()


@cache
def _made(edit: str) -> bytes:
    return EDITS[edit](film, 1) if edit else encoded(film(1, SECONDS))


@pytest.fixture
def brought(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Brought:
    def bring(edit: str = "") -> tuple[ReportHead, FileRef]:
        with monkeypatch.context() as patched:
            patched.setattr(desk_world.pictures, "picture", lambda _: _made(edit))
            head = desk_world.bring(now, 1)
        (file,) = reports.list_files(head.id)
        return head, file

    return bring


def listed(sha256: str, now: datetime) -> int:
    """A film that three people judged elsewhere: of ours there are digests alone."""
    new = NewEntry("industry", lists.member(OUR_MEMBER), "video", (Print("SHA256", sha256),))
    key = service.propose(new=new, by=lists.PROPOSER, now=now)
    lists.agree(key, now)
    return key


def _refusing(reason: str) -> Callable[..., sandbox.Refused]:
    def film(pieces: Iterator[bytes], side: str) -> sandbox.Refused:
        b"".join(pieces)
        return sandbox.Refused(reason)

    return film


def test_an_edited_film_is_known_with_its_place_whether_it_came_before_the_entry_or_after(
    now: datetime, brought: Brought, as_role: AsRole
) -> None:
    old, _ = brought("trim, mirrored")
    assert not reports.current_findings(old.id, FileKnown.kind)
    first, original = brought("")
    key = listed(original.sha256, now)
    with as_role("worker"):
        pipeline.search_earlier([key])
    assert [line.detail for line in list_custody(first.id)][-1] == "frames for a list"
    with as_role("worker"):
        pipeline.look_again(old.id, now)
    later, copy = brought("trim, mirrored")
    for head in (old, later):
        body = known(head)
        assert (body.entry, body.how, body.form) == (key, "FILM", "pdq_5")
        assert body.at_ms is not None
        assert body.known_ms is not None
        assert abs(body.known_ms - body.at_ms - 3600) <= 700
    page = text(staff("ann-1", now).get(f"/reports/{later.number}/"))
    assert "Shows the same film, from 0:03 of the known film, at 0:00 of this one, mirrored left to right" in page
    page = text(staff("ann-2", now).get(f"/reports/{later.number}/files/{copy.file_id}/match/{key}/"))
    theirs = f"The film of entry {key}: file 1 of report"
    for words in (theirs, "In the known film", "from 0:03", "Mirrored left to right", "a person decides"):
        assert words in page
    pipeline.look_again(later.id, now)
    assert len(reports.current_findings(later.id, FileKnown.kind)) == 1


def test_a_listed_film_is_hashed_when_a_report_brings_it_and_forgotten_when_it_is_withdrawn(
    now: datetime, brought: Brought, as_role: AsRole
) -> None:
    sha256 = hashlib.sha256(_made("")).hexdigest()
    entry = listed(sha256, now)
    pipeline.search_earlier([entry])
    assert films.list_wanting((entry,))
    brought("")
    assert jobs(service.CHANGED) == [{"entries": [entry]}] * 2
    pipeline.search_earlier([entry])
    (row,) = EntryFrames.objects.filter(entry_id=entry)
    frames = list(films.list_probes((entry,)))
    assert len(frames) == row.count == film_index.count_frames() > 50
    asked = next(iter(reports.list_frames(brought("trim, mirrored")[0].id).values()))
    assert [one.film for one in films.look_up_film(asked)] == [entry]
    assert films.look_up_film(asked, test=True) == []

    # The brakes on pictures hold for films: what never counts, what is held, what was withdrawn.
    for one in {one.hash for one in asked if one.form == 5}:
        with contextlib.suppress(Refusal):
            brake.never_count(found=Print("PDQ", one.hex()), reason="a test", by=lists.BY, now=now)
    assert films.look_up_film(asked) == []
    NeverCounts.objects.update(ended_at=now)
    EntryHold.objects.create(entry_id=entry, files=1000, held_at=now)
    head, _ = brought("trim, mirrored")
    assert not reports.current_findings(head.id, FileKnown.kind)
    service.withdraw(entries=(entry,), by=lists.PROPOSER, now=now, reason="wrong")
    assert films.look_up_film(asked) == []
    with as_role("worker"):
        pipeline.search_earlier([entry])
    assert not EntryFrames.objects.exists()
    assert films.look_up_film(asked) == []


def test_a_listed_film_that_cannot_be_decoded_is_tried_once_and_several_are_hashed_one_a_job(
    now: datetime, brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = listed(brought("")[1].sha256, now)
    pipeline.search_earlier([entry, entry + 1])
    assert not EntryFrames.objects.exists()
    assert jobs(service.CHANGED)[-1] == {"entries": [entry]}
    monkeypatch.setattr(sandbox, "film", _refusing("no sandbox"))
    pipeline.search_earlier([entry])
    assert films.list_wanting((entry,))
    monkeypatch.setattr(sandbox, "film", _refusing("damaged or not a film"))
    pipeline.search_earlier([entry])
    assert not films.list_wanting((entry,))
    assert list(films.list_probes((entry,))) == []
