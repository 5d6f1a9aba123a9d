"""A million strangers through the tiers of hashes and candidates alone: in sittings, on as many machines as it takes.

What a block of a thousand gave is a line of `million.csv`, which is kept with the code; each machine goes on where the
last one ended. A line tells which code asked. A change that lets other pictures be proposed begins the file anew: that
none goes unseen, each sitting first asks again what a line says, and wants the same.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image
from tests.bench import edits, photographs, pictures, sittings

from tipline.figures.figure import Figure, Measured, Series
from tipline.media.candidates import ASKED, FeatureCandidates
from tipline.media.compare import Seen, Shelf, by_hash, forms_of
from tipline.media.features.extract import extract
from tipline.media.index.near import NearIndex
from tipline.stages.triage.calibration import interval

KEPT = Path(__file__).with_suffix(".csv")
BLOCK = 1000  # strangers whose candidates are looked up at once
DEEPEST = 50  # so many candidates at most
_SCENES = 3 << 20  # scenes from here on are not on the shelf
_PARTS, _EVERY = 500, 8  # parts of one scene; one scene in so many is a photograph
_AGAIN = 3  # blocks that are asked again: of each a few are proposed


class Sums(NamedTuple):
    """What blocks gave, so many from the first on: strangers near by their hash, and those with a picture proposed."""

    first: int
    blocks: int
    near: int
    proposed: int


def figures(folder: Path, count: int, code: str | None) -> Iterator[Figure]:
    """This function will ask the shelf of a folder about so many strangers.

    With `code`, the name of what asks, what the file tells is not asked again, and what was asked is added to it.
    Raises ValueError if the file is not whole, or tells what this code does not find.
    """
    if code is None:
        sums = [_of_block(folder, range(count), 0)]
    else:
        sums = _asked(folder, count // BLOCK, code)
        count = BLOCK * sum(one.blocks for one in sums)
    series = Series("robust")
    near, proposed = sum(one.near for one in sums), sum(one.proposed for one in sums)
    for words, hits in (("near by their hash", near), ("for whom a picture is proposed", proposed)):
        yield series.figure(f"strangers {words}, before geometry", "strangers", Measured(hits, count, 0))
        high = 100 * interval(hits, count)[1]
        yield series.figure(f"strangers {words}, high end of the interval", "%", Measured(high, count, 0))


def kept(blocks: int) -> list[Sums]:
    """This function will read what was asked so far of so many blocks. Raises ValueError if the file is not whole."""
    text = KEPT.read_text(encoding="utf-8")
    sums = [Sums(*(int(row[name]) for name in Sums._fields)) for row in csv.DictReader(text.splitlines())]
    told = [at for one in sums for at in range(one.first, one.first + one.blocks)]
    if not text.endswith("\n") or len(set(told)) < len(told):
        raise ValueError(f"{KEPT.name}: its last line is torn, or a block is told twice")
    return [one for one in sums if one.first + one.blocks <= blocks]


def _asked(folder: Path, blocks: int, code: str) -> list[Sums]:
    known = kept(blocks)
    for one in [each for each in known if each.blocks == 1][-_AGAIN:]:
        if _of_block_at(folder, one.first) != one:
            raise ValueError(f"{KEPT.name}: this code finds something else in block {one.first}; begin the file anew")
    done = {at for one in known for at in range(one.first, one.first + one.blocks)}
    missing = [at for at in range(blocks) if at not in done]
    with KEPT.open("a", encoding="utf-8", newline="") as file:
        for one in sittings.on_all_cores(partial(_of_block_at, folder), missing):
            csv.writer(file, lineterminator="\n").writerow((*one, code))
            file.flush()
            sys.stderr.write(f"  strangers {one.first * BLOCK:,} and on: {one.proposed} of {BLOCK:,} proposed\n")
    return kept(blocks)


def _of_block_at(folder: Path, block: int) -> Sums:
    return _of_block(folder, range(BLOCK * block, BLOCK * (block + 1)), block)


def _of_block(folder: Path, numbers: Sequence[int], block: int) -> Sums:
    """No more is computed than tells whether each stranger is near, and how many pictures are proposed."""
    shelf, candidates = _opened(folder)
    looked = [_part(number) for number in numbers]
    near = sum(bool(by_hash(seen, shelf)) for seen in looked)
    return Sums(block, 1, near, sum(bool(proposed) for proposed in candidates.among_each(looked, DEEPEST)))


@cache
def _opened(folder: Path) -> tuple[Shelf, FeatureCandidates]:
    return Shelf(hashes=NearIndex(folder / "hashes")), FeatureCandidates(NearIndex(folder / "features"))


def _part(number: int) -> Seen:
    """A part of a scene, in every eighth block of a packaged photograph's left half; neither lies on the shelf."""
    rng = np.random.default_rng([8, number])
    block, halves = number // _PARTS, photographs.count_halves()
    if halves and block % _EVERY == _EVERY - 1:
        picture = edits.cropped(photographs.half(block // _EVERY % halves), rng, rng.uniform(0.02, 0.3))
    else:
        picture = edits.cropped(_drawn(_SCENES + block), rng, rng.uniform(0.1, 0.5))
    picture.thumbnail((300, 300))
    luma = np.asarray(picture.convert("L"))
    return Seen(forms=forms_of(luma), features=extract(luma, ASKED))


@lru_cache(maxsize=4)  # so many parts of one scene follow each other
def _drawn(number: int) -> Image.Image:
    return Image.fromarray(pictures.scene(number))
