"""Known pictures found again after fourteen edits, beside PDQ within 31 bits alone, and strangers that must not be.

The known pictures lie on a shelf with many others, from which each has to be told. Generated scenes and packaged
photographs are told apart in the figures, and so are edits that AugLy makes. A mean is over pictures, each the mean of
its edits; intervals are for 95 %. docs/reference/robust.md says what these figures do and do not prove.
"""

from __future__ import annotations

import io
import math
import resource
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tests.bench import beside, edits, million, photographs, pictures, same_scene, sittings

from tipline.figures.figure import Figure, Measured, Peer, Series
from tipline.media import decode
from tipline.media.candidates import Candidate, FeatureCandidates, arrays_of
from tipline.media.compare import Shelf, by_features, by_hash, known_hashes, see
from tipline.media.features.extract import extract
from tipline.media.features.store import MOST_STORED, Features
from tipline.media.index.near import NearIndex, Writer
from tipline.media.thresholds import PDQ_RADIUS
from tipline.stages.triage.calibration import interval

ABOUT = "fourteen edits of known pictures and strangers through the whole cascade, beside PDQ within 31 bits alone"
_DISTRACTOR = 1 << 24  # entries from here on are of pictures that nobody asks for
_STRANGER = 1 << 20  # scenes from here on are not on the shelf
_DEPTHS = (1, 10, million.DEEPEST)
_LEAST_RECALL = 92
_ROOT = Path(__file__).resolve().parents[2]
_KEPT = _ROOT / "build" / "robust"


class _Size(NamedTuple):
    scenes: int
    photographs: int
    strangers: int
    others: int
    foreign: int
    rooms: int
    tiers: int


_SMALL, _FULL = _Size(3, 3, 14, 40, 0, 4, 20), _Size(470, 250, 10_000, 100_000, 40, 250, 1_000_000)


class Asked(NamedTuple):
    """One picture to be compared: where it is from, which entry it shows (None: a stranger), how it was edited."""

    kind: str
    number: int
    edit: str | None
    entry: int | None
    path: str | None = None


class Answer(NamedTuple):
    """What came back: entries by PDQ as peers use it, and by the cascade; the place among the candidates.

    proposed: how many candidates there were. seconds, of_hash: of processor time, all tiers and up to the hashes.
    """

    asked: Asked
    plain: set[int]
    found: set[int]
    tier: str
    rank: int | None
    proposed: int
    inliers: int
    seconds: float
    of_hash: float


def run(full: bool) -> Iterator[Figure]:
    """This function will build a shelf in a temporary folder and ask it.

    Full size takes many hours of all cores, in as many sittings as it needs: what was done is kept in `build/robust`.
    """
    size, kept = (_FULL, sittings.folder_for(_KEPT, _sources_of_this())) if full else (_SMALL, None)
    with tempfile.TemporaryDirectory(prefix="tipline-robust-") as name:
        folder = Path(name)
        known = _known(size)
        yield from _build(folder, known, size, kept)
        edited = [one._replace(edit=edit) for one in known for edit in edits.EDITS]
        answers = _ask_all("edited", folder, edited, kept)
        strangers = _ask_all("strangers", folder, list(_strangers(size)), kept)
        series = Series("robust", not any(one.found for one in strangers) and not any(map(_wrong, answers)))
        for kind in dict.fromkeys(one.kind for one in known):
            yield from _recall(series, f"{kind}s", [one for one in answers if one.asked.kind == kind])
        yield from _per_edit(series, answers)
        yield from _candidates(series, answers)
        yield from _of_strangers(strangers)
        yield from _costs(series, answers + strangers)
        yield from million.figures(folder, size.tiers, kept.name if kept else None)
        yield from same_scene.figures(size.rooms, size.photographs)
        if size.foreign:
            yield from _by_others(folder, known, size, kept)


def _sources_of_this() -> list[Path]:
    """All that has a say in what is kept: the library, and what makes and edits the pictures."""
    library = (path for path in (_ROOT / "src/tipline/media").rglob("*") if path.suffix in {".py", ".c", ".h"})
    own = (_ROOT / "tests/bench" / f"{one}.py" for one in ("robust", "million", "edits", "photographs", "pictures"))
    return [*library, *own]


def _known(size: _Size) -> list[Asked]:
    scenes = [Asked("scene", at, None, at) for at in range(size.scenes)]
    count = min(size.photographs, photographs.count_known())
    return scenes + [Asked("photograph", at, None, size.scenes + at) for at in range(count)]


def _strangers(size: _Size) -> Iterator[Asked]:
    """Scenes and parts of photographs that are not on the shelf: half as they are, half edited in turn."""
    names = list(edits.EDITS)
    parts = photographs.count_parts()
    for at in range(size.strangers):
        edit = names[at // 2 % len(names)] if at % 2 else None
        if at % 4 == 3 and at // 4 < parts:
            yield Asked("stranger's photograph", at // 4, edit, None)
        else:
            yield Asked("scene", _STRANGER + at, edit, None)


@lru_cache(maxsize=8)  # the edits of one picture follow each other
def picture_of(asked: Asked) -> Image.Image:
    """This function will make or load the picture that is asked about, before it is edited."""
    if asked.kind == "scene":
        return Image.fromarray(pictures.scene(asked.number))
    if asked.kind == "photograph":
        return photographs.known(asked.number)
    return photographs.stranger(asked.number) if asked.kind == "stranger's photograph" else _other(asked.number)


@cache
def _sources(number: int) -> Image.Image:
    parts = photographs.count_parts()
    if number % 2 and number // 2 < parts:
        return photographs.other(number // 2)
    return Image.fromarray(pictures.scene(2 * _STRANGER + number))


def _other(number: int) -> Image.Image:
    """A picture that only fills the shelf: a part of one of 500 scenes or photographs, somewhere, of some size."""
    rng = np.random.default_rng([7, number])
    source = _sources(number % 500)
    part = edits.cropped(source, rng, rng.uniform(0.1, 0.5))
    return part.resize(
        (max(1, round(part.width * 300 / max(part.size))), max(1, round(part.height * 300 / max(part.size))))
    )


def _luma(asked: Asked) -> NDArray[np.uint8]:
    if asked.path is not None:
        return decode.luma_of(Path(asked.path).read_bytes())
    picture = picture_of(asked._replace(edit=None))
    if asked.edit is not None:
        return decode.luma_of(edits.edited(asked.edit, picture, asked.number))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return decode.luma_of(out.getvalue())


# Building the shelf.


class _Part(NamedTuple):
    """What one share of the pictures puts on the shelf."""

    entries: list[int]
    stored: list[bytes]
    codes: Any
    places: Any
    hashes: list[tuple[bytes, int]]


def _put(asked: Asked) -> tuple[int, bytes, Any, list[tuple[bytes, int]]]:
    luma = _luma(asked)
    entry = asked.number + _DISTRACTOR if asked.entry is None else asked.entry
    features = extract(luma).first(MOST_STORED)
    return entry, features.to_bytes(), arrays_of(entry, features), [(hash, entry) for hash in known_hashes(luma)]


def _put_all(block: Sequence[Asked]) -> _Part:
    put = [_put(one) for one in block]
    codes = np.concatenate([rows[0] for _, _, rows, _ in put])
    places = np.concatenate([rows[1] for _, _, rows, _ in put])
    hashes = [pair for _, _, _, each in put for pair in each]
    return _Part([one[0] for one in put], [one[1] for one in put], codes, places, hashes)


def _build(folder: Path, known: Sequence[Asked], size: _Size, kept: Path | None) -> Iterator[Figure]:
    begun = _processor()
    others = [Asked("other", at, None, None) for at in range(size.others)]
    parts = sittings.spread("shelf", _put_all, list(_blocks([*known, *others])), kept, block=1)
    with Writer(folder / "features") as writer:
        writer.load(np.concatenate([one.codes for one in parts]), np.concatenate([one.places for one in parts]))
    pairs = [pair for one in parts for pair in one.hashes]
    with Writer(folder / "hashes") as writer:
        hashes = np.frombuffer(b"".join(hash for hash, _ in pairs), np.uint8).reshape(-1, 32)
        writer.load(hashes, np.array([entry for _, entry in pairs], dtype="<u8"))
    stored = [each for one in parts for each in one.stored]
    (folder / "stored").write_bytes(b"".join(stored))
    np.save(folder / "entries.npy", np.array([entry for one in parts for entry in one.entries], dtype=np.int64))
    np.save(folder / "ends.npy", np.cumsum([len(each) for each in stored]))
    seconds, count = _processor() - begun, len(known) + size.others
    on_disk = sum(path.stat().st_size for path in (folder / "features").iterdir())
    series = Series("robust")
    yield series.figure("pictures on the shelf", "pictures", Measured(count, count, seconds))
    yield series.figure("index of candidates, a picture", "B", Measured(on_disk / count, count, seconds))
    held = statistics.fmean(len(each) for each in stored[: len(known)])
    yield series.figure("stored features, a known picture", "B", Measured(held, len(known), seconds))


class _Stored:
    """The features of every picture on the shelf, read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        entries = np.load(folder / "entries.npy").tolist()
        ends = np.load(folder / "ends.npy").tolist()
        self._places = {entry: (start, end) for entry, start, end in zip(entries, [0, *ends], ends, strict=False)}
        self._bytes = np.memmap(folder / "stored", dtype=np.uint8, mode="r")

    def read(self, entry: int) -> Features | None:
        start, end = self._places[entry]
        return Features.from_bytes(self._bytes[start:end].tobytes())


# Asking it. Each process opens the shelf once.


class _Open(NamedTuple):
    shelf: Shelf
    wide: FeatureCandidates


@cache
def _opened(folder: Path) -> _Open:
    candidates = FeatureCandidates(NearIndex(folder / "features"))
    hashes = NearIndex(folder / "hashes")
    return _Open(Shelf(hashes=hashes, candidates=[candidates], features=_Stored(folder).read), candidates)


def _ask(folder: Path, asked: Asked) -> Answer:
    luma = _luma(asked)
    begun = _processor()
    seen = see(luma)
    shelf, wide = _opened(folder)
    matches = by_hash(seen, shelf)
    tier = "pdq" if matches else "none"
    looked = _processor()
    rank = None
    candidates: list[Candidate] = []
    if not matches:
        matches = by_features(seen, shelf)
        tier = "features" if matches else "none"
    seconds = _processor() - begun
    if tier != "pdq":
        candidates = wide.among(seen, max(_DEPTHS))
        entries = [one.entry for one in candidates]
        rank = entries.index(asked.entry) if asked.entry in entries else None
    as_is = [form.hash for form in seen.forms if form.form == 0 and not form.trimmed]
    plain = {near.entry for hash in as_is for near in shelf.hashes.find(hash, PDQ_RADIUS)} if shelf.hashes else set()
    inliers = max((one.geometry.inliers for one in matches if one.geometry), default=0)
    return Answer(
        asked, plain, {one.entry for one in matches}, tier, rank, len(candidates), inliers, seconds, looked - begun
    )


def _ask_all(step: str, folder: Path, asked: Sequence[Asked], kept: Path | None) -> list[Answer]:
    """On all cores in full size; what is told of time is processor time of each."""
    return sittings.spread(step, partial(_ask, folder), asked, kept)


def _blocks(asked: Sequence[Asked]) -> Iterator[Sequence[Asked]]:
    for start in range(0, len(asked), 500):
        yield asked[start : start + 500]


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# What is told.


def _wrong(answer: Answer) -> bool:
    return bool(answer.found - {answer.asked.entry})


def _shares(answers: Sequence[Answer], is_right: Callable[[Answer], bool]) -> tuple[float, float, float]:
    """The mean over pictures in per cent, and the ends of its 95 % interval (pictures, not edits, are independent)."""
    by_picture: dict[tuple[str, int], list[bool]] = {}
    for one in answers:
        by_picture.setdefault(one.asked[:2], []).append(is_right(one))
    means = [100 * statistics.fmean(each) for each in by_picture.values()]
    mean = statistics.fmean(means)
    half = 1.96 * statistics.stdev(means) / math.sqrt(len(means)) if len(means) > 1 else 100
    return mean, max(0.0, mean - half), min(100.0, mean + half)


def _is_found(answer: Answer) -> bool:
    return answer.asked.entry in answer.found


def _is_found_plainly(answer: Answer) -> bool:
    return answer.asked.entry in answer.plain


def _recall(
    series: Series, name: str, answers: Sequence[Answer], least: float | None = _LEAST_RECALL
) -> Iterator[Figure]:
    count, seconds = len(answers), sum(one.seconds for one in answers)
    mean, low, high = _shares(answers, _is_found)
    plain, _, _ = _shares(answers, _is_found_plainly)
    yield series.figure(f"mean recall, {name}", "%", Measured(mean, count, seconds), at_least=least)
    peer = Peer("PDQ within 31 bits alone", plain)
    yield series.figure(f"mean recall beside PDQ, {name}", "%", Measured(mean, count, seconds), peer=peer)
    yield series.figure(f"mean recall, low end of the interval, {name}", "%", Measured(low, count, seconds))
    yield series.figure(f"mean recall, high end of the interval, {name}", "%", Measured(high, count, seconds))
    wrong = sum(map(_wrong, answers))
    yield series.figure(f"answers that name another picture, {name}", "answers", Measured(wrong, count, seconds))


def _per_edit(series: Series, answers: Sequence[Answer]) -> Iterator[Figure]:
    for edit in dict.fromkeys(one.asked.edit for one in answers):
        each = [one for one in answers if one.asked.edit == edit]
        recall = 100 * statistics.fmean(map(_is_found, each))
        plain = Peer("PDQ within 31 bits alone", 100 * statistics.fmean(map(_is_found_plainly, each)))
        yield series.figure(
            f"recall, {edit}", "%", Measured(recall, len(each), sum(one.seconds for one in each)), peer=plain
        )


def _candidates(series: Series, answers: Sequence[Answer]) -> Iterator[Figure]:
    """Of pictures that no hash finds: how often the known one is among the first candidates."""
    asked = [one for one in answers if one.tier != "pdq"]
    for depth in _DEPTHS:
        recall = 100 * statistics.fmean(one.rank is not None and one.rank < depth for one in asked) if asked else 0
        yield series.figure(f"known one among the first {depth} candidates", "%", Measured(recall, len(asked), 0))


def _of_strangers(strangers: Sequence[Answer]) -> Iterator[Figure]:
    count = len(strangers)
    false = sum(bool(one.found) for one in strangers)
    series = Series("robust", not false)
    yield series.figure("strangers that matched", "strangers", Measured(false, count, 0))
    yield series.figure(
        "strangers that match, high end of the interval", "%", Measured(100 * interval(false, count)[1], count, 0)
    )
    yield series.figure(
        "most inliers of a stranger's match", "inliers", Measured(max(one.inliers for one in strangers), count, 0)
    )
    proposed = statistics.fmean(one.proposed for one in strangers)
    yield series.figure("candidates for a stranger, mean (of 50 at most)", "candidates", Measured(proposed, count, 0))


def _costs(series: Series, answers: Sequence[Answer]) -> Iterator[Figure]:
    settled = [1000 * one.of_hash for one in answers]
    further = [1000 * (one.seconds - one.of_hash) for one in answers if one.tier != "pdq"]
    yield series.figure(
        "hashes, features and look-up, median", "ms", Measured(statistics.median(settled), len(settled), 0)
    )
    if further:
        yield series.figure(
            "candidates and geometry, median", "ms", Measured(statistics.median(further), len(further), 0)
        )


def _by_others(folder: Path, known: Sequence[Asked], size: _Size, kept: Path | None) -> Iterator[Figure]:
    """Edits that AugLy makes of the first known pictures of each kind."""
    chosen = [
        one for kind in ("scene", "photograph") for one in [each for each in known if each.kind == kind][: size.foreign]
    ]
    paths = [folder / f"asked-{one.kind}-{one.number}.png" for one in chosen]
    for one, path in zip(chosen, paths, strict=True):
        picture_of(one).save(path)
    made = beside.ask("edits.py", python=beside.editors_python(), pictures=list(map(str, paths)), into=str(folder))
    asked = [
        one._replace(edit=f"AugLy, {edit}", path=file)
        for edit, files in made.items()
        for one, file in zip(chosen, files, strict=True)
    ]
    answers = _ask_all("foreign", folder, asked, kept)
    series = Series("robust", not any(map(_wrong, answers)))
    yield from _recall(series, "edits by AugLy", answers, None)
    yield from _per_edit(series, answers)
