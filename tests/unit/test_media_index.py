"""The index of near hashes answers as looking at every hash does: after any change, any crash, in all processes.

A process is killed at calls that touch the disk: what was acknowledged is there afterwards, and what is there is whole.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from tests import index_crashes
from tests.near_stores import (
    PAIRS,
    StoreMachine,
    holds_at_every_distance,
    random_hashes,
    refuses_what_is_no_hash,
    tells_an_entry_once_at_each_distance,
)

from tipline.media.index import near, segments
from tipline.media.index.exact import ExactTable, write_table
from tipline.media.index.near import NearIndex, Writer
from tipline.media.index.plan import radii_for, table_bytes, widths_for
from tipline.media.index.port import Neighbour, Pair
from tipline.media.index.sections import Damaged
from tipline.media.kernels import NOT_NEEDED

_SPAWNED = multiprocessing.get_context("fork")


class _Machine(StoreMachine):
    """The files: merged, loaded and opened anew besides."""

    base: Path

    @initialize()
    def begin(self) -> None:
        self.folder = self.base / os.urandom(6).hex()
        self.store: Writer = Writer(self.folder)
        self.reader: NearIndex = NearIndex(self.folder)
        self.pairs = set()

    @rule(everything=st.booleans())
    def merge(self, everything: bool) -> None:
        self.store.merge(all_of_it=everything)

    @rule(pairs=PAIRS)
    def load(self, pairs: list[Pair]) -> None:
        hashes = np.frombuffer(b"".join(one for one, _ in pairs), np.uint8).reshape(-1, 32)
        self.store.load(hashes, np.array([entry for _, entry in pairs], dtype=np.uint64))
        self.pairs = set(pairs)

    @rule()
    def open_anew(self) -> None:
        self.store.close()
        self.store = Writer(self.folder)

    def teardown(self) -> None:
        self.store.close()
        self.reader.close()


def test_any_order_of_changes_gives_the_same_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "MOST_RECENT", 9)
    monkeypatch.setattr(segments, "MOST_ROWS", 5)
    _Machine.base = tmp_path
    _Machine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
    _Machine.TestCase().runTest()


@pytest.mark.parametrize("count", [0, 1, 2, 31, 4095, 4096, 9000, 60_000])
def test_everything_within_every_distance_is_found(count: int, tmp_path: Path) -> None:
    hashes = random_hashes(count)
    with Writer(tmp_path) as writer:
        writer.load(hashes, np.arange(count, dtype=np.uint64))
    index = NearIndex(tmp_path)
    assert len(index) == count
    index.verify()
    holds_at_every_distance(index, hashes)
    index.close()


def test_no_plan_leaves_a_gap() -> None:
    for count in (30_000, 50_000, 10**6, 10**7, 10**8):
        tables = widths_for(count, 8)
        assert sum(tables) == 256
        for radius in range(32):
            radii = radii_for(tables, count, radius)
            assert not radii or sum(one + 1 for one in radii if one != NOT_NEEDED) == radius + 1
        assert radii_for(tables, count, 31), count


def test_a_hundred_million_hashes_take_at_most_102_bytes_each() -> None:
    for entry_bytes in (4, 8):
        assert 32 + entry_bytes + table_bytes(widths_for(10**8, entry_bytes), 10**8) <= 102


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with Writer(tmp_path), pytest.raises(BlockingIOError):
        Writer(tmp_path, wait=False)
    with Writer(tmp_path, wait=False) as writer:
        refuses_what_is_no_hash(writer)


def test_an_entry_is_told_once_at_each_distance(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer:
        tells_an_entry_once_at_each_distance(writer)
        writer.merge(all_of_it=True)
        tells_an_entry_once_at_each_distance(writer)


def _look_for(folder: Path, hash: bytes, entry: int, link: Any) -> None:
    index = NearIndex(folder)
    link.send(len(index.find(hash)))
    link.recv()
    begun = time.monotonic()
    while not index.find(hash):
        assert time.monotonic() < begun + 30
    link.send(index.find(hash) == [Neighbour(0, entry)])


def test_what_is_added_is_found_by_every_process(tmp_path: Path) -> None:
    hash = random_hashes(1, 9)[0].tobytes()
    links = []
    with Writer(tmp_path) as writer:
        writer.load(random_hashes(5000), np.arange(5000, dtype=np.uint64))
        for _ in range(3):
            ours, theirs = _SPAWNED.Pipe()
            child = _SPAWNED.Process(target=_look_for, args=(tmp_path, hash, 77, theirs))
            child.start()
            links.append((ours, child))
        assert [ours.recv() for ours, _ in links] == [0, 0, 0]
        writer.add([(hash, 77)])
        for ours, _ in links:
            ours.send("go")
        assert all(ours.recv() for ours, _ in links)
        for _, child in links:
            child.join(30)


@pytest.mark.parametrize("torn", [False, True])
def test_a_writer_killed_at_a_call_loses_nothing_it_told_of(torn: bool, tmp_path: Path) -> None:
    # Every call is the matter of `./tipline faults index`.
    assert index_crashes.sweep(tmp_path, torn=torn, first=3, stride=17) > 100


def test_a_full_disk_is_told_and_leaves_the_index_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hash = random_hashes(1)[0].tobytes()

    def full(handle: int, data: bytes, at: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Writer(tmp_path) as writer:
        writer.add([(hash, 1)])
        monkeypatch.setattr(os, "pwrite", full)
        for work in (writer.merge, lambda: writer.add([(hash, 2)])):
            with pytest.raises(OSError, match="space"):
                work()
        monkeypatch.undo()
        assert NearIndex(tmp_path).find(hash) == [Neighbour(0, 1)]
        writer.merge()
    assert NearIndex(tmp_path).find(hash) == [Neighbour(0, 1)]
    assert not list(tmp_path.glob("*.making"))


def test_an_index_in_another_order_of_bits_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(near.bits, "NAME", "order 1")
        with Writer(tmp_path) as writer:
            writer.add([(bytes(32), 1)])  # in the log alone
    with pytest.raises(Damaged, match="order of bits"):
        NearIndex(tmp_path)
    with pytest.raises(Damaged, match="order of bits"), Writer(tmp_path):
        pass
    with Writer(tmp_path, anew=True) as writer:
        writer.add([(bytes(32), 2)])
    assert NearIndex(tmp_path).find(bytes(32)) == [Neighbour(0, 2)]


@pytest.mark.skipif(not Path("/sys/kernel/mm/transparent_hugepage").exists(), reason="no large pages here")
def test_large_pages_are_asked_for(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer:
        writer.load(random_hashes(5000), np.arange(5000, dtype=np.uint64))
    index = NearIndex(tmp_path)
    _, _, told = Path("/proc/self/smaps").read_text().partition(next(tmp_path.glob("*.near")).name)
    flags = next(line for line in told.splitlines() if line.startswith("VmFlags"))
    assert "hg" in flags.split()
    index.close()


@pytest.mark.parametrize("place", [0, 20, 60, 70_000, 200_000])
def test_a_damaged_file_is_told(place: int, tmp_path: Path) -> None:
    with Writer(tmp_path) as writer:
        writer.load(random_hashes(5000), np.arange(5000, dtype=np.uint64))
    path = next(tmp_path.glob("*.near"))
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    with pytest.raises(Damaged, match=r"\.near"):
        NearIndex(tmp_path).verify()
    path.write_bytes(raw[:-4096])
    with pytest.raises(Damaged, match=r"\.near"):
        NearIndex(tmp_path)


@pytest.mark.parametrize("width", [16, 20, 32])
def test_digests_are_found_with_their_entries(width: int, tmp_path: Path) -> None:
    digests = random_hashes(3000)[:, :width].copy()
    digests[1] = digests[0]
    write_table(tmp_path / "t", digests, np.arange(3000, dtype=np.uint64) + 5)
    table = ExactTable(tmp_path / "t")
    table.verify()
    assert len(table) == 3000
    assert [table.find(one.tobytes()) for one in digests[:3]] == [5, 5, 7]
    assert table.find(bytes(width)) is None
    found = table.find_many(np.concatenate([digests, np.zeros((1, width), np.uint8)]))
    assert found.tolist() == [5, 5, *range(7, 3005), -1]
    with pytest.raises(ValueError, match="bytes"):
        table.find_many(digests[:, :-1])
    with pytest.raises(ValueError, match="digests"):
        write_table(tmp_path / "u", digests, np.arange(2, dtype=np.uint64))


def test_an_entry_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer, pytest.raises(ValueError, match="2\\^63"):
        writer.add([(bytes(32), 1 << 63)])
    with Writer(tmp_path) as writer, pytest.raises(ValueError, match="2\\^63"):
        writer.load(random_hashes(2), np.array([1, 1 << 63], dtype=np.uint64))
    assert NearIndex(tmp_path).find(bytes(32)) == []


@pytest.mark.parametrize("width", [8, 9, 16, 20, 32, 64])
def test_a_digest_that_differs_in_one_byte_is_not_there(width: int, tmp_path: Path) -> None:
    digests = np.random.default_rng(width).integers(0, 256, (2000, width), dtype=np.uint8)
    digests[:60, : width - 2] = digests[0, : width - 2]  # a crowd: whoever chooses keys may have many begin alike
    write_table(tmp_path / "t", digests)
    table = ExactTable(tmp_path / "t")
    there = {one.tobytes() for one in digests}
    changed = digests[np.repeat(np.arange(0, 2000, 7), width)]
    changed[np.arange(len(changed)), np.arange(len(changed)) % width] ^= (1 << np.arange(len(changed)) % 8).astype(
        np.uint8
    )
    found = table.find_many(np.concatenate([changed, digests]))
    assert (found >= 0).tolist() == [one.tobytes() in there for one in changed] + [True] * 2000
    assert [table.find_row(one.tobytes()) for one in changed] == found[: len(changed)].tolist()


def test_a_table_of_nothing_is_empty(tmp_path: Path) -> None:
    write_table(tmp_path / "t", np.empty((0, 16), np.uint8))
    assert ExactTable(tmp_path / "t").find(bytes(16)) is None
