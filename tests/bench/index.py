"""All hashes within 31 bits, one query at a time, beside threatexchange and faiss: the same hashes, equal answers.

Hashes are random, which is the hardest for an index by chunks but for crowds; a query in two lies near a stored hash,
at every distance from 0 to 31. One core, one process for each side. A machine is quick in one second and slow in the
next, so every side is asked in rounds, ours before, between and after the others, and the round in the middle counts.
At 100 million faiss's flat index gets a fifth of the hashes and is scaled; threatexchange would not fit in.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tests.bench import beside
from tests.bench.rounds import in_rounds

from tipline.figures.figure import Figure, Measured, Peer, Series
from tipline.media.index.near import NearIndex, Writer
from tipline.media.index.port import Neighbour
from tipline.media.index.segments import SUFFIX

ABOUT = "near search at 10 and 100 million hashes, memory, opening and adding, beside threatexchange and faiss"
RADIUS = 31
_MOST_BYTES = 102
_ROUNDS = 3  # at a time
_Find = Callable[[bytes, int], list[Neighbour]]


class _Size(NamedTuple):
    hashes: int
    ours: int  # queries of ours; the slower sides get the first few of the same
    theirs: int
    plain: int
    adds: int


_SMALL, _TEN, _HUNDRED = (
    _Size(300_000, 400, 60, 40, 3),
    _Size(10_000_000, 4000, 100, 40, 3),
    _Size(10**8, 1000, 12, 12, 0),
)


def run(full: bool) -> Iterator[Figure]:
    """This function will build indexes in a temporary folder: 12 GB of disk and 14 GB of memory in full size."""
    for size in (_TEN, _HUNDRED) if full else (_SMALL,):
        with tempfile.TemporaryDirectory(prefix="tipline-index-") as folder:
            yield from _at(size, Path(folder))


def _at(size: _Size, folder: Path) -> Iterator[Figure]:
    where = f"{size.hashes / 1e6:g} M"
    hashes, queries = _made(size)
    np.save(folder / "hashes.npy", hashes)
    np.save(folder / "queries.npy", queries)
    del hashes
    built = _apart(_build, folder)
    ours = [_apart(_ask_ours, folder, size)]
    plain = _apart(_ask_plainly, folder, size)
    peers = {}
    for name in _peers_of(size):
        ours.append(_apart(_ask_ours, folder, size))
        peers[name] = _ask_peer(name, folder, size)
    ours.append(_apart(_ask_ours, folder, size))
    found, rounds = ours[0]["found"], sorted(chain(*(one["rounds"] for one in ours)))
    is_equal = found[: size.plain] == plain["found"] and all(one["found"] == found for one in ours)
    for name, theirs in peers.items():
        is_equal &= _equal(found, theirs["found"], len(peers) > 1 or name != "flat", size)
    is_complete = all(any(entry == at for _, entry in near) for at, near in _planted(size, found))
    series = Series("index", is_equal and is_complete)
    rate = Measured(1 / statistics.median(rounds), size.ours, sum(rounds) * size.ours)
    least = {"threatexchange": 50, "flat": 150 if size is _TEN else 500, "multihash": 150}
    for name, theirs in peers.items():
        at_least = least[name] if size is not _SMALL else None
        peer = Peer(_NAMES[name], 1 / statistics.median(theirs["rounds"]) / _scale(name, size))
        yield series.figure(f"near search beside {name}, {where}", "queries/s", rate, peer=peer, at_least=at_least)
    brute = Peer("our own look at every hash", 1 / statistics.median(plain["rounds"]))
    at_least = 300 if size is _HUNDRED else None
    yield series.figure(f"near search beside brute force, {where}", "queries/s", rate, peer=brute, at_least=at_least)
    small = Series("index", series.sound and (built["bytes"] <= _MOST_BYTES or size is not _HUNDRED))
    held = Measured(built["bytes"], size.hashes, 0)
    yield small.figure(f"bytes a hash, entry id included (to be at most 102 at 100 M), {where}", "B", held)
    for words, seconds in (("quickest", rounds[0]), ("slowest", rounds[-1])):
        moment = Measured(1 / seconds, size.ours, seconds * size.ours)
        yield series.figure(f"near search, {words} of {len(rounds)} rounds, {where}", "queries/s", moment)
    yield series.figure(f"built, {where}", "s", Measured(built["seconds"], size.hashes, built["seconds"]))
    opened = max(one["opened"] for one in ours)
    quick = Series("index", series.sound and opened < 1)
    yield quick.figure(f"opened and first answer (to be under 1), {where}", "s", Measured(opened, 1, opened))
    large = Measured(100 * min(one["large"] for one in ours), size.hashes, 0)
    yield series.figure(f"of the file in large pages, {where}", "%", large)
    if size.adds:
        seconds = _apart(_add, folder)
        add = Measured(1000 * statistics.median(seconds), len(seconds), sum(seconds))
        shown = Series("index", series.sound and add.ours < 1)
        yield shown.figure(f"one added and found by another reader (to be under 1), {where}", "ms", add)
        slow = Peer("threatexchange PDQIndex.add", 1 / statistics.fmean(peers["threatexchange"]["adding"]))
        rate = Measured(1 / statistics.median(seconds), len(seconds), sum(seconds))
        yield series.figure(f"one added and found, {where}", "adds/s", rate, peer=slow)


_NAMES = {
    "threatexchange": "threatexchange PDQIndex",
    "flat": "faiss IndexBinaryFlat",
    "multihash": "faiss IndexBinaryMultiHash",
}


def _peers_of(size: _Size) -> tuple[str, ...]:
    return ("flat",) if size is _HUNDRED else tuple(_NAMES)


def _scale(name: str, size: _Size) -> int:
    return 5 if size is _HUNDRED and name == "flat" else 1


def _made(size: _Size) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    rng = np.random.default_rng(size.hashes)
    hashes = rng.integers(0, 1 << 64, (size.hashes, 4), dtype=np.uint64).view(np.uint8)
    queries = rng.integers(0, 256, (size.ours, 32), dtype=np.uint8)
    for at in range(0, size.ours, 2):
        queries[at] = hashes[_home_of(at, size)]
        for bit in rng.choice(256, at // 2 % (RADIUS + 1), replace=False):
            queries[at, bit // 8] ^= 1 << bit % 8
    return hashes, queries


def _home_of(at: int, size: _Size) -> int:
    """The stored hash that a query lies near: in the first fifth, which the scaled peer has too."""
    return at * 7919 % (size.hashes // 5)


def _planted(size: _Size, found: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    for at in range(0, size.ours, 2):
        yield _home_of(at, size), found[at]


def _equal(ours: Sequence[Any], theirs: Sequence[Any], is_whole: bool, size: _Size) -> bool:
    most = size.hashes if is_whole else size.hashes // 5
    return all(
        sorted([entry, distance] for distance, entry in near if entry < most) == other
        for near, other in zip(ours, theirs, strict=False)
    )


def _ask_peer(name: str, folder: Path, size: _Size) -> Any:
    more = {"most": size.hashes // 5} if _scale(name, size) > 1 else {}
    return beside.ask(
        "index.py", peer=name, hashes=str(folder / "hashes.npy"), queries=str(folder / "queries.npy"), radius=RADIUS,
        count=size.theirs, rounds=_ROUNDS, adds=size.adds if name == "threatexchange" else 0, **more,
    )  # fmt: skip


def _apart(work: Any, *given: Any) -> Any:
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def _build(folder: Path) -> dict[str, float]:
    hashes = np.load(folder / "hashes.npy", mmap_mode="r")  # not held a second time beside what is made of it
    begun = time.perf_counter()
    with Writer(folder / "near") as writer:
        writer.load(hashes, np.arange(len(hashes), dtype=np.uint64))
    seconds = time.perf_counter() - begun
    size = sum(path.stat().st_size for path in (folder / "near").iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "bytes": size / len(hashes), "peak": peak}


def _ask_ours(folder: Path, size: _Size) -> dict[str, Any]:
    queries = [row.tobytes() for row in np.load(folder / "queries.npy")]
    begun = time.perf_counter()
    index = NearIndex(folder / "near")
    index.find(queries[-1], RADIUS)
    opened = time.perf_counter() - begun
    for query in queries[: size.ours // 4]:  # the file's pages come into the page cache's map of this process
        index.find(query, RADIUS)
    found, rounds = _in_rounds(index.find, queries)
    return {"opened": opened, "found": found, "rounds": rounds, "large": _in_large_pages()}


def _in_rounds(find: _Find, queries: Sequence[bytes]) -> tuple[list[Any], list[float]]:
    """What was found, and of each round the mean of seconds that a query took. Raises ValueError if answers differ."""
    [told] = in_rounds(_ROUNDS, lambda: [find(query, RADIUS) for query in queries])
    if any(one != told.answers[0] for one in told.answers):
        raise ValueError("the same question, another answer")
    found = [[tuple(one) for one in near] for near in told.answers[0]]
    return found, [one / len(queries) for one in told.seconds]


def _in_large_pages() -> float:
    """The share of the index that this process sees in pages of 2 MiB: memory in small pieces has fewer of them.

    Of 100 million hashes with half of it in small pages a search took nearly twice as long. 0 where nothing tells.
    """
    told = Path("/proc/self/smaps")
    held, large, is_ours = 0, 0, False
    for line in told.read_text().splitlines() if told.exists() else ():
        name, _, value = line.partition(":")
        if " " in name:  # a mapping begins
            is_ours = line.endswith(SUFFIX)
        elif is_ours and name == "Rss":
            held += int(value.split()[0])
        elif is_ours and name == "FilePmdMapped":
            large += int(value.split()[0])
    return large / held if held else 0.0


def _ask_plainly(folder: Path, size: _Size) -> dict[str, Any]:
    index = NearIndex(folder / "near")
    index.scan(bytes(32), RADIUS)
    queries = [row.tobytes() for row in np.load(folder / "queries.npy")[: size.plain]]
    found, rounds = _in_rounds(index.scan, queries)
    return {"found": found, "rounds": rounds}


def _add(folder: Path) -> list[float]:
    reader, seconds = NearIndex(folder / "near"), []
    reader.find(bytes(32))
    with Writer(folder / "near") as writer:
        for at in range(200):
            hash = np.random.default_rng(at).bytes(32)
            begun = time.perf_counter()
            writer.add([(hash, (1 << 40) + at)])
            assert reader.find(hash, 0)
            seconds.append(time.perf_counter() - begun)
    return seconds
