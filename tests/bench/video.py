"""Known films found in edited copies, strangers, and what asking costs, beside vpdq on the same files.

Films are drawn here (landscapes that are panned, shapes that move, cuts) and encoded; a copy is cut, made smaller,
mirrored, turned, put between bars, made brighter, faster, slower, or put into a compilation, and encoded anew. A hit is
the right film first; anything else that is told is false. Cost is processor time of one core: decode, hash and search.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from tests.bench import beside
from tests.contract import clients
from tests.films import EDITS, encoded, film

from tipline.figures.figure import Figure, Measured, Peer, Series
from tipline.media.index.near import NearIndex, Writer
from tipline.media.video import frames, shelf
from tipline.media.video.sides import Query

ABOUT = "known films in edited copies, strangers, and the cost of asking, beside vpdq"
_SECONDS = 12.0
_LEAST_RECALL = 0.9
_NINETY_FIVE = 3.0  # none seen among n: below 3/n with a confidence of 95 % (the rule of three)


def run(full: bool) -> Iterator[Figure]:
    """This function will put films on a shelf and ask for copies and strangers."""
    known, strangers = (40, 10_000) if full else (6, 200)
    with tempfile.TemporaryDirectory(prefix="tipline-video-") as folder:
        place = Path(folder)
        index, rows, watched = _shelve(place, known)
        copies = {name: [make(seed) for seed in range(known)] for name, make in EDITS.items()}
        asked = {name: [_ask(index, data) for data in each] for name, each in copies.items()}
        wrong = sum(any(found != seed for found in one[0]) for each in asked.values() for seed, one in enumerate(each))
        told, seconds = _strangers(index, strangers)
        sound = Series("video", wrong == 0 and told == 0)
        for name, each in asked.items():
            hits = sum(one[0][:1] == [seed] for seed, one in enumerate(each))
            yield sound.figure(f"found, {name} ({_bounds(hits, known)})", "of 1", Measured(hits / known, known, 0))
        hits = sum(one[0][:1] == [seed] for each in asked.values() for seed, one in enumerate(each))
        total = known * len(asked)
        yield sound.figure("found, mean of all edits", "of 1", Measured(hits / total, total, 0), at_least=_LEAST_RECALL)
        yield sound.figure("false films told of copies", "films", Measured(wrong, total, 0))
        name = f"strangers that were told as known (95 % sure below {_NINETY_FIVE / strangers:.1g} of 1 where 0)"
        yield sound.figure(name, "films", Measured(told, strangers, seconds))
        minutes = known * _SECONDS / 60
        yield sound.figure("rows a minute of a known film", "rows", Measured(rows / minutes, known, 0))
        yield sound.figure(
            "hashing known films, times real time", "x", Measured(known * _SECONDS / watched, known, watched)
        )
        yield from _cost(place, copies, asked, sound)


def _shelve(place: Path, known: int) -> tuple[NearIndex, int, float]:
    rows, spent = 0, 0.0
    with Writer(place / "index") as writer:
        for seed in range(known):
            data = encoded(film(seed, _SECONDS))
            (place / f"known-{seed}.mp4").write_bytes(data)
            begun = time.process_time()
            prints = frames.watch(data, "reference").prints
            spent += time.process_time() - begun
            shelf.put(writer, seed, prints)
            rows += len(prints)
    return NearIndex(place / "index"), rows, spent


def _ask(index: NearIndex, data: bytes) -> tuple[list[int], float]:
    """The films that are told, the surest first, and processor seconds."""
    begun = time.process_time()
    found = shelf.look_up(index, frames.watch(data, "query").prints)
    return [one.film for one in found], time.process_time() - begun


def _strangers(index: NearIndex, count: int) -> tuple[int, float]:
    """Frames of films that nobody knows, hashed as the asking side does; not encoded, which changes them little."""
    told, begun = 0, time.perf_counter()
    for seed in range(1_000_000, 1_000_000 + count):
        query = Query()
        for number, rgb in enumerate(film(seed, 6, 2, rate=1)):
            query.take(1000 * number, np.asarray(Image.fromarray(rgb).convert("L")))
        told += bool(shelf.look_up(index, query.prints))
    return told, time.perf_counter() - begun


def _bounds(hits: int, count: int) -> str:
    """Wilson's interval, 95 %."""
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return f"95 %: {max(0.0, middle - reach):.2f}-{min(1.0, middle + reach):.2f}"


def _vpdq_python() -> Path | None:
    """The Python beside which vpdq is: built from source, which needs FFmpeg's headers; None where it cannot be."""
    lock = beside.HERE / "video.lock"

    def install(folder: Path) -> None:
        clients.run([sys.executable, "-m", "venv", str(folder / "venv")])
        clients.run(
            [str(folder / "venv/bin/python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        )

    try:
        return clients.prepared("vpdq", lock, install) / "venv/bin/python"
    except (AssertionError, OSError, subprocess.SubprocessError):
        return None


def _cost(
    place: Path, copies: dict[str, list[bytes]], asked: dict[str, list[tuple[list[int], float]]], series: Series
) -> Iterator[Figure]:
    """The same files to vpdq: known ones and copies at one hash a second; what it finds, and its processor time."""
    paths: dict[str, list[str]] = {}
    for name, each in copies.items():
        files = [place / f"{len(paths)}-{seed}.mp4" for seed in range(len(each))]
        for path, data in zip(files, each, strict=True):
            path.write_bytes(data)
        paths[name] = [str(path) for path in files]
    known = [str(path) for path in sorted(place.glob("known-*.mp4"), key=lambda one: int(one.stem.partition("-")[2]))]
    python = _vpdq_python()
    if python is None:
        yield series.figure("vpdq could not be built here: nothing is compared", "peers", Measured(0, 1, 0))
        return
    theirs = beside.ask("video.py", python=python, known=known, copies=paths)
    for name, each in asked.items():
        ours, other = sum(one[1] for one in each) / len(each), theirs["seconds"][name] / len(each)
        rate = Measured(1 / ours, len(each), ours * len(each))
        peer = Peer("vpdq, 1 hash a second", 1 / other)
        yield series.figure(f"films asked for a processor second, {name}", "films/s", rate, peer=peer)
        found = Measured(sum(one[0][:1] == [seed] for seed, one in enumerate(each)) / len(each), len(each), 0)
        peer = Peer("vpdq, 1 hash a second on both sides", theirs["found"][name] / len(each))
        yield series.figure(f"found beside vpdq, {name}", "of 1", found, peer=peer)
    ours = sum(one[1] for each in asked.values() for one in each)
    other = sum(theirs["seconds"].values())
    count = sum(map(len, asked.values()))
    yield series.figure(
        "films asked for a processor second, all edits", "films/s", Measured(count / ours, count, ours),
        peer=Peer("vpdq, 1 hash a second", count / other), at_least=10,
    )  # fmt: skip
