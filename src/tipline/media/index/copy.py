"""An index that is a copy of what somebody else knows better, say a table of a database.

    copy = Copy(folder, source)      # in any number of processes, threads too
    copy.find_many(hashes, 31)       # brings the folder up to date first

The source says what is missing since the marks that the index holds; additions and marks are written together, so a
process that is killed in between loses nothing, and what is added twice is there once. A folder that is gone, damaged
or of another database holds no marks that the source knows: it is made anew. Where nothing can be written (another
process is at it, the disk is full or closed) this process keeps what is missing in its own memory: never less is found.

Entries that the source took back may be found still. Who asks compares what was found with the source.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tipline.media.index.near import NearIndex, Writer
from tipline.media.index.port import Neighbour
from tipline.media.index.sections import Damaged
from tipline.media.kernels import ALL, Near

Marks = Mapping[int, bytes]
# Reads the values, 64 hex digits, that some entries have now; of those that went, nothing.
ValuesOf = Callable[[Sequence[int]], Iterable[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a copy lacks: (n, 32) hashes with their entries, and its marks once it has them.

    `is_whole`: this is everything, and stands in the place of what the copy holds.
    """

    hashes: NDArray[np.uint8]
    entries: NDArray[np.uint64]
    marks: Marks
    is_whole: bool = False


Rows = tuple[NDArray[np.uint8], NDArray[np.uint64]]  # hashes, (n, 32), and their entries


def stacked(pieces: Iterable[Rows]) -> Rows:
    """This function will make the hashes and entries of `Missing` of several such."""
    hashes, entries = [np.empty((0, 32), dtype=np.uint8)], [np.empty(0, dtype="<u8")]
    for each, theirs in pieces:
        hashes.append(each)
        entries.append(theirs)
    return np.concatenate(hashes), np.concatenate(entries)


def packed(batches: Iterable[Sequence[tuple[int, str]]]) -> Rows:
    """This function will make the hashes and entries of `Missing` from batches of (entry, 64 hex digits)."""
    entries, pieces = [np.empty(0, dtype="<u8")], [b""]
    for batch in batches:
        entries.append(np.array([entry for entry, _ in batch], dtype="<u8"))
        pieces.append(bytes.fromhex("".join(value for _, value in batch)))
    return np.frombuffer(b"".join(pieces), dtype=np.uint8).reshape(-1, 32), np.concatenate(entries)


class Source(Protocol):
    """Who knows better."""

    def missing(self, marks: Marks, *, to_keep: bool) -> Missing | None:
        """This function will tell what came since some marks; None where nothing did. No marks: everything.

        `to_keep`: the answer's marks will be kept, so nothing may appear later that lies before them.
        """
        ...


@dataclass(slots=True)
class _Aside:
    """What this process holds in memory, because it could not be written."""

    marks: Marks
    hashes: NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, 32), dtype=np.uint8))
    entries: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype="<u8"))
    is_whole: bool = False

    def take(self, missing: Missing) -> None:
        """This function will take more over."""
        if missing.is_whole:
            self.hashes, self.entries, self.is_whole = missing.hashes, missing.entries, True
        else:
            self.hashes = np.concatenate([self.hashes, missing.hashes])
            self.entries = np.concatenate([self.entries, missing.entries])
        self.marks = missing.marks

    def find(self, hash: bytes, radius: int) -> list[Neighbour]:
        """This function will look at every hash."""
        if not len(self.entries):
            return []
        held = Near(np.ascontiguousarray(self.hashes).reshape(-1), ())
        return [Neighbour(distance, int(self.entries[row])) for row, distance in held.scan(hash, radius)]


class Copy:
    """A near index in a folder that follows a source. `writes`: this process may bring the folder up to date."""

    def __init__(self, folder: Path, source: Source, *, writes: bool = True) -> None:
        self._folder, self._source, self._writes = folder, source, writes
        self._index: NearIndex | None = None
        self._aside = _Aside({})
        self._base: Marks = {}
        self._lock = threading.Lock()

    def find_many(self, hashes: bytes, radius: int, most: int = ALL) -> list[list[Neighbour]]:
        """This function will list all that is near to each hash, 32 bytes each.

        One with more than `most` answers gets none; one near to more than `most` hashes may get none.
        """
        with self._lock:
            try:
                return self._find(hashes, radius, most)
            except (Damaged, OSError):  # between the two looks at the folder
                self._forget()
                return self._find(hashes, radius, most)

    def find_true(self, values: Collection[str], radius: int, values_of: ValuesOf) -> dict[str, list[tuple[int, int]]]:
        """This function will list (entry, bits apart) of all within the radius of each value, as the source has it now.

        values: 64 hex digits each; one with nothing near is left out. What the index says is compared with what
        `values_of` reads.
        """
        asked = list(dict.fromkeys(values))
        near = self.find_many(bytes.fromhex("".join(asked)), radius) if asked else []
        wanted = sorted({one.entry for each in near for one in each})
        kept = {entry: int(value, 16) for entry, value in values_of(wanted)} if wanted else {}
        found = {}
        for value, each in zip(asked, near, strict=True):
            apart = [(one.entry, (kept[one.entry] ^ int(value, 16)).bit_count()) for one in each if one.entry in kept]
            if within := [(entry, distance) for entry, distance in apart if distance <= radius]:
                found[value] = within
        return found

    def _find(self, hashes: bytes, radius: int, most: int) -> list[list[Neighbour]]:
        self._follow()
        aside = [set(self._aside.find(hashes[at : at + 32], radius)) for at in range(0, len(hashes), 32)]
        near: list[set[Neighbour] | None] = [*aside]
        if self._index is not None and not self._aside.is_whole:
            found = self._index.find_each(hashes, radius, most)
            near = [None if each is None else each | more for each, more in zip(found, aside, strict=True)]
        return [sorted(each) if each is not None and len(each) <= most else [] for each in near]

    def tend(self) -> bool:
        """This function will bring the folder up to date and tell whether it is."""
        with self._lock:
            self._follow()
            return not self._aside.is_whole and not len(self._aside.entries)

    def check(self, count: int) -> bool:
        """This function will compare every checksum, and how many entries there are with how many there should be.

        False where one was wrong, or entries were in it that the source took back: then it was made anew.
        """
        with self._lock, contextlib.suppress(Damaged, OSError), contextlib.closing(NearIndex(self._folder)) as held:
            held.verify()
            if len(held) <= count:
                return True
        self.renew()
        return False

    def renew(self) -> None:
        """This function will make the index anew from its source."""
        with self._lock, contextlib.suppress(OSError):
            self._forget()
            with Writer(self._folder, anew=True) as writer:
                _write(writer, self._source.missing({}, to_keep=True))

    def _follow(self) -> None:
        marks = self._marks()
        if marks != self._base:
            self._base, self._aside = marks, _Aside(marks)
        if not self._writes:
            self._aside = _Aside(marks)
        missing = self._source.missing(self._aside.marks, to_keep=self._writes)
        if missing is None and not self._aside.is_whole and not len(self._aside.entries):
            return
        if self._writes and self._bring_up(missing):
            self._base = self._marks()
            self._aside = _Aside(self._base)
        elif missing is not None:
            self._aside.take(missing)

    def _marks(self) -> Marks:
        try:
            if self._index is None:
                self._index = NearIndex(self._folder)
            else:
                self._index.refresh()
        except (Damaged, OSError):
            self._forget()
            return {}
        return self._index.marks

    def _forget(self) -> None:
        if self._index is not None:
            self._index.close()
        self._index = None

    def _bring_up(self, missing: Missing | None) -> bool:
        try:
            with Writer(self._folder, wait=False, anew=True) as writer:
                # What was asked for a moment ago is good where the folder is as it was and nothing is held aside.
                is_good = missing is not None and writer.marks == self._aside.marks == self._base
                _write(writer, missing if is_good else self._source.missing(writer.marks, to_keep=True))
        except (Damaged, OSError):
            return False
        return True


def _write(writer: Writer, missing: Missing | None) -> None:
    if missing is None:
        return
    if missing.is_whole:
        writer.load(missing.hashes, missing.entries, missing.marks)
        return
    rows = np.ascontiguousarray(missing.hashes)
    pairs = [(rows[at].tobytes(), int(entry)) for at, entry in enumerate(missing.entries)]
    writer.add(pairs, missing.marks)
