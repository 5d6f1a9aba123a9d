"""A part of a known picture in another one: found on the way, by a later entry, and shown with its outline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from tests.bench.pictures import scene
from tests.integration import desk_world
from tests.integration import hashlists_world as lists
from tests.integration.parts import part, whole

from tipline import pipeline, upkeep
from tipline.domain.findings import FileKnown
from tipline.domain.report import FileRef, ReportHead
from tipline.media import sandbox
from tipline.platform.vault.store import configured_store
from tipline.reference.directory import service as directory
from tipline.reference.hashlists import service
from tipline.reports import proposals
from tipline.reports import queries as reports

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tipline.interfaces.desk.urls"),
    pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine"),
]


@pytest.fixture
def now(db: None, fixed_now: datetime) -> Iterator[datetime]:
    directory.load_reference(now=fixed_now)
    service.ensure_lists(now=fixed_now)
    yield fixed_now
    store = configured_store()
    for folder in ("incoming", "blobs"):
        for name in list(store.names(folder)):
            store.delete(name)


Bring = Callable[[int, bytes], tuple[ReportHead, FileRef]]


@pytest.fixture
def bring(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Bring:
    def bring(number: int, content: bytes) -> tuple[ReportHead, FileRef]:
        with monkeypatch.context() as patched:
            patched.setattr(desk_world.pictures, "picture", lambda _: content)
            head = desk_world.bring(now, number)
        (file,) = reports.list_files(head.id)
        return head, file

    return bring


def listed(head: ReportHead, file: FileRef, now: datetime) -> int:
    key = proposals.propose_file(
        report_id=head.id, file_id=file.file_id, list_slug="industry", by=lists.PROPOSER, now=now
    )
    lists.agree(key, now)
    return key


def known(head: ReportHead) -> list[FileKnown]:
    return [one.body for one in reports.current_findings(head.id, FileKnown.kind) if isinstance(one.body, FileKnown)]


def test_a_part_of_a_known_picture_is_found(now: datetime, bring: Bring) -> None:
    first, original = bring(81, whole(scene(3)))
    key = listed(first, original, now)
    head, _ = bring(82, part(scene(3)))
    (body,) = known(head)
    assert (body.entry, body.how, body.classification) == (key, "FEATURES", "")
    assert body.places >= 20


def test_later(now: datetime, bring: Bring) -> None:
    old, _ = bring(83, part(scene(4)))
    first, original = bring(84, whole(scene(4)))
    assert not known(old)
    key = listed(first, original, now)
    pipeline.search_earlier([key])
    pipeline.look_again(old.id, now)
    (body,) = known(old)
    assert (body.entry, body.how) == (key, "FEATURES")
    upkeep.check_indexes(now)  # what earlier tests rolled back goes
    assert upkeep.check_indexes(now) == 0
    service.withdraw(entries=(key,), by=lists.BY, now=now)
    pipeline.look_again(old.id, now)
    assert known(old)[0].standing == "withdrawn"
    assert upkeep.check_indexes(now) == 2
    assert upkeep.check_indexes(now) == 0
