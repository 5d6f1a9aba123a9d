"""The indexes beside the database: seen by every process, made anew when harmed, never less than the tables say."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.integration import hashlists_world as world

from tipline.media.index.near import NearIndex
from tipline.platform.database.identity import name_of_database
from tipline.reference.hashlists import adapters, queries, service
from tipline.reference.hashlists.models import EntryPrint
from tipline.reference.hashlists.values import NewEntry, Print
from tipline.reports import adapters as received
from tipline.reports.models import File, Fingerprint, Report

pytestmark = pytest.mark.django_db
AsRole = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def now(db: None, fixed_now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    service.ensure_lists(now=fixed_now)
    for rooms in (adapters, received):
        monkeypatch.setattr(rooms, "settings", lambda: _Settings(tmp_path))
    _another_process()
    yield fixed_now
    _another_process()


class _Settings:
    """The settings that the indexes ask for."""

    role = "worker"

    def __init__(self, folder: Path) -> None:
        self.indexes = folder


def _another_process() -> None:
    """What a process holds open is forgotten: the next look begins as a process does."""
    adapters._copy.cache_clear()
    received._copy.cache_clear()


def _folder(tmp_path: Path, what: str) -> Path:
    return tmp_path / f"{name_of_database()}-{what}"


def _look(seed: object) -> list[int]:
    return [each.entry for each in queries.look_up([Print("PDQ", world.pdq(seed, 9), 90)])]


def test_what_comes_and_goes_is_seen_by_another_process(now: datetime) -> None:
    assert _look("a") == []
    first = adapters.listed()
    key = world.listed("a", now)
    _another_process()
    assert adapters.listed() is not first
    assert _look("a") == [key]
    service.withdraw(entries=(key,), by=world.BY, now=now)
    _another_process()
    assert _look("a") == []


def test_what_is_committed_and_not_in_the_index_yet_is_found(now: datetime, tmp_path: Path) -> None:
    world.listed("a", now)
    assert _look("a")
    held = _folder(tmp_path, "lists")
    before = len(NearIndex(held))
    key = world.listed("b", now)  # the process that wrote it died before it looked anything up
    assert len(NearIndex(held)) == before
    _another_process()
    assert _look("b") == [key]
    assert len(NearIndex(held)) == before + 1


@pytest.mark.parametrize("harmed", ["gone", "damaged"])
def test_an_index_that_is_harmed_is_made_anew(now: datetime, tmp_path: Path, harmed: str) -> None:
    keys = [world.listed(seed, now) for seed in "abc"]
    assert _look("a") == [keys[0]]
    folder = _folder(tmp_path, "lists")
    if harmed == "gone":
        shutil.rmtree(folder)
    else:
        for path in folder.glob("*.near"):
            path.write_bytes(b"nothing of what was there")
    _another_process()
    assert [_look(seed) for seed in "abc"] == [[key] for key in keys]
    assert len(NearIndex(folder)) == 3


def test_where_nothing_can_be_written_the_tables_are_asked(
    now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").write_text("no folder")
    monkeypatch.setattr(adapters, "settings", lambda: _Settings(tmp_path / "closed"))
    _another_process()
    keys = [world.listed(seed, now) for seed in "ab"]
    assert [_look(seed) for seed in "ab"] == [[key] for key in keys]
    service.withdraw(entries=keys[:1], by=world.BY, now=now)
    assert [_look(seed) for seed in "ab"] == [[], keys[1:]]


def test_what_was_rolled_back_leaves_no_gap(now: datetime) -> None:
    world.listed("a", now)
    before = transaction.savepoint()
    world.listed("b", now)
    assert _look("b")
    transaction.savepoint_rollback(before)
    keys = [world.listed(seed, now) for seed in "cdef"]
    _another_process()
    assert [_look(seed) for seed in "abcdef"][1:] == [[], *([key] for key in keys)]


def test_a_print_that_was_replaced_counts_no_more_though_the_index_still_has_it(now: datetime) -> None:
    hotline = world.partner("Example Hotline", now, "HOTLINE")
    new = [NewEntry("npo", hotline, "image", (Print("PDQ", world.pdq(seed), 90),), "B1", "x-1") for seed in "ab"]
    for one in new:
        service.propose(new=one, by=world.BY, now=now)
        assert _look("a" if one is new[0] else "b")
    assert _look("a") == []
    EntryPrint.objects.filter(value=world.pdq("b")).update(quality=49)
    assert _look("b") == []


def test_the_nightly_check_leaves_nothing_of_what_was_withdrawn(now: datetime, tmp_path: Path) -> None:
    keys = [world.listed(seed, now) for seed in "ab"]
    assert _look("a")
    service.withdraw(entries=keys[:1], by=world.BY, now=now)
    assert not adapters.listed().check(adapters.count_listed())
    assert len(NearIndex(_folder(tmp_path, "lists"))) == 1
    assert adapters.listed().check(adapters.count_listed())
    assert _look("b") == keys[1:]


@pytest.mark.parametrize("role", ["worker", "desk", "hash_sharing"])
def test_each_role_that_looks_up_may_follow(now: datetime, as_role: AsRole, role: str) -> None:
    key = world.listed("a", now)
    with as_role(role):
        assert _look("a") == [key]


def _kept(now: datetime, number: int, *values: str) -> int:
    report = Report.objects.create(
        number=4_000_000_000 + number, source="ESP_API", state="SCORED", opened_at=now, changed_at=now
    )
    file = File.objects.create(
        report=report, file_id=f"{number:032x}", position=1, size=1, md5="", sha1="", sha256="", received_at=now
    )
    for at, value in enumerate(values):
        Fingerprint.objects.create(file=file, algorithm=f"pdq_{at}" if at else "pdq", value=value, quality=80)
    return file.id


def _files(seed: object) -> list[int]:
    near = received.find_near([world.pdq(seed)])
    rows = Fingerprint.objects.filter(pk__in=[key for each in near.values() for key, _ in each])
    return sorted(rows.values_list("file_id", flat=True))


def test_received_files_are_found_by_another_process_and_purged_ones_are_not(now: datetime, tmp_path: Path) -> None:
    one = _kept(now, 1, world.pdq("a", 3), world.pdq("x"))
    assert _files("a") == [one]
    two = _kept(now, 2, world.pdq("y"), world.pdq("a", 20))
    _another_process()
    assert _files("a") == [one, two]
    Fingerprint.objects.filter(file_id=one).delete()
    assert _files("a") == [two]
    assert not received.received().check(received.count_received())
    assert len(NearIndex(_folder(tmp_path, "files"))) == 2
    shutil.rmtree(_folder(tmp_path, "files"))
    _another_process()
    assert _files("a") == [two]


def test_the_worker_alone_writes_the_index_of_files_and_the_desk_finds_the_same(
    now: datetime, tmp_path: Path, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _kept(now, 1, world.pdq("a"))
    with as_role("worker"):
        assert _files("a") == [one]
    two = _kept(now, 2, world.pdq("a", 2))
    monkeypatch.setattr(_Settings, "role", "desk")
    _another_process()
    with as_role("desk"):
        assert _files("a") == [one, two]
    assert len(NearIndex(_folder(tmp_path, "files"))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_fingerprint_that_is_committed_late_is_not_passed_over(
    fixed_now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers write at a time; the copy waits for the slower one before it notes how far it has come."""
    monkeypatch.setattr(received, "settings", lambda: _Settings(tmp_path))
    _another_process()
    _kept(fixed_now, 1, world.pdq("a"))
    written, go_on, seen = threading.Event(), threading.Event(), list[list[int]]()

    def slow() -> None:
        with transaction.atomic():
            _kept(fixed_now, 2, world.pdq("b"))
            written.set()
            go_on.wait(10)
        connection.close()

    def look() -> None:
        seen.append(_files("b"))
        connection.close()

    writer, reader = threading.Thread(target=slow), threading.Thread(target=look)
    writer.start()
    assert written.wait(10)
    reader.start()
    while not _is_waiting():
        pass
    go_on.set()
    writer.join()
    reader.join()
    late = File.objects.get(file_id=f"{2:032x}").id
    assert seen == [[late]]
    _another_process()


def _is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'reports_fingerprint'::regclass")
        return bool(cursor.fetchone()[0])


def test_marks_tell_lists_apart(now: datetime) -> None:
    """A change of one list is read with that list alone, and none of another is missed for it."""
    first = world.listed("a", now)
    assert _look("a") == [first]
    other = world.listed("b", now + timedelta(seconds=1), list_slug="law-enforcement")
    again = world.listed("c", now + timedelta(seconds=2))
    assert [_look(seed) for seed in "abc"] == [[first], [other], [again]]
