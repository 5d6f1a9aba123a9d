"""A copy of a table in a folder: whatever happens to the folder or to a process, what the table has is found."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tipline.media.index import near
from tipline.media.index.copy import Copy, Marks, Missing
from tipline.media.index.log import Log
from tipline.media.index.near import NearIndex, Writer


class _Table:
    """A table that only grows: the mark is how many rows were seen, and the table's own name."""

    def __init__(self, name: bytes = b"one") -> None:
        self.name = name
        self.rows: list[tuple[bytes, int]] = []
        self.asked = 0

    def add(self, *entries: int) -> None:
        self.rows += [(_hash(entry), entry) for entry in entries]

    def missing(self, marks: Marks, *, to_keep: bool) -> Missing | None:
        held = marks.get(0, b"")
        is_known = held[8:].rstrip(b"\0") == self.name
        since = int.from_bytes(held[:8], "little") if is_known else 0
        rows = self.rows[since:]
        if is_known and not rows:
            return None
        self.asked += len(rows)
        hashes = np.frombuffer(b"".join(hash for hash, _ in rows), dtype=np.uint8).reshape(-1, 32)
        entries = np.array([entry for _, entry in rows], dtype="<u8")
        note = len(self.rows).to_bytes(8, "little") + self.name
        return Missing(hashes, entries, {0: note}, is_whole=not is_known)


def _hash(entry: int) -> bytes:
    return np.random.default_rng(entry).integers(0, 256, 32, dtype=np.uint8).tobytes()


def _found(copy: Copy, *entries: int) -> list[int]:
    near_each = copy.find_many(b"".join(_hash(entry) for entry in entries), 31)
    return [one.entry for each in near_each for one in each]


@pytest.fixture
def table() -> _Table:
    made = _Table()
    made.add(1, 2, 3)
    return made


def test_what_came_since_is_found_by_every_process_and_read_once(tmp_path: Path, table: _Table) -> None:
    one, other = Copy(tmp_path / "index", table), Copy(tmp_path / "index", table)
    assert _found(one, 1, 2, 3, 4) == [1, 2, 3]
    table.add(4)
    assert _found(other, 1, 4) == [1, 4]
    assert _found(one, 4) == [4]
    assert table.asked == 4  # the other process had brought the folder up to date


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)


def _no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _torn_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"segments": [')


def _no_segment(folder: Path) -> None:
    next(folder.glob("*.near")).unlink()


def _short_segment(folder: Path) -> None:
    path = next(folder.glob("*.near"))
    path.write_bytes(path.read_bytes()[:5000])


def _no_log(folder: Path) -> None:
    next(folder.glob("*.log")).unlink()


def _flipped_log(folder: Path) -> None:
    path = next(folder.glob("*.log"))
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])


@pytest.mark.parametrize(
    "harm", [_empty, _no_manifest, _torn_manifest, _no_segment, _short_segment, _no_log, _flipped_log]
)
def test_a_folder_that_is_harmed_is_made_anew_and_nothing_is_missed(
    tmp_path: Path, table: _Table, harm: Callable[[Path], None]
) -> None:
    assert _found(Copy(tmp_path / "index", table), 1) == [1]
    harm(tmp_path / "index")
    assert _found(Copy(tmp_path / "index", table), 1, 2, 3) == [1, 2, 3]
    assert len(NearIndex(tmp_path / "index")) == 3


def test_a_wrong_byte_inside_is_found_by_the_check(tmp_path: Path, table: _Table) -> None:
    copy = Copy(tmp_path / "index", table)
    assert _found(copy, 1) == [1]
    assert copy.check(3)
    path = next((tmp_path / "index").glob("*.near"))
    held = bytearray(path.read_bytes())
    held[-4096] ^= 255
    path.write_bytes(held)
    assert not copy.check(3)
    assert copy.check(3)
    assert _found(copy, 1, 2, 3) == [1, 2, 3]


def test_what_the_source_took_back_is_gone_after_the_check(tmp_path: Path, table: _Table) -> None:
    copy = Copy(tmp_path / "index", table)
    assert _found(copy, 3) == [3]
    del table.rows[2]
    assert not copy.check(2)
    assert _found(copy, 1, 2, 3) == [1, 2]


def test_the_folder_of_another_table_is_no_copy_of_this_one(tmp_path: Path, table: _Table) -> None:
    assert _found(Copy(tmp_path / "index", table), 1) == [1]
    other = _Table(b"two")
    other.add(7, 8, 9)
    assert _found(Copy(tmp_path / "index", other), 1, 7, 8, 9) == [7, 8, 9]


@pytest.mark.parametrize("whole", [1, 2, 3])
def test_a_process_that_is_killed_while_it_writes_loses_nothing(
    tmp_path: Path, table: _Table, monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    assert _found(Copy(tmp_path / "index", table), 1) == [1]
    table.add(4, 5)  # with the mark three records of the log
    append = Log.append

    def killed(self: Log, records: list[near.Record]) -> None:
        append(self, list(records)[:whole])
        raise KeyboardInterrupt

    monkeypatch.setattr(Log, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        _found(Copy(tmp_path / "index", table), 4)
    monkeypatch.undo()
    assert _found(Copy(tmp_path / "index", table), 1, 4, 5) == [1, 4, 5]
    assert len(NearIndex(tmp_path / "index")) == 5


def test_without_a_folder_that_can_be_written_everything_is_found_in_memory(tmp_path: Path, table: _Table) -> None:
    (tmp_path / "file").write_text("no folder")
    copy = Copy(tmp_path / "file" / "index", table)
    assert _found(copy, 1, 2, 3) == [1, 2, 3]
    table.add(4)
    assert _found(copy, 1, 4) == [1, 4]
    assert table.asked == 4  # what it holds in memory is not read again


def test_while_another_process_writes_nothing_waits_and_nothing_is_missed(tmp_path: Path, table: _Table) -> None:
    copy = Copy(tmp_path / "index", table)
    assert _found(copy, 1) == [1]
    with Writer(tmp_path / "index"):
        table.add(4)
        assert _found(copy, 1, 4) == [1, 4]
        table.add(5)
        assert _found(copy, 3, 4, 5) == [3, 4, 5]
    assert _found(copy, 4, 5) == [4, 5]
    assert len(NearIndex(tmp_path / "index")) == 5


def test_marks_outlive_a_merge(tmp_path: Path, table: _Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "MOST_RECENT", 4)
    copy = Copy(tmp_path / "index", table)
    for entry in range(10, 40):
        table.add(entry)
        assert _found(copy, entry) == [entry]
    assert table.asked == 33
    assert _found(Copy(tmp_path / "index", table), 1, 10, 39) == [1, 10, 39]
    assert table.asked == 33


def test_who_may_not_write_reads_what_is_missing_each_time(tmp_path: Path, table: _Table) -> None:
    reader = Copy(tmp_path / "index", table, writes=False)
    assert _found(reader, 1) == [1]
    assert not (tmp_path / "index").exists()
    assert _found(Copy(tmp_path / "index", table), 1) == [1]
    table.add(4)
    assert _found(reader, 1, 4) == [1, 4]


def test_threads_share_one_copy(tmp_path: Path, table: _Table) -> None:
    copy, wrong = Copy(tmp_path / "index", table), list[int]()

    def look(start: int) -> None:
        for entry in range(start, start + 20):
            table.add(entry)
            if _found(copy, entry) != [entry]:
                wrong.append(entry)

    threads = [threading.Thread(target=look, args=(start,)) for start in (100, 200, 300)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong
