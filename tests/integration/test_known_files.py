"""Files of reports against the hash lists: looked up on the way, and again when a list grows or shrinks."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain, repeat

import numpy as np
import pytest
from django.db import connection
from PIL import Image
from tests.films import HEIGHT, WIDTH, each, encoded, film, flipped
from tests.integration import desk_world
from tests.integration import hashlists_world as world
from tests.integration.kept_files import empty_store

from tipline import pipeline
from tipline.domain.findings import FileKnown, Scored
from tipline.domain.report import ReportHead
from tipline.media import sandbox
from tipline.reference.directory import service as directory
from tipline.reference.hashlists import queries, service
from tipline.reference.hashlists.values import NewEntry, Print
from tipline.reports import files, proposals, retention
from tipline.reports import queries as reports
from tipline.simulation import pictures

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine"),
]


@pytest.fixture(autouse=True)
def _empty_store() -> Iterator[None]:
    yield
    empty_store()


@pytest.fixture
def now(db: None, fixed_now: datetime) -> datetime:
    directory.load_reference(now=fixed_now)
    service.ensure_lists(now=fixed_now)
    return fixed_now


def known(head: ReportHead) -> list[FileKnown]:
    return [
        found.body for found in reports.current_findings(head.id, FileKnown.kind) if isinstance(found.body, FileKnown)
    ]


def prints_of(head: ReportHead) -> tuple[Print, ...]:
    (file,) = reports.list_files(head.id)
    (pdq,) = [one for one in reports.list_fingerprints(head.id) if one[1] == "pdq"]
    return (Print("MD5", file.md5), Print("PDQ", pdq[2], pdq[3]))


def listed_from(head: ReportHead, now: datetime) -> int:
    """The report's only file, brought onto the list by three people."""
    (file,) = reports.list_files(head.id)
    key = proposals.propose_file(
        report_id=head.id, file_id=file.file_id, list_slug="industry", by=world.PROPOSER, now=now
    )
    world.agree(key, now)
    return key


def by_survivor(prints: tuple[Print, ...], now: datetime) -> int:
    new = NewEntry("npo", world.member("take-it-down"), "image", prints, source="survivor")
    return service.propose(new=new, by=world.BY, now=now)


def jobs(task: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [task])
        return [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor.fetchall()]


def again(content: bytes, *, quality: int = 40, mirrored: bool = False) -> bytes:
    """The same look with other bytes."""
    picture = Image.open(io.BytesIO(content)).resize((400, 300))
    if mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_a_copy_of_a_listed_file_is_known_when_it_comes_in(now: datetime) -> None:
    first = desk_world.bring(now, 41)
    key = listed_from(first, now)
    second = desk_world.bring(now, 41)
    (found,) = known(second)
    assert (found.entry, found.how, found.classification, found.judged_by) == (key, "SHA256", "A1", 3)
    assert (found.list_name, found.member) == ("Industry: child sexual abuse material", "Tipline")
    assert queries.count_hits((key,)).found == 1


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_copy_with_other_bytes_and_the_same_look_is_known_mirrored_too(
    now: datetime, monkeypatch: pytest.MonkeyPatch, mirrored: bool
) -> None:
    key = listed_from(desk_world.bring(now, 42), now)
    copy = again(pictures.picture(42), mirrored=mirrored)
    monkeypatch.setattr(desk_world.pictures, "picture", lambda number: copy)
    (found,) = known(desk_world.bring(now, 42))
    assert (found.entry, found.how) == (key, "PDQ")
    assert found.distance <= 31


@pytest.mark.parametrize("change", [None, flipped])
def test_a_film_that_shows_a_listed_picture_is_known_mirrored_too(
    now: datetime, monkeypatch: pytest.MonkeyPatch, change: Callable[[Image.Image], Image.Image] | None
) -> None:
    still = np.asarray(Image.open(io.BytesIO(pictures.picture(45))).convert("RGB").resize((WIDTH, HEIGHT)))
    key = listed_from(desk_world.bring(now, 45), now)
    shown = chain(film(1, 2), repeat(still, 50), film(2, 2))
    clip = encoded(each(change, shown) if change else shown)
    monkeypatch.setattr(desk_world.pictures, "picture", lambda number: clip)
    (found,) = known(desk_world.bring(now, 45))
    assert (found.entry, found.how) == (key, "PDQ")


def test_an_earlier_report_is_found_when_its_file_comes_onto_a_list_and_its_agencies_are_told(now: datetime) -> None:
    head = desk_world.bring(now, 43)
    other = desk_world.bring(now, 44)
    key = listed_from(head, now)
    assert jobs(service.CHANGED) == [{"entries": [key]}]
    pipeline.search_earlier([key])
    assert jobs(pipeline.LOOK_AGAIN) == [{"report_id": head.id}]
    pipeline.look_again(head.id, now)
    (found,) = known(head)
    assert found.entry == key
    assert jobs("tipline.pipeline.news")[-1] == {"report_id": head.id}
    assert reports.list_news(head.id)[-1][1] == "file_known"
    assert known(other) == []
    pipeline.look_again(head.id, now)
    assert len([each for each in reports.all_findings(head.id) if each.kind == "file_known"]) == 1
    assert queries.count_hits((key,)).found == 1


def test_a_near_earlier_file_is_found(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = again(pictures.picture(45), mirrored=True)
    monkeypatch.setattr(desk_world.pictures, "picture", lambda number: copy)
    mirrored = desk_world.bring(now, 45)
    monkeypatch.undo()
    head = desk_world.bring(now, 45)
    probe = [each for each in prints_of(head) if each.type == "PDQ"]
    assert files.find_reports(probe) == {head.id, mirrored.id}
    assert files.find_reports([probe[0]._replace(quality=49)]) == frozenset()


def test_a_withdrawn_entry_is_told_as_withdrawn_and_counts_no_more(now: datetime) -> None:
    first = desk_world.bring(now, 46)
    key = listed_from(first, now)
    head = desk_world.bring(now, 46)
    later = now + timedelta(hours=1)
    service.withdraw(entries=(key,), by=world.PROPOSER, now=later, reason="wrong")
    assert jobs(service.CHANGED)[-1] == {"entries": [key]}
    pipeline.search_earlier([key])
    pipeline.look_again(head.id, later)
    (found,) = known(head)
    assert found.standing == "withdrawn"
    pipeline.rescore(head.id, later)
    (scored,) = [each.body for each in reports.current_findings(head.id, "scored")]
    assert isinstance(scored, Scored)
    assert not [point for point in scored.points if "known" in point.sentence]


def test_a_survivors_file_is_found_and_never_classed(now: datetime) -> None:
    head = desk_world.bring(now, 47)
    key = by_survivor(prints_of(head), now)
    pipeline.look_again(head.id, now)
    (found,) = known(head)
    assert (found.source, found.classification, found.judged_by) == ("survivor", "", 0)
    pipeline.rescore(head.id, now)
    (scored,) = [each.body for each in reports.current_findings(head.id, "scored")]
    assert isinstance(scored, Scored)
    assert "A person asked to have a file of this report found" in [point.sentence for point in scored.points]
    assert queries.count_hits((key,)).found == 1


def test_reports_for_trying_meet_the_lists_for_trying_alone(now: datetime) -> None:
    real = desk_world.bring(now, 48)
    service.propose(
        new=NewEntry("npo-test", world.member("take-it-down"), "image", prints_of(real), source="survivor"),
        by=world.BY, now=now,
    )  # fmt: skip
    listed_from(real, now)
    tried = desk_world.bring(now, 48, environment="test")
    (found,) = known(tried)
    assert found.list_name == "Organisations, for trying"


def test_a_purged_report_is_not_asked_again(now: datetime) -> None:
    head = desk_world.bring(now, 49)
    prints = prints_of(head)
    key = listed_from(head, now)
    desk_world.close_long_ago(head.id, now)
    retention.purge(report_id=head.id, by=world.BY, now=now)
    assert files.find_reports(prints) == frozenset()
    pipeline.look_again(head.id, now)
    assert known(head) == []
    assert queries.count_hits((key,)).found == 0


def test_a_viewed_file_that_nobody_else_has_raises_and_a_known_one_does_not(now: datetime) -> None:
    new = desk_world.bring(now, 50, fileViewedByEsp=True)
    listed_from(new, now)
    copy = desk_world.bring(now, 50, fileViewedByEsp=True)

    def sentences(head: ReportHead) -> list[str]:
        (scored,) = [each.body for each in reports.current_findings(head.id, "scored")]
        assert isinstance(scored, Scored)
        return [point.sentence for point in scored.points]

    assert "A viewed file is on no hash list and in no earlier report: it may be new" in sentences(new)
    assert "A file is known and was classed A1 before" in sentences(copy)
    assert not [each for each in sentences(copy) if "may be new" in each]
