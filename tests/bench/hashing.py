"""From a picture's bytes to its PDQ, and the kernel alone, beside threatexchange and pdqhash on the same pictures.

One core each, one picture at a time, medians of many rounds, ours and theirs in turns of one process each. The pictures
are generated: hills and clouds with grain, so that the JPEG has about the bytes of a photograph.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tests.bench import beside

from tipline.figures.figure import Figure, Measured, Peer, Series
from tipline.media import decode, kernels, pdq

ABOUT = "JPEG bytes to PDQ, the PDQ kernel and its eight forms, beside threatexchange and pdqhash"
T = TypeVar("T")
_SIZES = {"0.15 MP": (481, 321), "1.4 MP": (1400, 1000), "10 MP": (3872, 2592)}
_AT_LEAST = {"1.4 MP": 10, "10 MP": 9}
_MOST_BITS = 2


def run(full: bool) -> Iterator[Figure]:
    """This function will hash generated pictures of three sizes."""
    names = tuple(_SIZES) if full else ("0.15 MP", "1.4 MP")
    rounds, pictures = (21, 4) if full else (5, 1)
    with tempfile.TemporaryDirectory(prefix="tipline-hashing-") as folder:
        for name in names:
            yield from _compare(name, Path(folder), pictures, rounds)


def _compare(name: str, folder: Path, pictures: int, rounds: int) -> Iterator[Figure]:
    made = [_scene(*_SIZES[name], seed) for seed in range(pictures)]
    jpegs = [folder / f"{name}-{at}.jpg" for at in range(pictures)]
    pixels = [folder / f"{name}-{at}.npy" for at in range(pictures)]
    for rgb, jpeg, raw in zip(made, jpegs, pixels, strict=True):
        jpeg.write_bytes(_jpeg(rgb))
        np.save(raw, rgb)
    whole = [_timed(_from_jpeg, path.read_bytes(), rounds) for path in jpegs]
    luma = [np.asarray(Image.fromarray(rgb).convert("L")) for rgb in made]
    single, eight = [], []
    for each in luma:  # in turns: the difference is small, and the machine's pace is not always the same
        one, other = _in_turns(each, 5 * rounds)
        single.append(one)
        eight.append(other)
    theirs = beside.ask("hashing.py", jpegs=list(map(str, jpegs)), pixels=list(map(str, pixels)), rounds=rounds)
    off = [pdq.distance(ours[0].hex, other[0]) for (ours, _), other in zip(whole, theirs["jpeg"], strict=True)]
    exact = [_exact(path.read_bytes()) for path in jpegs]
    is_exact = [one.hex for one in exact] == [other[0] for other in theirs["jpeg"]]
    forms_off = [
        pdq.distance(one.hex, other)
        for (ours, _), each in zip(eight, theirs["pixels"], strict=True)
        for one, other in zip(ours, each[2], strict=True)
    ]
    series = Series("hashing", max(off) <= _MOST_BITS and is_exact and max(forms_off) <= 2 * _MOST_BITS)
    least = _AT_LEAST.get(name)
    yield _ratio(series, f"JPEG to PDQ, {name}", whole, [each[1] for each in theirs["jpeg"]], least, "threatexchange")
    least = 60 if name == "1.4 MP" else None
    yield _ratio(
        series, f"PDQ kernel, {name}", single, [each[1] for each in theirs["pixels"]], least, "pdqhash.compute"
    )
    peers = [each[3] for each in theirs["pixels"]]
    yield _ratio(series, f"eight forms, {name}", eight, peers, None, "pdqhash.compute_dihedral")
    more = 100 * (_mean(eight) / _mean(single) - 1)
    cheap = Series("hashing", series.sound and (more <= 15 or name != "1.4 MP") and kernels.COMPILED)
    yield cheap.figure(
        f"eight forms cost more than one by (to be at most 15), {name}", "%", Measured(more, pictures, 0)
    )
    yield series.figure(f"bits off threatexchange, most, {name}", "bits", Measured(max(off), pictures, 0))


def _ratio(
    series: Series, name: str, ours: list[tuple[Any, float]], theirs: list[float], least: float | None, peer: str
) -> Figure:
    seconds = _mean(ours)
    rate = Measured(1 / seconds, len(ours), seconds)
    return series.figure(name, "pictures/s", rate, peer=Peer(peer, 1 / statistics.fmean(theirs)), at_least=least)


def _mean(timed: list[tuple[Any, float]]) -> float:
    return statistics.fmean(seconds for _, seconds in timed)


def _timed(work: Callable[[Any], T], given: Any, rounds: int) -> tuple[T, float]:
    found, seconds = work(given), []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = work(given)
        seconds.append(time.perf_counter() - begun)
    return found, statistics.median(seconds)


def _in_turns(luma: NDArray[np.uint8], rounds: int) -> tuple[tuple[Any, float], tuple[Any, float]]:
    """One form and eight forms of the same picture, with the median seconds of each."""
    made, seconds = (pdq.pdq(luma), pdq.pdq_dihedral(luma)), ([], [])  # type: ignore[var-annotated]
    for _ in range(rounds):
        for work, held in zip((pdq.pdq, pdq.pdq_dihedral), seconds, strict=True):
            begun = time.perf_counter()
            work(luma)
            held.append(time.perf_counter() - begun)
    return (made[0], statistics.median(seconds[0])), (made[1], statistics.median(seconds[1]))


def _from_jpeg(data: bytes) -> tuple[pdq.Pdq, ...]:
    return pdq.pdq_dihedral(decode.luma_of(data))


def _exact(data: bytes) -> pdq.Pdq:
    return pdq.pdq(decode.exact_luma_of(data))


def _scene(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    made = np.zeros((height, width, 3), dtype=np.float32)
    for cells in (4, 9, 20, 60, 200):
        small = rng.integers(0, 256, (cells, cells * 3 // 2, 3), dtype=np.uint8)
        layer = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
        made += np.asarray(layer, dtype=np.float32) / cells**0.5
    made *= 255 / made.max()
    return np.clip(made + rng.normal(0, 4, made.shape), 0, 255).astype(np.uint8)


def _jpeg(rgb: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=88)
    return out.getvalue()
