"""Known films found in edited copies, strangers, and what asking costs, beside vpdq on the same files.

Films are drawn here, 640 x 480: landscapes that are panned, shapes that move; two of three have a cut every four
seconds, the third is one take. x264 encodes them as it comes: key frames at cuts and every 250 frames. A copy is cut,
made smaller, mirrored, turned, put between bars, made brighter, faster, slower, or put into a compilation, and encoded
anew. A hit is the right film first; anything else that is told is false. Cost is processor time: open, decode, hash and
search. vpdq hashes the same files from the first frame to the last as it comes; its search is not counted.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tests.bench import beside
from tests.contract import clients
from tests.films import EDITS, SECONDS, Frames, encoded, film

from tipline.figures.figure import Figure, Measured, Peer, Series
from tipline.media.index.near import NearIndex, Writer
from tipline.media.video import frames, shelf
from tipline.media.video.prints import FramePrint
from tipline.media.video.sides import Query

ABOUT = "known films in edited copies, strangers, and the cost of asking, beside vpdq"
_SCALE, _ONE_TAKE = 2, 60.0
_LEAST_RECALL = 0.9
_NINETY_FIVE = 3.0  # none seen among n: below 3/n with a confidence of 95 % (the rule of three)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The films that were told, the surest first; processor seconds; whether a glance did; milliseconds looked at."""

    films: list[int]
    seconds: float
    is_glance: bool
    length: int


def run(full: bool) -> Iterator[Figure]:
    """This function will put films on a shelf and ask for copies and strangers."""
    known, strangers = (40, 10_000) if full else (6, 200)
    frames.warm_up()
    with tempfile.TemporaryDirectory(prefix="tipline-video-") as folder:
        place = Path(folder)
        index, rows, watched = _shelve(place, known)
        copies = {name: [make(_drawn, seed) for seed in range(known)] for name, make in EDITS.items()}
        asked = {name: [_ask(index, data) for data in each] for name, each in copies.items()}
        wrong = sum(
            any(found != seed for found in one.films) for each in asked.values() for seed, one in enumerate(each)
        )
        told, seconds = _strangers(index, strangers)
        sound = Series("video", wrong == 0 and told == 0)
        for name, each in asked.items():
            hits = sum(one.films[:1] == [seed] for seed, one in enumerate(each))
            yield sound.figure(f"found, {name} ({_bounds(hits, known)})", "of 1", Measured(hits / known, known, 0))
        hits = sum(one.films[:1] == [seed] for each in asked.values() for seed, one in enumerate(each))
        total = known * len(asked)
        yield sound.figure("found, mean of all edits", "of 1", Measured(hits / total, total, 0), at_least=_LEAST_RECALL)
        glances = sum(one.is_glance for each in asked.values() for one in each)
        yield sound.figure("copies that a glance decided", "of 1", Measured(glances / total, total, 0))
        yield sound.figure("false films told of copies", "films", Measured(wrong, total, 0))
        name = f"strangers that were told as known (95 % sure below {_NINETY_FIVE / strangers:.1g} of 1 where 0)"
        yield sound.figure(name, "films", Measured(told, strangers, seconds))
        minutes = known * SECONDS / 60
        yield sound.figure("rows a minute of a known film", "rows", Measured(rows / minutes, known, 0))
        yield sound.figure(
            "hashing known films, times real time", "x", Measured(known * SECONDS / watched, known, watched)
        )
        yield from _cost(place, index, copies, asked, sound)


def _drawn(seed: int, seconds: float) -> Frames:
    return film(seed, seconds, _ONE_TAKE if seed % 3 == 2 else 4.0, scale=_SCALE)


def _shelve(place: Path, known: int) -> tuple[NearIndex, int, float]:
    rows, spent = 0, 0.0
    with Writer(place / "index") as writer:
        for seed in range(known):
            data = encoded(_drawn(seed, SECONDS))
            (place / f"known-{seed}.mp4").write_bytes(data)
            begun = time.process_time()
            prints = frames.watch(data, "reference").prints
            spent += time.process_time() - begun
            shelf.put(writer, seed, prints)
            rows += len(prints)
    return NearIndex(place / "index"), rows, spent


def _ask(index: NearIndex, data: bytes, *, is_thorough: bool = False) -> _Answer:
    sides = []

    def look(side: shelf.Side, near: Sequence[int]) -> frames.Film:
        sides.append(side)
        return looks.setdefault(side, frames.watch(data, side, near))

    looks: dict[str, frames.Film] = {}
    begun = time.process_time()
    found = shelf.ask(index, look, is_thorough=is_thorough)
    spent = time.process_time() - begun
    return _Answer([one.film for one in found], spent, sides == ["glance"], looks["glance"].length)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A stranger as it was drawn: not encoded, which would change it little."""

    length: int
    prints: tuple[FramePrint, ...]


def _strangers(index: NearIndex, count: int) -> tuple[int, float]:
    """Films that nobody knows, hashed as the asking side does: one frame a second, and for a glance one of each cut."""
    told, begun = 0, time.perf_counter()
    for seed in range(1_000_000, 1_000_000 + count):
        query = Query()
        for number, rgb in enumerate(film(seed, 6, 2, rate=1)):
            query.take(1000 * number, np.asarray(Image.fromarray(rgb).convert("L")))
        close = _Drawn(6000, tuple(query.prints))
        glance = _Drawn(6000, tuple(one for one in query.prints if one.ms % 2000 == 0))
        told += any(shelf.ask(index, lambda side, near, first=first: first) for first in (glance, close))
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
    place: Path, index: NearIndex, copies: dict[str, list[bytes]], asked: dict[str, list[_Answer]], series: Series
) -> Iterator[Figure]:
    """The same files to vpdq: known ones, copies and strangers at one hash a second; what it finds, what it costs."""
    python = _vpdq_python()
    if python is None:
        yield series.figure(
            "vpdq could not be built here (it needs cmake and the headers of FFmpeg): nothing compared",
            "peers",
            Measured(0, 1, 0),
        )
        return
    count = len(copies["trim"])
    cut, often = "strangers, key frames as x264 sets them", "strangers, a key frame every two seconds"
    unknown = {
        cut: [encoded(_drawn(700_000 + seed, SECONDS)) for seed in range(count)],
        often: [encoded(_drawn(700_000 + seed, SECONDS), gop=50) for seed in range(count)],
    }
    quick = asked | {name: [_ask(index, data) for data in each] for name, each in unknown.items()}
    theirs = beside.ask("video.py", python=python, known=_known(place), copies=_written(place, copies | unknown))
    for name, each in quick.items():
        # Equal work: both saw all of the film.
        assert all(made >= one.length // 1000 for made, one in zip(theirs["hashes"][name], each, strict=True)), name
        yield _dearer(series, name, each, theirs["seconds"][name])
        if name in copies:
            found = Measured(sum(one.films[:1] == [seed] for seed, one in enumerate(each)) / count, count, 0)
            peer = Peer("vpdq, 1 hash a second on both sides", theirs["found"][name] / count)
            yield series.figure(f"found beside vpdq, {name}", "of 1", found, peer=peer)
    every = [one for each in asked.values() for one in each]
    yield _dearer(series, "all edits", every, sum(theirs["seconds"][name] for name in copies), at_least=10)
    small = sum(theirs["small"][name] for name in copies)
    yield _dearer(series, "all edits, vpdq with frames of 128 x 128", every, small)
    thorough = [_ask(index, data, is_thorough=True) for data in unknown[cut]]
    yield _dearer(series, f"{cut}, looked at closely in any case", thorough, theirs["seconds"][cut])


def _dearer(series: Series, name: str, answers: list[_Answer], theirs: float, at_least: float | None = None) -> Figure:
    ours, count = sum(one.seconds for one in answers), len(answers)
    rate, peer = Measured(count / ours, count, ours), Peer("vpdq, 1 hash a second", count / theirs)
    return series.figure(f"films asked for a processor second, {name}", "films/s", rate, peer=peer, at_least=at_least)


def _known(place: Path) -> list[str]:
    return [str(path) for path in sorted(place.glob("known-*.mp4"), key=lambda one: int(one.stem.partition("-")[2]))]


def _written(place: Path, films: dict[str, list[bytes]]) -> dict[str, list[str]]:
    paths: dict[str, list[str]] = {}
    for name, each in films.items():
        files = [place / f"{len(paths)}-{seed}.mp4" for seed in range(len(each))]
        for path, data in zip(files, each, strict=True):
            path.write_bytes(data)
        paths[name] = [str(path) for path in files]
    return paths
