"""A part of a known picture in another one: found on the way, by a later entry, and shown with its outline."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from PIL import Image, ImageDraw
from tests.bench.pictures import scene
from tests.conftest import AsRole
from tests.integration import desk_world
from tests.integration import hashlists_world as lists
from tests.integration.kept_files import empty_store
from tests.integration.parts import encoded, part, whole

from tipline import pipeline, upkeep
from tipline.domain.findings import FileKnown
from tipline.domain.outline import outlines_of, share_of
from tipline.domain.report import FileRef, ReportHead
from tipline.media import sandbox
from tipline.platform.config import settings
from tipline.reference.directory import service as directory
from tipline.reference.hashlists import brake, queries, service
from tipline.reference.hashlists.models import EntryFeatures, Hit
from tipline.reference.hashlists.values import NewEntry, Print
from tipline.reports import adapters, features, files, proposals, retention
from tipline.reports import queries as reports
from tipline.reports.models import FileFeatures, FindingRow

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
    empty_store()


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


def test_a_later_entry_reaches_the_part_of_it_in_an_old_report_and_leaves_it_when_it_goes(
    now: datetime, bring: Bring
) -> None:
    old, copy = bring(83, part(scene(4)))
    first, original = bring(84, whole(scene(4)))
    key = listed(first, original, now)
    assert files.find_depicting(queries.list_wanted_features([key])) == {old.id, first.id}
    pipeline.look_again(old.id, now)
    (body,) = known(old)
    assert (body.entry, body.how, body.classification) == (key, "FEATURES", "")
    assert body.places >= 20
    assert share_of(outlines_of(body.lies).in_known) == pytest.approx(0.4, abs=0.02)
    assert Hit.objects.get(entry_id=key, file_id=copy.file_id).how == "FEATURES"
    pipeline.look_again(old.id, now)
    assert FindingRow.objects.filter(report_id=old.id, kind=FileKnown.kind).count() == 1  # no news
    upkeep.check_indexes(now)  # what earlier tests rolled back goes
    assert upkeep.check_indexes(now) == 0
    service.withdraw(entries=(key,), by=lists.BY, now=now)
    assert not EntryFeatures.objects.exists()
    assert upkeep.check_indexes(now) == 2
    pipeline.look_again(old.id, now)
    assert known(old)[0].standing == "withdrawn"


def test_what_is_found_by_its_parts_stays_when_a_surer_entry_comes(now: datetime, bring: Bring) -> None:
    first, original = bring(85, whole(scene(3)))
    key = listed(first, original, now)
    head, copy = bring(86, part(scene(3)))
    assert [body.entry for body in known(head)] == [key]
    surer = service.propose(
        new=NewEntry("npo", lists.member("take-it-down"), "image", (Print("MD5", copy.md5),), source="survivor"),
        by=lists.BY, now=now,
    )  # fmt: skip
    pipeline.look_again(head.id, now)
    assert {body.entry: (body.how, body.standing) for body in known(head)} == {
        key: ("FEATURES", ""),
        surer: ("MD5", ""),
    }


def test_a_picture_whose_fingerprint_never_counts_is_like_nothing(now: datetime, bring: Bring) -> None:
    first, original = bring(87, whole(scene(0)))
    listed(first, original, now)
    content = part(scene(0))
    found = Print("MD5", hashlib.md5(content, usedforsecurity=False).hexdigest())
    brake.never_count(found=found, reason="an avatar", by=lists.BY, now=now)
    head, _ = bring(88, content)
    assert not known(head)


def test_the_same_scene_with_something_else_in_it_is_alike_and_purged_with_its_report(
    now: datetime, bring: Bring, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen(left: int, colour: str) -> bytes:
        image = Image.fromarray(scene(7)).crop((left, 20, left + 420, 440))
        ImageDraw.Draw(image).ellipse((left + 60, 120, left + 240, 420), fill=colour)
        return encoded(image)

    one, file = bring(89, seen(0, "brown"))
    other, theirs = bring(90, seen(60, "navy"))
    bring(91, whole(scene(8)))
    monkeypatch.setattr(adapters, "settings", lambda: replace(settings(), role="desk"))
    with as_role("desk"):
        (found,) = files.find_alike(one.id, file.file_id, most=9)
    assert (found.report_number, found.distance) == (other.number, None)
    assert found.places >= 15
    assert not files.find_alike(other.id, theirs.file_id, most=0)
    retention._destroy_content(other.id)
    assert not files.find_alike(one.id, file.file_id, most=9)


def test_only_the_newest_pictures_features_are_kept_and_a_damaged_row_is_as_good_as_none(
    now: datetime, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(92, whole(scene(1)))
    head, newest = bring(93, whole(scene(2)))
    kept = list(FileFeatures.objects.order_by("id").values_list("id", flat=True))
    monkeypatch.setattr(features, "settings", lambda: replace(settings(), features_kept=1))
    assert features.forget_oldest() == len(kept) - 1
    assert list(FileFeatures.objects.values_list("id", flat=True)) == kept[-1:]
    row = FileFeatures.objects.get()
    assert len(features.features_of(newest.id)) > 100
    FileFeatures.objects.update(sealed=bytes(row.sealed)[:-1] + b"?")
    assert not len(features.features_of(newest.id))
    pipeline.look_again(head.id, now)
