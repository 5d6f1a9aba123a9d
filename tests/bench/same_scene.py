"""The same scene in another picture: from another place, in other light, with something else before it.

Of each scene two views are made that show four fifths of its area each, and not the same four fifths; what stands
before it covers a fifth of each view and is another one in each. One view lies on the shelf with those of all other
scenes; the other asks. It is a made-up pair: the same camera, no parallax. Read it as the most that affine geometry
can do.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from tests.bench import photographs, pictures

from tipline.figures.figure import Figure, Measured, Series
from tipline.media.candidates import FeatureCandidates, rows_of
from tipline.media.compare import Seen, forms_of
from tipline.media.features.extract import extract
from tipline.media.features.geometry import verify
from tipline.media.features.store import Features
from tipline.media.index.near import NearIndex, Writer

_ROOM = 3 << 20  # scenes from here on are nowhere else
_BEFORE = 4 << 20
_FIRST = 10
_LEAST = 0.8


def figures(rooms: int, places: int) -> Iterator[Figure]:
    """This function will tell how often the other view of a scene is among the first ten that are alike."""
    begun = _processor()
    # Every third scene is a room.
    scenes = [Image.fromarray(pictures.scene(_ROOM + 3 * at - _ROOM % 3 + 1)) for at in range(rooms)]
    scenes += [photographs.known(at) for at in range(min(places, photographs.count_known()))]
    shelf = [_features(_view(scene, at, 0)) for at, scene in enumerate(scenes)]
    with tempfile.TemporaryDirectory(prefix="tipline-scenes-") as name:
        with Writer(Path(name)) as writer:
            for at, features in enumerate(shelf):
                writer.add(rows_of(at, features))
        index = NearIndex(Path(name))
        right = [_ranked(_features(_view(scene, at, 1)), shelf, index) for at, scene in enumerate(scenes)]
    seconds, series = _processor() - begun, Series("robust")
    for words, found in (("rooms", right[:rooms]), ("photographs", right[rooms:])):
        if found:
            at = rooms if words == "photographs" else 0
            among = np.mean([at + place in each[:_FIRST] for place, each in enumerate(found)])
            told = Measured(float(among), len(found), seconds)
            yield series.figure(f"same scene, another picture, {words}: recall@{_FIRST}", "", told, at_least=_LEAST)
    by_hash = np.mean([_is_near(scene, at) for at, scene in enumerate(scenes)])
    yield series.figure("same scene: found by PDQ alone", "", Measured(float(by_hash), len(scenes), seconds))


def _view(scene: Image.Image, at: int, which: int) -> Image.Image:
    """One of the two views of a scene."""
    wide, high = (round(side * 0.8**0.5) for side in scene.size)
    left, top = (scene.width - wide, scene.height - high) if which else (0, 0)
    view = scene.convert("RGB").crop((left, top, left + wide, top + high))
    before = Image.fromarray(pictures.scene(_BEFORE + 2 * at + which)).resize(view.size)
    rng = np.random.default_rng([at, which])
    across, down = wide * 0.4, high * 0.64  # an ellipse of a fifth of the area
    x, y = rng.uniform(0, wide - across), rng.uniform(0, high - down)
    mask = Image.new("L", view.size, 0)
    ImageDraw.Draw(mask).ellipse((x, y, x + across, y + down), fill=255)
    view.paste(before, (0, 0), mask)
    return view.point(lambda value: round(255 * (value / 255) ** (1.3 if which else 1.0)))


def _features(view: Image.Image) -> Features:
    return Features.from_bytes(extract(np.asarray(view.convert("L"))).to_bytes())


def _ranked(asked: Features, shelf: list[Features], index: NearIndex) -> list[int]:
    """As the desk ranks what is alike: those of the candidates that geometry agrees with, the most details first."""
    candidates = FeatureCandidates(index, all_copies=True).among(Seen(features=asked), 100)
    judged = ((one.entry, verify(asked, shelf[one.entry])) for one in candidates)
    agreeing = {entry: geometry.inliers for entry, geometry in judged if geometry is not None}
    return sorted(agreeing, key=lambda entry: -agreeing[entry])


def _is_near(scene: Image.Image, at: int) -> bool:
    one, other = (forms_of(np.asarray(_view(scene, at, which).convert("L"))) for which in (0, 1))
    return any((int.from_bytes(a.hash) ^ int.from_bytes(b.hash)).bit_count() <= 31 for a in one[:1] for b in other)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
