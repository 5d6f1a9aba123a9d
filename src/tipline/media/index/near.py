"""All known hashes within a distance of a given one, kept in a folder that many processes share.

    index = NearIndex(folder)                    # any number of processes
    index.find(bytes.fromhex(pdq), radius=31)    # [Neighbour(entry=17, distance=4), ...], the nearest first
    with Writer(folder) as writer:               # one at a time
        writer.add([(hash, entry), ...])         # found by all processes at their next search

Hashes are 32 bytes, entries numbers below 2^63 that mean something to the caller. The same pair twice is there once.
`marks` are notes of the caller's, up to 32 bytes each by a number: what is noted with an addition is there with it, or
neither is. A copy of something else notes how far it has come (`tipline.media.index.copy`).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tipline.media.index import bits
from tipline.media.index.log import ADD, MARK, REMOVE, Log, Record
from tipline.media.index.port import Neighbour, Pair
from tipline.media.index.sections import Damaged
from tipline.media.index.segments import SUFFIX, Entries, Hashes, Segment, batches, write_segment
from tipline.media.kernels import ALL, Near
from tipline.media.thresholds import PDQ_RADIUS

MOST_RECENT = 8192  # so many changes are looked at one by one; then they become a segment
MOST_ENTRY = 1 << 63  # an entry is below it
_MANIFEST = "manifest.json"
_GROWTH = 4  # a segment is merged with those before it that are less than so many times as large
_TRIES = 50


class _Recent:
    """What the log holds, ready to be searched: additions as an array, removals as a set."""

    def __init__(self) -> None:
        self._hashes = np.empty((1024, 32), dtype=np.uint8)
        self._entries: list[int] = []
        self._places: dict[tuple[bytes, int], int] = {}
        self._gone: set[int] = set()
        self.removed: set[tuple[bytes, int]] = set()
        self.marks: dict[int, bytes] = {}
        self.changes = 0

    def take(self, record: Record) -> None:
        """This function will take one change over."""
        if record.kind == MARK:
            self.marks[record.entry] = record.inside
            return
        self.changes += 1
        pair = (record.inside, record.entry)
        if record.kind == REMOVE:
            self.removed.add(pair)  # from the segments
            if (place := self._places.pop(pair, None)) is not None:
                self._gone.add(place)
        else:
            self.removed.discard(pair)
            if pair not in self._places:
                self._add(record)

    def _add(self, record: Record) -> None:
        place = len(self._entries)
        if place == len(self._hashes):
            grown = np.empty((2 * place, 32), dtype=np.uint8)
            grown[:place] = self._hashes
            self._hashes = grown
        self._hashes[place] = np.frombuffer(record.inside, dtype=np.uint8)
        self._entries.append(record.entry)
        self._places[record.inside, record.entry] = place

    def find(self, inside: bytes, radius: int) -> Iterable[tuple[int, int]]:
        """This function will yield (entry, distance)."""
        if not self._entries:
            return
        held = Near(self._hashes[: len(self._entries)].reshape(-1), ())
        for place, distance in held.scan(inside, radius):
            if place not in self._gone:
                yield self._entries[place], distance

    def pairs(self) -> tuple[Hashes, Entries]:
        """This function will return what was added and not removed again."""
        places = [place for place in range(len(self._entries)) if place not in self._gone]
        return self._hashes[places], np.array([self._entries[place] for place in places], dtype="<u8")


class NearIndex:
    """An index that is read. It follows what the writer does by itself; not for several threads at once."""

    def __init__(self, folder: Path) -> None:
        """This function will open the index of a folder; one that was never written to is empty. Raises Damaged."""
        self._folder = folder
        self._manifest = str(folder / _MANIFEST)  # joined once: to do so takes longer than a small search
        self._seen: tuple[int, int] | None = None
        self._segments: tuple[Segment, ...] = ()
        self._recent = _Recent()
        self._log: Log | None = None
        self.refresh()

    def close(self) -> None:
        """This function will let go of its files."""
        if self._log is not None:
            self._log.close()
            self._log = None
        self._segments = ()

    def refresh(self) -> None:
        """This function will take over what changed since; every search does so first. Raises Damaged."""
        for _ in range(_TRIES):
            try:
                state = os.stat(self._manifest)  # noqa: PTH116  a Path makes it twice as slow
            except FileNotFoundError:
                return
            mark = (state.st_ino, state.st_mtime_ns)
            if mark == self._seen:
                break
            try:
                self._open(json.loads((self._folder / _MANIFEST).read_text()))
                self._seen = mark
            except FileNotFoundError:
                continue  # merged between the two looks: the new manifest is there
            except (ValueError, KeyError, TypeError) as error:
                raise Damaged(_MANIFEST) from error
        else:
            raise Damaged("a file that the manifest names is not there")
        if self._log is not None:
            for record in self._log.news():
                self._recent.take(record)

    def _open(self, manifest: dict[str, Any]) -> None:
        if manifest.get("bits") != bits.NAME:  # the log's records are in this order too
            raise Damaged(f"{_MANIFEST}: another order of bits")
        held = {one.name: one for one in self._segments}
        segments = tuple(held.get(name) or Segment(self._folder / name) for name in manifest["segments"])
        log = Log(self._folder / manifest["log"], to_write=self._writes())
        if self._log is not None:
            self._log.close()
        self._segments, self._log, self._recent = segments, log, _Recent()

    def _writes(self) -> bool:
        return False

    @property
    def marks(self) -> dict[int, bytes]:
        """The caller's notes as they are now, 32 bytes each."""
        return dict(self._recent.marks)

    def __len__(self) -> int:
        """This function will count entries; ones that were removed and not merged yet are counted still."""
        return sum(one.entry_count for one in self._segments) + len(self._recent.pairs()[1])

    def find(self, hash: bytes, radius: int = PDQ_RADIUS) -> list[Neighbour]:
        """This function will list every entry whose hash differs from `hash` in at most `radius` bits."""
        self.refresh()
        inside = bits.one_inside(hash)
        found = [Neighbour(distance, entry) for entry, distance in self._recent.find(inside, radius)]
        for segment in self._segments:
            for row, distance in segment.find(inside, radius):
                found += self._live(segment, row, distance)
        return sorted(set(found)) if len(found) > 1 else found

    def find_many(
        self, hashes: bytes | NDArray[np.uint8], radius: int = PDQ_RADIUS, most: int = ALL
    ) -> list[list[Neighbour]]:
        """This function will do what `find` does for many hashes, 32 bytes each.

        One with more than `most` answers gets none; one near to more than `most` hashes may get none. The more at once,
        the less each costs; each takes about 600 bytes of memory meanwhile.
        """
        return [sorted(each) if each is not None else [] for each in self.find_each(hashes, radius, most)]

    def find_each(self, hashes: bytes | NDArray[np.uint8], radius: int, most: int) -> list[set[Neighbour] | None]:
        """This function will do the same and tell crowds, as None, from hashes that nothing is near to."""
        self.refresh()
        inside = bits.to_inside(hashes).tobytes()
        count = len(inside) // bits.HASH_BYTES
        found: list[set[Neighbour]] = [set() for _ in range(count)]
        for number in range(count):
            probe = inside[32 * number : 32 * number + 32]
            found[number].update(Neighbour(distance, entry) for entry, distance in self._recent.find(probe, radius))
        is_crowd = np.zeros(count, dtype=bool)
        enough = most + len(self._recent.removed)  # of so many, more than `most` are there still
        for segment in self._segments:
            rows = segment.find_many(inside, radius, enough)
            is_crowd |= np.bincount(rows[:, 0], minlength=count) > enough
            for number, row, distance in rows[~is_crowd[rows[:, 0]]].tolist():
                found[number].update(self._live(segment, row, distance))
        return [None if far or len(each) > most else each for each, far in zip(found, is_crowd, strict=True)]

    def scan(self, hash: bytes, radius: int = PDQ_RADIUS) -> list[Neighbour]:
        """This function will do what `find` does by looking at every hash: for checking, and for comparing."""
        self.refresh()
        inside = bits.one_inside(hash)
        found = {Neighbour(distance, entry) for entry, distance in self._recent.find(inside, radius)}
        for segment in self._segments:
            for row, distance in segment.scan(inside, radius):
                found.update(self._live(segment, row, distance))
        return sorted(found)

    def _live(self, segment: Segment, row: int, distance: int) -> list[Neighbour]:
        entries = segment.entries_of(row)
        if self._recent.removed:
            inside = segment.hash_of(row)
            entries = [one for one in entries if (inside, one) not in self._recent.removed]
        return [Neighbour(distance, one) for one in entries]

    def verify(self) -> None:
        """This function will compare every checksum. Raises Damaged: then the index is to be made anew."""
        for segment in self._segments:
            segment.verify()


def _check_entries(least: int, most: int) -> None:
    if not 0 <= least <= most < MOST_ENTRY:  # a segment has a meaning of its own for what is larger
        raise ValueError("an entry is a number below 2^63")


def _mark_records(marks: Mapping[int, bytes]) -> list[Record]:
    return [Record(note.ljust(bits.HASH_BYTES, b"\0"), number, MARK) for number, note in marks.items()]


class Writer(NearIndex):
    """The one process that changes an index; others wait for it to leave. Use as a context manager."""

    def __init__(self, folder: Path, *, wait: bool = True, anew: bool = False) -> None:
        """This function will take the index over. `anew`: a damaged one is begun again, empty.

        Raises BlockingIOError where another writes and `wait` is False, Damaged, OSError.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            self._folder = folder
            if not (folder / _MANIFEST).exists():
                self._publish([], [])
            try:
                super().__init__(folder)
            except Damaged:
                if not anew:
                    raise
                self._publish([], [])
                super().__init__(folder)
            assert self._log is not None
            self._log.cut_off_torn_end()
            self._clear_strays()
        except BaseException:
            os.close(self._lock)
            raise

    def _writes(self) -> bool:
        return True

    def close(self) -> None:
        """This function will let the next writer in."""
        super().close()
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, pairs: Sequence[Pair], marks: Mapping[int, bytes] | None = None) -> None:
        """This function will add (hash, entry); when it returns, every process finds them, and the marks with them."""
        self._change(pairs, ADD, marks or {})

    def remove(self, pairs: Sequence[Pair]) -> None:
        """This function will remove (hash, entry); pairs that are not there do no harm."""
        self._change(pairs, REMOVE, {})

    def _change(self, pairs: Sequence[Pair], kind: int, marks: Mapping[int, bytes]) -> None:
        if not pairs and not marks:
            return
        if any(len(hash) != bits.HASH_BYTES for hash, _ in pairs):
            raise ValueError("a hash has 32 bytes")
        entries = [entry for _, entry in pairs]
        _check_entries(min(entries, default=0), max(entries, default=0))
        inside = bits.to_inside(b"".join(hash for hash, _ in pairs))
        assert self._log is not None
        records = [Record(row.tobytes(), entry, kind) for row, (_, entry) in zip(inside, pairs, strict=True)]
        records += _mark_records(marks)  # last: a torn end loses them first
        self._log.append(records)
        for record in records:
            self._recent.take(record)
        if self._recent.changes > MOST_RECENT:
            self.merge()

    def load(
        self, hashes: NDArray[np.uint8], entries: NDArray[np.uint64], marks: Mapping[int, bytes] | None = None
    ) -> None:
        """This function will put these pairs, (n, 32) and (n,), and marks in the place of all that was there."""
        entries = np.asarray(entries, dtype="<u8")
        _check_entries(0, int(entries.max(initial=0)))
        inside = bits.to_inside(hashes)
        names = [self._write(*batch) for batch in batches(inside, entries)]
        del inside
        self._swap(names, _mark_records(marks or {}))

    def merge(self, *, all_of_it: bool = False) -> None:
        """This function will make a segment of what is recent, and one of segments that are small beside it.

        Searches go on meanwhile. `all_of_it` makes one of everything, without anything that was removed.
        """
        hashes, entries = self._recent.pairs()
        kept, merged, size = list(self._segments), [], len(entries)
        kept.sort(key=lambda one: one.entry_count, reverse=True)
        while kept and (all_of_it or kept[-1].entry_count < _GROWTH * max(size, 1)):
            merged.append(kept.pop())
            size += merged[-1].entry_count
        parts = [(hashes, entries), *(self._living(one) for one in merged)]
        hashes, entries = np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts])
        written = [self._write(*batch) for batch in batches(hashes, entries)] if len(entries) else []
        still = [Record(inside, entry, REMOVE) for inside, entry in self._recent.removed] if kept else []
        still += _mark_records(self._recent.marks)
        self._swap([*(one.name for one in kept), *written], still)

    def _living(self, segment: Segment) -> tuple[Hashes, Entries]:
        hashes, entries = segment.pairs()
        removed = self._recent.removed
        if not removed:
            return hashes, entries
        suspects = np.flatnonzero(np.isin(entries, np.array([entry for _, entry in removed], dtype="<u8")))
        gone = [row for row in suspects if (hashes[row].tobytes(), int(entries[row])) in removed]
        return np.delete(hashes, gone, axis=0), np.delete(entries, gone)

    def _write(self, hashes: Hashes, entries: Entries) -> str:
        name = f"{secrets.token_hex(8)}{SUFFIX}"
        write_segment(self._folder / name, hashes, entries)
        return name

    def _swap(self, segments: list[str], records: list[Record]) -> None:
        self._publish(segments, records)
        self.refresh()
        self._clear_strays()

    def _publish(self, segments: list[str], records: list[Record]) -> None:
        """Write a new log and the manifest that names it; the manifest's new name is the moment of change."""
        log_name = f"{secrets.token_hex(8)}.log"
        log = Log(self._folder / log_name, to_write=True)
        log.append(records)
        log.close()
        aside = self._folder / f"{_MANIFEST}.making"
        with aside.open("w") as file:
            json.dump({"bits": bits.NAME, "segments": segments, "log": log_name}, file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._folder / _MANIFEST)
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _clear_strays(self) -> None:
        named = json.loads((self._folder / _MANIFEST).read_text())
        kept = {_MANIFEST, "lock", named["log"], *named["segments"]}
        for path in self._folder.iterdir():
            if path.name not in kept:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
